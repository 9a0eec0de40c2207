"""The waiter exits with a verdict about the containers, and logs why."""

import json
import re
import signal
from collections.abc import Callable

import pytest

from harness.servers import faults
from harness.servers.apiserver import ApiServer
from harness.servers.exchange import Exchange
from harness.servers.pods import RUNNING, pod, ready, terminated, waiting, with_status
from harness.waiter_in_pod import Waiter

pytestmark = pytest.mark.every_form

POD = pod("main", "db", sidecars=("proxy",), inits=("setup",))


@pytest.mark.behaviour("names-looked-up-in-pod")
def test_an_unknown_name_lists_the_known(api: ApiServer, waiter: Waiter) -> None:
    """A name that is in neither list of the spec fails at once; the message lists the known names."""
    api.show(POD)
    started = waiter.start("dbb")

    assert started.wait() == 2
    started.wait_line("error.*pod shop/job-1 has no container dbb; it has proxy, setup, main, db$", "stderr")


@pytest.mark.behaviour("names-looked-up-in-pod")
def test_unknown_name_that_may_be_absent(api: ApiServer, waiter: Waiter) -> None:
    """A name with a question mark may be absent; the others count."""
    api.show(ready(POD, "db"))

    assert waiter.start("mesh?", "db").wait() == 0


@pytest.mark.behaviour("native-sidecars")
def test_a_native_sidecar_is_found(api: ApiServer, waiter: Waiter) -> None:
    """A native sidecar is looked up among the init containers."""
    api.show(POD)
    started = waiter.start("proxy")
    api.wait_watched()
    api.show(ready(POD, "proxy"))

    assert started.wait() == 0


@pytest.mark.behaviour("native-sidecars")
@pytest.mark.parametrize("own", ["proxy", "setup"])
def test_an_impossible_wait_is_refused(api: ApiServer, waiter: Waiter, own: str) -> None:
    """An init-type container that waits for a regular one is refused: neither would ever start."""
    api.show(POD)
    started = waiter.start("db", name=own)

    assert started.wait() == 2
    started.wait_line(f"error.*{own} is an init-type container.*db a regular one", "stderr")


@pytest.mark.behaviour("exited-never-ready")
def test_ended_for_good(api: ApiServer, waiter: Waiter) -> None:
    """A dependency that ended under restartPolicy Never ends the wait at once with 69."""
    once = pod("main", "db", restartPolicy="Never")
    api.show(once)
    started = waiter.start("db")
    api.wait_watched()
    api.show(with_status(once, "db", state=terminated(3)))

    assert started.wait() == 69
    started.wait_line("error.*container db can never be ready.*exited with 3,", "stderr")


@pytest.mark.behaviour("readiness-wins-at-timeout", "timeout-names-the-missing")
def test_time_is_up(api: ApiServer, waiter: Waiter) -> None:
    """At SIGTERM the waiter says what is not ready, and why, and exits."""
    crashed = with_status(
        ready(pod("main", "db", "cache", "log", "web"), "log"),
        "db",
        state=waiting("CrashLoopBackOff", "back-off 10s restarting failed container=db"),
        restartCount=3,
        lastState=terminated(1),
    )
    api.show(with_status(crashed, "web", state=waiting("ImagePullBackOff")))
    started = waiter.start("db", "cache", "log", "web")
    api.wait_watched()
    started.signal(signal.SIGTERM)

    assert started.wait() == 69
    said = started.wait_line("error kubexit.main.: not ready: (.*)", "stderr")[1]
    assert said == (
        "db (waiting: CrashLoopBackOff: back-off 10s restarting failed container=db, 3 restarts, before that exited "
        "with 1, Error), cache (running, not ready), web (waiting: ImagePullBackOff)"
    )


@pytest.mark.behaviour("timeout-names-the-missing")
def test_time_is_up_and_nothing_was_seen(api: ApiServer, waiter: Waiter) -> None:
    """If the pod was never seen, the reason is the last error."""
    api.script("list", *[faults.status(503, "Service Unavailable")] * 60)
    started = waiter.start("db")
    started.wait_line("next try", "stderr")
    started.signal(signal.SIGTERM)

    assert started.wait() == 69
    started.wait_line("error.*not ready: db .the pod was not seen: list: 503 Service Unavailable.", "stderr")


@pytest.mark.behaviour("timeout-names-the-missing")
@pytest.mark.parametrize("answer", [faults.silent, faults.half_open])
def test_leaves_at_once(api: ApiServer, waiter: Waiter, answer: Callable[[Exchange], None]) -> None:
    """SIGTERM ends every wait: for an answer as well as for an event."""
    api.show(POD)
    api.script("list" if answer is faults.silent else "watch", answer)
    started = waiter.start("db")
    api.wait_asked(1 if answer is faults.silent else 2)
    started.signal(signal.SIGTERM)

    assert started.wait(8) == 69  # less than the limit of a list
    started.wait_line("not ready: db", "stderr")


def test_lines_are_those_of_the_supervisor(api: ApiServer, waiter: Waiter) -> None:
    """Lines have the supervisor's format, as text and as JSON, from the level that is asked for."""
    api.show(ready(POD, "db"))
    runs = []
    for settings in ({}, {"KUBEXIT_LOG_FORMAT": "json"}, {"KUBEXIT_LOG_LEVEL": "error"}):
        # One after the other: in the static file each run is a supervisor that needs the name for itself.
        started = waiter.start("db", **settings)
        assert started.wait() == 0
        runs.append(started)
    text, structured, quiet = runs

    assert re.search(r"(?m)^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{6}Z info kubexit\[main\]: ready: db$", text.stderr)
    (line,) = [line for line in map(json.loads, structured.stderr.splitlines()) if "ready: " in line["message"]]
    assert list(line) == ["time", "level", "name", "message"]
    assert (line["level"], line["name"], line["message"]) == ("info", "main", "ready: db")
    assert quiet.stderr == ""


@pytest.mark.behaviour("names-looked-up-in-pod")
def test_a_star_is_all_others(api: ApiServer, waiter: Waiter) -> None:
    """`*` is all other regular containers and the native sidecars, not the plain init containers."""
    api.show(ready(POD, "db"))
    started = waiter.start("*", KUBEXIT_LOG_LEVEL="debug")
    started.wait_line(r"not ready: proxy \(running, not ready\)$", "stderr")
    api.wait_watched()
    api.show(with_status(ready(POD, "db", "proxy"), "setup", state=RUNNING))

    assert started.wait() == 0
