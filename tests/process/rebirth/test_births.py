"""The wait for a restart beside the wait for birth: which time limit counts, and which wait holds the command."""

from collections.abc import Callable

import pytest

from harness.containers import running
from harness.kubexit import Kubexit
from harness.processes import children, next_look
from harness.stepper import Before, Stepper
from harness.supervised import Finished, Supervised
from harness.waiters import Waiter
from harness.waiting import eventually

from .test_started_again import died, held_back, still_held_back

SHORT = "200ms"
PROXY = {"DEATH_DEPS": "proxy:failed", "BIRTH_DEPS": "proxy", "BIRTH_SOURCE": "graveyard"}


def main_again(kubexit: Kubexit, **settings: str) -> Finished:
    """Start a main again whose proxy failed, and wait for its end."""
    died(kubexit, "proxy", code=9)
    died(kubexit, "main", code=143)
    return kubexit.run("echo", "BORN", **{**PROXY, **settings})


@pytest.mark.every_form
@pytest.mark.behaviour("rebirth-of-a-birth-dependency", "restarted-dependency-has-old-death")
def test_a_main_waits_until_its_proxy_is_ready_again(kubexit: Kubexit) -> None:
    """A main whose proxy failed waits for the proxy's next life to be ready, and starts then."""
    died(kubexit, "proxy", code=9)
    main = held_back(kubexit, "main", **PROXY, BIRTH_TIMEOUT="1h", REBIRTH_TIMEOUT="1ms")
    proxy = running(kubexit, "proxy", exits="TERM=4", READY_FILE=str(kubexit.folder / "ready"), READY_PERIOD="10ms")
    assert kubexit.wait_tombstone("main", "Waiting")["WaitsFor"] == "proxy"
    main.wait_line("proxy was started again", stream="stderr")
    still_held_back(main)
    (kubexit.folder / "ready").touch()
    main.wait_line("^READY$")
    proxy.signal(15)

    assert (proxy.wait(), main.wait()) == (4, 0)


@pytest.mark.behaviour("rebirth-of-a-birth-dependency", "crashed-proxy-is-no-success")
@pytest.mark.parametrize("births", ["proxy", "proxy:born", "proxy:died", "db:born,proxy:died"])
@pytest.mark.parametrize("on_timeout", ["fail", "start"])
def test_only_the_birth_timeout_applies(kubexit: Kubexit, births: str, on_timeout: str) -> None:
    """If the proxy does not come back, main exits with 69 after the birth timeout, also with `start`."""
    finished = main_again(
        kubexit, BIRTH_DEPS=births, BIRTH_TIMEOUT=SHORT, BIRTH_ON_TIMEOUT=on_timeout, REBIRTH_TIMEOUT="1h"
    )

    assert (finished.code, finished.stdout) == (69, "")
    reason = "dependency proxy died with exit code 9 and was not started again within 200ms"
    assert (kubexit.tombstone("main") or {})["Reason"] == reason


@pytest.mark.behaviour("rebirth-of-a-birth-dependency", "rebirth-wait-has-a-limit")
def test_an_infinite_birth_timeout_is_no_limit(kubexit: Kubexit) -> None:
    """With an infinite birth timeout the other limit counts: no pod hangs for a proxy that never comes back."""
    finished = main_again(kubexit, BIRTH_TIMEOUT="infinite", REBIRTH_TIMEOUT=SHORT)

    assert (finished.code, finished.stdout) == (69, "")


@pytest.mark.behaviour("rebirth-of-a-birth-dependency")
def test_all_others_are_birth_dependencies_too(kubexit: Kubexit) -> None:
    """With `*` every name is a birth dependency: the birth timeout counts."""
    waiter = Waiter(kubexit.folder, "exec sleep 600")
    died(kubexit, "proxy", "main", code=9)
    finished = kubexit.run(
        "echo", "BORN", waiter=waiter,
        DEATH_DEPS="proxy", BIRTH_DEPS="*", POD_NAME="p", NAMESPACE="n", BIRTH_TIMEOUT=SHORT, REBIRTH_TIMEOUT="1h",
    )  # fmt: skip

    assert (finished.code, finished.stdout) == (69, "")


def both(kubexit: Kubexit, **settings: str) -> Supervised:
    """A container that is started again, finds `main` dead, and has a birth dependency `db`."""
    died(kubexit, "main")
    settings = {"BIRTH_DEPS": "db:born", "POLL_INTERVAL": "0", **settings}
    return held_back(kubexit, **settings)


@pytest.mark.behaviour("rebirth-beside-a-birth-wait")
@pytest.mark.parametrize("order", [("main", "db"), ("db", "main")])
def test_both_waits_must_end(kubexit: Kubexit, order: tuple[str, str]) -> None:
    """The command starts when the birth dependency is there and the dead container is started again."""
    sidecar = both(kubexit, BIRTH_TIMEOUT="1h")
    sidecar.wait_line("waiting for birth dependencies", stream="stderr")
    assert kubexit.wait_tombstone("sidecar", "Waiting")["WaitsFor"] == "main:restarted, db:born"
    running(kubexit, order[0])
    left = {"main": "db:born", "db": "main:restarted"}[order[0]]
    eventually(lambda: (kubexit.tombstone("sidecar") or {}).get("WaitsFor") == left, f"only {left} is missing")
    still_held_back(sidecar)
    running(kubexit, order[1])

    sidecar.wait_line("^READY$")


@pytest.mark.behaviour("rebirth-beside-a-birth-wait")
def test_a_birth_in_time_stops_the_birth_timeout(kubexit: Kubexit) -> None:
    """When the births are there in time, the birth timeout no longer runs, and the restart may take longer."""
    sidecar = both(kubexit, BIRTH_TIMEOUT="5s")
    sidecar.wait_line("waiting for birth dependencies", stream="stderr")
    eventually(lambda: 0 < next_look(sidecar.pid) <= 5, "it sleeps until the birth timeout")
    kubexit.carve("db", Born=True)
    eventually(lambda: next_look(sidecar.pid) > 5, "it sleeps until it reports what is missing")
    running(kubexit, "main")

    sidecar.wait_line("^READY$")


@pytest.mark.behaviour("rebirth-beside-a-birth-wait", "timeout-names-the-missing")
def test_a_birth_that_is_lost_meanwhile_has_its_timeout(kubexit: Kubexit) -> None:
    """A birth dependency that is ready at first, and lost while the restart is awaited, has the whole birth timeout."""
    kubexit.carve("db", Born=True, Ready=True)
    sidecar = both(kubexit, BIRTH_DEPS="db", BIRTH_SOURCE="graveyard", BIRTH_TIMEOUT=SHORT)
    assert "birth dependencies" not in sidecar.stderr
    kubexit.carve("db", Born=True)

    assert sidecar.wait() == 69
    assert "birth dependencies not met after 200ms: db" in (kubexit.tombstone("sidecar") or {})["Reason"]


@pytest.mark.behaviour("rebirth-beside-a-birth-wait")
def test_start_at_the_timeout_waits_for_the_restart(kubexit: Kubexit) -> None:
    """BIRTH_ON_TIMEOUT=start is about births: the command still waits for the restart, and starts then."""
    sidecar = both(kubexit, BIRTH_TIMEOUT=SHORT, BIRTH_ON_TIMEOUT="start")
    sidecar.wait_line("starting the command anyway", stream="stderr")
    running(kubexit, "main")
    sidecar.wait_line("^READY$")
    sidecar.wait_line("command started", stream="stderr")

    assert sidecar.stderr.index("main was started again") < sidecar.stderr.index("command started")


@pytest.mark.behaviour("rebirth-beside-a-birth-wait", "rebirth-wait-has-a-limit")
def test_after_start_at_the_timeout_the_limit_holds(kubexit: Kubexit) -> None:
    """BIRTH_ON_TIMEOUT=start does not overrule the death: after both limits the command has not started."""
    sidecar = both(kubexit, BIRTH_TIMEOUT="100ms", BIRTH_ON_TIMEOUT="start", REBIRTH_TIMEOUT="400ms")

    assert sidecar.wait() == 0
    assert sidecar.stdout == ""
    assert "was not started again within 400ms" in (kubexit.tombstone("sidecar") or {})["Reason"]


@pytest.mark.behaviour("rebirth-beside-a-birth-wait", "rebirth-wait-has-a-limit")
def test_the_limit_ends_a_longer_birth_wait(kubexit: Kubexit) -> None:
    """The limit of the restart counts although a birth is awaited for longer: a sidecar of a finished main ends."""
    sidecar = both(kubexit, BIRTH_TIMEOUT="infinite", REBIRTH_TIMEOUT=SHORT)

    assert sidecar.wait() == 0
    assert sidecar.stdout == ""


@pytest.mark.behaviour("rebirth-beside-a-birth-wait", "graveyard-contradicts-the-api")
def test_the_api_is_asked_again_afterwards(kubexit: Kubexit) -> None:
    """What the API showed before the restart is old: it is asked again when nothing else holds the command back."""
    waiter = Waiter(kubexit.folder, "exit 0")
    sidecar = both(kubexit, BIRTH_DEPS="db", BIRTH_TIMEOUT="1h", POD_NAME="p", NAMESPACE="n", waiter=waiter)
    eventually(lambda: len(waiter.starts) == 1, "the API is asked")
    eventually(lambda: children(sidecar.pid) == [], "its answer is taken")
    still_held_back(sidecar)
    running(kubexit, "main")
    sidecar.wait_line("^READY$")

    assert len(waiter.starts) == 2


@pytest.mark.behaviour("rebirth-wait-has-a-limit")
def test_the_last_of_several_deaths_after_the_birth_timeout(kubexit: Kubexit, steps: Callable[..., Stepper]) -> None:
    """With the policy all, an old death holds nothing back as long as another dependency lives. If that dies when the
    birth timeout is over already, the wait for the restart begins then, and has its limit."""
    died(kubexit, "main", "sidecar")
    kubexit.carve("other", Born=True)
    waiter = Waiter(kubexit.folder, "trap '' TERM; sleep 30 & wait; wait")
    expires = steps(Before("kill"))
    sidecar = kubexit.start(
        "echo", "BORN", name="sidecar", waiter=waiter, DEATH_DEPS="main,other", DEATH_POLICY="all", BIRTH_DEPS="db",
        BIRTH_TIMEOUT="2s", BIRTH_ON_TIMEOUT="start", REBIRTH_TIMEOUT=SHORT, POD_NAME="p", NAMESPACE="n",
        LOG_LEVEL="debug", steps=expires,
    )  # fmt: skip
    sidecar.wait_line("BIRTH to EXPIRED", stream="stderr")
    expires.reached()  # the half second that it leaves the waiter has not begun
    died(kubexit, "other")
    expires.resume()

    assert sidecar.wait(timeout=10) == 0
    assert sidecar.stdout == ""
    assert "dependency main died with exit code 0 before this container was started again" in sidecar.stderr
    assert (kubexit.tombstone("sidecar") or {})["Reason"] == "dependency other died with exit code 0"
