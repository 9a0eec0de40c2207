"""KUBEXIT_DEATH_SOURCE=kubernetes: a container without kubexit dies, and the Kubernetes API shows it."""

import json
import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from harness import processes
from harness.kubexit import Kubexit
from harness.servers import faults
from harness.servers.apiserver import ApiServer
from harness.servers.pods import pod, terminated, waiting, with_metadata, with_status
from harness.supervised import Supervised
from harness.waiter_in_pod import Waiter
from harness.waiting import eventually
from harness.world.namespaces import in_turn

pytestmark = [pytest.mark.every_form, pytest.mark.behaviour("death-source-kubernetes")]

NEVER = pod("sidecar", "main", "db", restartPolicy="Never")
Start = Callable[..., Supervised]
SETTINGS: dict[str, Any] = {"name": "sidecar", "DEATH_SOURCE": "kubernetes", "BIRTH_DEPS": None, "BIRTH_TIMEOUT": "1h"}


def ended(source: dict[str, Any], name: str, code: int) -> dict[str, Any]:
    """The pod after a container has exited."""
    return with_status(source, name, state=terminated(code))


def watching(api: ApiServer, start: Start, kubexit: Kubexit, **settings: Any) -> Supervised:
    """Start a sidecar of main, whose deaths are read from the API, and wait until its command runs and it watches."""
    started = start(
        kubexit.program(), "ready-then-wait", "--exit", "TERM=7", **{"DEATH_DEPS": "main", **SETTINGS, **settings}
    )
    started.wait_line("^READY$")
    api.wait_watched()
    return started


def watcher_of(supervised: Supervised) -> int:
    """The pid of the watcher, beside the command."""
    (watcher,) = [pid for pid in processes.children(supervised.pid) if processes.status(pid)["Name"] != "actor"]
    return watcher


def test_a_death_stops_the_command(api: ApiServer, start: Start, kubexit: Kubexit) -> None:
    """When main has exited, the command gets the stop signal; nothing of the watcher is left at the end."""
    api.show(NEVER)
    supervised = watching(api, start, kubexit)
    watcher = watcher_of(supervised)
    api.show(ended(NEVER, "main", 3))

    assert supervised.wait() == 7
    eventually(lambda: processes.state(watcher) in ("", "Z", "X"), "the watcher has ended")
    assert supervised.stdout == "READY\nSIGNAL TERM 15\n"
    assert (kubexit.tombstone("sidecar") or {})["Reason"] == "dependency main died with exit code 3"


@pytest.mark.behaviour("dead-before-start")
def test_dead_before_the_start(api: ApiServer, start: Start, kubexit: Kubexit) -> None:
    """A death that the first list shows keeps the command from its start."""
    api.show(ended(NEVER, "main", 0))
    supervised = start("echo", "BORN", DEATH_DEPS="main", **SETTINGS)

    assert supervised.wait() == 0
    assert supervised.stdout == ""
    assert (kubexit.tombstone("sidecar") or {})["Reason"] == "dependency main died with exit code 0"


@pytest.mark.behaviour("death-policy")
@pytest.mark.parametrize(
    ("deps", "policy", "ends", "last"),
    [
        ("main:succeeded", "any", [("main", 1)], ("main", 0)),
        ("main:failed", "any", [("main", 0)], ("main", 2)),
        ("main,db", "all", [("main", 0)], ("db", 0)),
    ],
)
def test_conditions_and_policies(
    api: ApiServer,
    start: Start,
    kubexit: Kubexit,
    deps: str,
    policy: str,
    ends: list[tuple[str, int]],
    last: tuple[str, int],
) -> None:
    """A death that does not count leaves the command running; the one that counts stops it, and is the reason."""
    api.show(NEVER)
    supervised = watching(api, start, kubexit, DEATH_DEPS=deps, DEATH_POLICY=policy, LOG_LEVEL="debug")
    state = NEVER
    for name, code in ends:
        state = ended(state, name, code)
        api.show(state)
        supervised.wait_line(f"dependency {name}: died with exit code {code}", "stderr")
    assert "SIGNAL" not in supervised.stdout
    api.show(ended(state, *last))

    assert supervised.wait() == 7
    assert (kubexit.tombstone("sidecar") or {})["Reason"] == f"dependency {last[0]} died with exit code {last[1]}"


@pytest.mark.behaviour("death-undone-by-the-kubelet")
@pytest.mark.parametrize("policy", ["Always", "OnFailure"])
def test_an_end_that_the_kubelet_undoes_is_no_death(
    api: ApiServer, start: Start, kubexit: Kubexit, policy: str
) -> None:
    """Under Always and OnFailure a container that is started again in time is not dead.

    The death of db, which does not count, shows that the end of main has been read. The fence ends the test.
    """
    others = [{"name": name, "restartPolicy": "Never"} for name in ("db", "fence")]
    containers = [{"name": "sidecar"}, {"name": "main"}, *others]
    source = pod("sidecar", "main", "db", "fence", restartPolicy=policy, containers=containers)
    api.show(source)
    supervised = watching(
        api, start, kubexit, DEATH_DEPS="main,db:failed,fence", REBIRTH_TIMEOUT="1h", LOG_LEVEL="debug"
    )
    api.show(ended(source, "main", 1))
    again = ended(source, "db", 0)
    api.show(ended(again, "main", 1))
    supervised.wait_line("dependency db: died with exit code 0", "stderr")
    api.show(again)
    api.show(ended(again, "fence", 0))

    assert supervised.wait() == 7
    assert (kubexit.tombstone("sidecar") or {})["Reason"] == "dependency fence died with exit code 0"


@pytest.mark.behaviour("death-undone-by-the-kubelet")
@pytest.mark.parametrize("policy", ["Always", "OnFailure"])
def test_an_end_that_lasts_is_a_death(api: ApiServer, start: Start, kubexit: Kubexit, policy: str) -> None:
    """A container that is not started again within the time is dead."""
    source = pod("sidecar", "main", restartPolicy=policy)
    api.show(source)
    supervised = watching(api, start, kubexit, REBIRTH_TIMEOUT="200ms")
    last = {"lastState": terminated(1), "restartCount": 1}
    api.show(with_status(source, "main", state=waiting("CrashLoopBackOff"), **last))

    assert supervised.wait() == 7
    assert supervised.stdout.count("SIGNAL") == 1
    assert (kubexit.tombstone("sidecar") or {})["Reason"] == "dependency main died with exit code 1"


@pytest.mark.behaviour("death-undone-by-the-kubelet")
def test_a_success_under_onfailure_counts_at_once(api: ApiServer, start: Start, kubexit: Kubexit) -> None:
    """A container that the kubelet will not start again is dead at once."""
    source = pod("sidecar", "main", restartPolicy="OnFailure")
    api.show(source)
    supervised = watching(api, start, kubexit, REBIRTH_TIMEOUT="1h")
    api.show(ended(source, "main", 0))

    assert supervised.wait() == 7


@pytest.mark.parametrize("how", ["deletion", "gone"])
def test_the_end_of_the_pod_is_no_death(api: ApiServer, start: Start, kubexit: Kubexit, how: str) -> None:
    """A pod that is being deleted, or is gone, reports no death: the kubelet stops the containers by itself.

    Fails when the watcher reports the end: the command would get the stop signal before SIGUSR1.
    """
    api.show(NEVER)
    supervised = watching(api, start, kubexit, LOG_LEVEL="debug")
    deleted = with_metadata(ended(NEVER, "main", 0), deletionTimestamp="2026-11-21T11:32:28Z")
    api.show(deleted if how == "deletion" else None)
    supervised.wait_line("nothing to see any longer", "stderr")
    supervised.signal(signal.SIGUSR1)
    supervised.wait_line("SIGNAL USR1")

    assert supervised.stdout == "READY\nSIGNAL USR1 10\n"


@pytest.mark.parametrize(
    "fault",
    [faults.status(403, "Forbidden"), faults.status(401, "Unauthorized"), faults.status(500, "Broken"), faults.reset],
    ids=["403", "401", "500", "reset"],
)
def test_a_fault_is_no_death(api: ApiServer, start: Start, kubexit: Kubexit, fault: Any) -> None:
    """After the start a refusal or a fault is a warning; what happened meanwhile is seen when the API answers again."""
    api.show(NEVER)
    api.script("watch", faults.ends_at_once)
    api.script("list", lambda exchange: exchange.list(), fault, fault)
    supervised = start(kubexit.program(), "ready-then-wait", "--exit", "TERM=7", **{"DEATH_DEPS": "main", **SETTINGS})
    supervised.wait_line("^READY$")
    api.wait_asked(3, "list")
    assert "SIGNAL" not in supervised.stdout
    assert "warn kubexit[sidecar]: deaths in the Kubernetes API are not seen at the moment" in supervised.stderr
    api.show(ended(NEVER, "main", 0))

    assert supervised.wait() == 7


@pytest.mark.behaviour("refused-by-api")
@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_before_the_start(api: ApiServer, start: Start, kubexit: Kubexit, status: int) -> None:
    """If the API never lets it look, the command does not start: 77."""
    api.show(NEVER)
    api.script("list", *[faults.status(status, "Refused")] * 50)
    supervised = start("echo", "BORN", DEATH_DEPS="main", **SETTINGS)

    assert supervised.wait() == 77
    assert supervised.stdout == ""
    assert f"({status})" in (kubexit.tombstone("sidecar") or {})["Reason"]


@pytest.mark.behaviour("names-looked-up-in-pod")
def test_an_unknown_name(api: ApiServer, start: Start, kubexit: Kubexit) -> None:
    """A name that the pod does not have is refused at once, with the names that it has."""
    api.show(NEVER)
    supervised = start("echo", "BORN", DEATH_DEPS="mainn", **SETTINGS)

    assert supervised.wait() == 2
    assert "has no container mainn; it has sidecar, main, db" in (kubexit.tombstone("sidecar") or {})["Reason"]


def test_a_lost_watcher_is_started_again(api: ApiServer, start: Start, kubexit: Kubexit) -> None:
    """SIGKILL for the watcher is no death: it is started again, and sees the next one."""
    api.show(NEVER)
    supervised = watching(api, start, kubexit)
    os.kill(watcher_of(supervised), signal.SIGKILL)
    supervised.wait_line("warn .*the watcher of the death dependencies exited with 137; starting it again", "stderr")
    assert "SIGNAL" not in supervised.stdout
    api.show(ended(NEVER, "main", 0))

    assert supervised.wait() == 7


def test_the_pod_ends_while_the_watcher_is_lost(api: ApiServer, start: Start, kubexit: Kubexit) -> None:
    """A watcher that was started again finds the pod being deleted: nothing is reported, and no end counts any longer.

    Fails when main's end before counts: the command would get the stop signal before SIGUSR1.
    """
    source = pod("sidecar", "main", restartPolicy="Always")
    api.show(source)
    supervised = watching(api, start, kubexit, LOG_LEVEL="debug", REBIRTH_TIMEOUT="1h")
    api.show(ended(source, "main", 1))
    os.kill(watcher_of(supervised), signal.SIGKILL)
    api.show(with_metadata(ended(source, "main", 1), deletionTimestamp="2026-11-21T11:32:28Z"))
    supervised.wait_line("nothing to see any longer", "stderr")
    supervised.signal(signal.SIGUSR1)
    supervised.wait_line("SIGNAL USR1")

    assert supervised.stderr.count("the watcher of the death dependencies exited with") == 1
    assert supervised.stdout == "READY\nSIGNAL USR1 10\n"


def test_closed_standard_descriptors(api: ApiServer, start: Start, kubexit: Kubexit, waiter: Waiter) -> None:
    """A kubexit that was started without stdin, stdout and stderr hears from its watcher."""
    api.show(NEVER)
    noted = kubexit.folder / "noted"
    script = f"{kubexit.program()} ready-then-wait --exit TERM=7 >{noted}"
    steps = [step for step in (waiter.keywords.get("preexec_fn"), lambda: os.closerange(0, 3)) if step]
    supervised = start("sh", "-c", script, **{"DEATH_DEPS": "main", **SETTINGS, "preexec_fn": in_turn(*steps)})
    eventually(lambda: noted.exists() and "READY" in noted.read_text(), "the command runs")
    api.wait_watched()
    api.show(ended(NEVER, "main", 3))

    supervised.wait()
    assert (kubexit.tombstone("sidecar") or {})["Reason"] == "dependency main died with exit code 3"


@pytest.mark.behaviour("death-graveyard-first")
def test_the_graveyard_comes_first(api: ApiServer, start: Start, kubexit: Kubexit) -> None:
    """For a container with a tombstone the API does not count: what it shows may be older."""
    kubexit.carve("main", Born=True)
    api.show(ended(NEVER, "main", 1))
    supervised = watching(api, start, kubexit)
    kubexit.carve("main", Born=True, Died=True, ExitCode=0)

    assert supervised.wait() == 7
    assert (kubexit.tombstone("sidecar") or {})["Reason"] == "dependency main died with exit code 0"


@pytest.mark.behaviour("signal-during-birth-wait")
def test_sigterm_before_the_first_answer(api: ApiServer, start: Start, kubexit: Kubexit) -> None:
    """While the API has not answered, the command does not start, and SIGTERM ends the wait."""
    api.show(NEVER)
    api.script("list", faults.silent)
    supervised = start("echo", "BORN", DEATH_DEPS="main", **SETTINGS)
    api.wait_asked(1)
    supervised.signal(signal.SIGTERM)

    assert supervised.wait() == 143
    assert supervised.stdout == ""


@pytest.mark.parametrize("timeout", ["200ms", "0s"])
def test_a_timeout_before_the_first_answer(api: ApiServer, start: Start, kubexit: Kubexit, timeout: str) -> None:
    """If the API does not answer within the birth timeout, the command does not start: 69."""
    api.show(NEVER)
    api.script("list", faults.silent)
    supervised = start("echo", "BORN", DEATH_DEPS="main", **{**SETTINGS, "BIRTH_TIMEOUT": timeout})

    assert supervised.wait() == 69
    assert "the Kubernetes API has not answered yet" in (kubexit.tombstone("sidecar") or {})["Reason"]


@pytest.mark.behaviour("death-watch-is-light")
def test_a_watch_is_followed_by_a_watch(api: ApiServer, start: Start, kubexit: Kubexit, waiter: Waiter) -> None:
    """When a watch has lasted as long as it should, the next one continues from there, without a list."""
    if kubexit.form == "static":
        pytest.skip("SHORT WATCHES NOT TESTED in this form: the watcher in the static file has no argument for it")
    waiter.watch_seconds(1)
    api.show(NEVER)
    supervised = watching(api, start, kubexit)
    lists = len(api.asked("list"))
    api.wait_asked(4, "watch")
    api.show(ended(NEVER, "main", 0))

    assert supervised.wait() == 7
    assert len(api.asked("list")) == lists


@pytest.mark.behaviour("bad-setting-exits-with-2")
def test_it_needs_the_name_of_the_pod(start: Start, kubexit: Kubexit) -> None:
    """Without the pod's name the API cannot be asked: 2, and the line names the setting that asks."""
    supervised = start("echo", "BORN", DEATH_DEPS="main", **{**SETTINGS, "POD_NAME": None})

    assert supervised.wait() == 2
    assert "KUBEXIT_POD_NAME: is required, because KUBEXIT_DEATH_DEPS asks the Kubernetes API" in supervised.stderr


@pytest.mark.behaviour("plan-checked-whole")
def test_a_plan_needs_no_line_for_it(api: ApiServer, start: Start, kubexit: Kubexit) -> None:
    """In a plan, the name of a container without kubexit needs no line if its death is read from the API."""
    api.show(ended(NEVER, "main", 0))
    plan = "sidecar: DEATH_DEPS=main DEATH_SOURCE=kubernetes BIRTH_TIMEOUT=1h"
    supervised = start("echo", "BORN", name="sidecar", BIRTH_DEPS=None, PLAN=plan)

    assert supervised.wait() == 0
    assert "dependency main died with exit code 0" in supervised.stderr


@pytest.mark.behaviour("death-graveyard-first", "silent-deaths-polled")
def test_an_api_that_is_behind_costs_nothing(api: ApiServer, start: Start, kubexit: Kubexit) -> None:
    """While the API still shows the end of a container that the graveyard shows alive, kubexit sleeps.

    Fails when something is due all the time: then it takes all of the second.
    """
    kubexit.carve("main", Born=True)
    source = pod("sidecar", "main", restartPolicy="Always")
    api.show(ended(source, "main", 1))
    settings = {"DEATH_DEPS": "main", **SETTINGS, "REBIRTH_TIMEOUT": "0s", "TIMEOUT": "1s"}
    supervised = start(kubexit.program(), "ready-then-wait", **settings)
    supervised.wait_line("^SIGNAL TERM")

    assert processes.processor_seconds(supervised.pid) < 0.3


@pytest.mark.parametrize("timeout", ["0s", "200ms"])
def test_it_watches_after_a_start_without_an_answer(
    api: ApiServer, start: Start, kubexit: Kubexit, timeout: str
) -> None:
    """A command that starts after the birth timeout, without an answer of the API, is stopped by a later death."""
    api.show(NEVER)
    out = threading.Event()
    api.script("list", *[lambda exchange: exchange.list() if out.is_set() else exchange.reset()] * 1000)
    settings = {"DEATH_DEPS": "main", **SETTINGS, "BIRTH_TIMEOUT": timeout, "BIRTH_ON_TIMEOUT": "start"}
    supervised = start(kubexit.program(), "ready-then-wait", "--exit", "TERM=7", **settings)
    supervised.wait_line("^READY$")
    out.set()
    api.wait_watched()
    api.show(ended(NEVER, "main", 0))

    assert supervised.wait() == 7


@pytest.mark.behaviour("refused-by-api")
def test_a_refusal_after_a_start_without_an_answer(api: ApiServer, start: Start, kubexit: Kubexit) -> None:
    """If the API refuses until the command has started all the same, the watcher is started again, and sees a death."""
    api.show(NEVER)
    out = threading.Event()
    refused = faults.status(403, "Forbidden")
    api.script("list", *[lambda exchange: exchange.list() if out.is_set() else refused(exchange)] * 1000)
    settings = {"DEATH_DEPS": "main", **SETTINGS, "BIRTH_TIMEOUT": "200ms", "BIRTH_ON_TIMEOUT": "start"}
    supervised = start(kubexit.program(), "ready-then-wait", "--exit", "TERM=7", **settings)
    supervised.wait_line("warn .*the watcher of the death dependencies exited with 77; starting it again", "stderr")
    out.set()
    api.show(ended(NEVER, "main", 0))

    assert supervised.wait() == 7


def out_of_sight(api: ApiServer, source: dict[str, Any], back: threading.Event) -> None:
    """Let the first watch show the end of main, then break; nothing is answered until the API is back."""
    version = {**source["metadata"], "resourceVersion": "150"}

    def gone(exchange: Any) -> None:
        exchange.begin()
        exchange.event("MODIFIED", {**ended(source, "main", 1), "metadata": version})
        exchange.reset()

    api.show(source)
    broken: Any = lambda exchange: exchange.list() if back.is_set() else exchange.reset()  # noqa: E731
    api.script("watch", gone)
    api.script("list", lambda exchange: exchange.list(), *[broken] * 1000)


@pytest.mark.behaviour("death-undone-by-the-kubelet")
def test_an_end_is_no_death_while_the_api_is_out_of_sight(api: ApiServer, start: Start, kubexit: Kubexit) -> None:
    """While the API does not answer, the kubelet may have undone an end: it does not count, even long after its time.

    Fails when it counts: then that is the reason, and not the time of the command, which is over later.
    """
    out_of_sight(api, pod("sidecar", "main", restartPolicy="Always"), threading.Event())
    settings = {"DEATH_DEPS": "main", **SETTINGS, "REBIRTH_TIMEOUT": "1s", "TIMEOUT": "3s"}
    supervised = start(kubexit.program(), "ready-then-wait", "--exit", "TERM=7", **settings)

    assert supervised.wait() == 124
    assert "deaths in the Kubernetes API are not seen at the moment" in supervised.stderr
    assert "KUBEXIT_TIMEOUT" in (kubexit.tombstone("sidecar") or {})["Reason"]


@pytest.mark.behaviour("death-undone-by-the-kubelet")
def test_an_end_that_lasts_is_a_death_when_the_api_is_back(api: ApiServer, start: Start, kubexit: Kubexit) -> None:
    """When the API answers again and still shows the end, it is a death."""
    back = threading.Event()
    source = pod("sidecar", "main", restartPolicy="Always")
    out_of_sight(api, source, back)
    settings = {"DEATH_DEPS": "main", **SETTINGS, "REBIRTH_TIMEOUT": "1s"}
    supervised = start(kubexit.program(), "ready-then-wait", "--exit", "TERM=7", **settings)
    supervised.wait_line("deaths in the Kubernetes API are not seen at the moment", "stderr")
    api.show(ended(source, "main", 1))
    back.set()

    assert supervised.wait() == 7
    assert (kubexit.tombstone("sidecar") or {})["Reason"] == "dependency main died with exit code 1"


@pytest.mark.behaviour("standstill-looks-first", "death-undone-by-the-kubelet")
def test_a_standstill_undoes_no_restart(api: ApiServer, start: Start, kubexit: Kubexit) -> None:
    """If kubexit and its watcher stand still while main is started again, the end before that is no death.

    The death of db, which does not count, shows that the end of main has been read. The fence ends the test.
    """
    others = [{"name": name, "restartPolicy": "Never"} for name in ("db", "fence")]
    containers = [{"name": "sidecar"}, {"name": "main"}, *others]
    source = pod("sidecar", "main", "db", "fence", restartPolicy="Always", containers=containers)
    api.show(source)
    supervised = watching(
        api, start, kubexit, DEATH_DEPS="main,db:failed,fence", REBIRTH_TIMEOUT="1s", LOG_LEVEL="debug"
    )
    watcher = watcher_of(supervised)
    api.show(ended(ended(source, "main", 1), "db", 0))
    supervised.wait_line("dependency db: died with exit code 0", "stderr")
    supervised.signal(signal.SIGSTOP)
    os.kill(watcher, signal.SIGSTOP)
    again = ended(source, "db", 0)
    api.show(again)
    time.sleep(2.5)  # the standstill itself, longer than the time in which main can be started again
    supervised.signal(signal.SIGCONT)
    os.kill(watcher, signal.SIGCONT)
    api.show(ended(again, "fence", 0))

    assert supervised.wait() == 7
    assert (kubexit.tombstone("sidecar") or {})["Reason"] == "dependency fence died with exit code 0"


@pytest.mark.behaviour("no-descriptor-inherited")
def test_the_watcher_has_its_end_of_the_pipe_alone(api: ApiServer, start: Start, kubexit: Kubexit) -> None:
    """The watcher has no descriptor of kubexit but the pipe that it writes to."""
    api.show(NEVER)
    watcher = watcher_of(watching(api, start, kubexit))

    assert processes.descriptors(watcher).count(os.readlink(f"/proc/{watcher}/fd/1")) == 1


@pytest.mark.behaviour("log-lines", "plan-of-the-pod")
def test_the_watcher_logs_as_the_plan_says(api: ApiServer, start: Start, kubexit: Kubexit) -> None:
    """LOG_LEVEL and LOG_FORMAT in a plan count for the lines of the watcher too."""
    api.show(NEVER)
    plan = "sidecar: DEATH_DEPS=main DEATH_SOURCE=kubernetes BIRTH_TIMEOUT=1h LOG_FORMAT=json LOG_LEVEL=debug"
    settings: dict[str, Any] = {"name": "sidecar", "BIRTH_DEPS": None, "PLAN": plan}
    supervised = start(kubexit.program(), "ready-then-wait", "--exit", "TERM=7", **settings)
    supervised.wait_line("^READY$")
    api.wait_watched()
    api.show(ended(NEVER, "main", 0))

    assert supervised.wait() == 7
    messages = [json.loads(line)["message"] for line in supervised.stderr.splitlines()]
    assert "watch: MODIFIED" in messages
