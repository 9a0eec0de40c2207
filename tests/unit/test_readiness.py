"""A pod object shows which of its containers are not ready, and why."""

from typing import Any

import pytest

from harness.servers.pods import RUNNING, pod, ready, terminated, waiting, with_status
from kubexit.waiter.readiness import missing

POD = pod("main", "db", "cache", sidecars=("proxy",), inits=("setup",))


def why(source: dict[str, Any], *names: str) -> list[str]:
    """Return what is missing, as words."""
    return [str(entry) for entry in missing(source, names)]


@pytest.mark.behaviour("ready-needs-no-event")
def test_the_status_says_ready() -> None:
    """A container whose status says so is ready."""
    assert why(ready(POD, "db"), "db") == []


@pytest.mark.behaviour("all-ready-at-once")
def test_all_in_one_object() -> None:
    """A ready container does not replace one that is not ready."""
    assert why(ready(POD, "db"), "db", "cache") == ["cache (running, not ready)"]


@pytest.mark.behaviour("native-sidecars")
@pytest.mark.parametrize("name", ["proxy", "db"])
def test_native_sidecar_counts_like_a_regular_container(name: str) -> None:
    """The field `ready` decides in both lists of statuses."""
    assert why(POD, name) == [f"{name} (running, not ready)"]
    assert why(ready(POD, name), name) == []


@pytest.mark.behaviour("native-sidecars")
@pytest.mark.parametrize(
    ("state", "reasons"),
    [
        (RUNNING, ["setup (running, not ready)"]),
        (terminated(0), []),
        (terminated(1), ["setup (exited with 1, Error)"]),
    ],
)
def test_plain_init_container_is_ready_when_it_is_done(state: dict[str, Any], reasons: list[str]) -> None:
    """A plain init container is ready when it ended with 0, with any value of `ready`."""
    assert why(with_status(POD, "setup", ready=state is RUNNING, state=state), "setup") == reasons


@pytest.mark.behaviour("all-ready-at-once")
@pytest.mark.parametrize("state", [terminated(0), waiting("CrashLoopBackOff")])
def test_ready_of_a_container_that_does_not_run(state: dict[str, Any]) -> None:
    """The field `ready` of a container that does not run is out of date."""
    assert len(why(with_status(POD, "db", ready=True, state=state), "db")) == 1


@pytest.mark.behaviour("timeout-names-the-missing")
@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"state": waiting("ImagePullBackOff", "no such image")}, "waiting: ImagePullBackOff: no such image"),
        ({"started": False}, "running, its startup probe has not succeeded"),
        ({"restartCount": 2}, "running, not ready, 2 restarts"),
        ({"state": terminated(137, signal=9, reason="OOMKilled")}, "exited with 137, signal 9, OOMKilled"),
        (
            {"state": waiting("CrashLoopBackOff"), "restartCount": 1, "lastState": terminated(2)},
            "waiting: CrashLoopBackOff, 1 restart, before that exited with 2, Error",
        ),
        ({"state": {}}, "not started"),
        ({"state": None}, "not started"),
    ],
)
def test_the_reason_has_state_and_restarts(fields: dict[str, Any], reason: str) -> None:
    """The reason has the state, the restarts, and how it ended before."""
    assert why(with_status(POD, "db", **fields), "db") == [f"db ({reason})"]


@pytest.mark.behaviour("timeout-names-the-missing")
def test_pod_that_is_not_scheduled() -> None:
    """Without a status, the reason is the pod's phase, and why it has no node."""
    condition = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/3 nodes fit"}
    early = {**POD, "status": {"phase": "Pending", "conditions": [condition]}}

    assert why(early, "db") == ["db (no status yet, the pod is Pending, Unschedulable: 0/3 nodes fit)"]
    assert why({**POD, "status": {}}, "db") == ["db (no status yet, the pod is new)"]
