"""Containers, and pods, that can never be ready again, end the wait."""

from typing import Any

import pytest

from harness.servers.pods import UID, pod, ready, terminated, with_metadata, with_status
from kubexit.waiter.errors import NeverReadyError
from kubexit.waiter.readiness import missing, stays

POD = pod("main", "db")


@pytest.mark.behaviour("exited-never-ready")
@pytest.mark.parametrize("code", [0, 1])
def test_ended_under_never(code: int) -> None:
    """A container that ended under restartPolicy Never can never be ready."""
    once = pod("main", "db", restartPolicy="Never")

    with pytest.raises(NeverReadyError, match=f"db can never be ready.*exited with {code}[,)]"):
        missing(with_status(once, "db", state=terminated(code)), ["db"])


@pytest.mark.behaviour("exited-never-ready")
@pytest.mark.parametrize(
    ("policy", "code", "over"), [("Always", 0, False), ("OnFailure", 1, False), ("OnFailure", 0, True)]
)
def test_ended_and_is_started_again(policy: str, code: int, over: bool) -> None:
    """Under other policies it is started again, except one that succeeded under OnFailure."""
    ended = with_status(pod("main", "db", restartPolicy=policy), "db", state=terminated(code))
    if over:
        with pytest.raises(NeverReadyError):
            missing(ended, ["db"])
    else:
        assert len(missing(ended, ["db"])) == 1


@pytest.mark.behaviour("exited-never-ready")
@pytest.mark.parametrize(
    ("container", "over"),
    [
        ({"restartPolicy": "Always"}, False),
        ({"restartPolicy": "OnFailure"}, False),
        ({"restartPolicy": "Never"}, True),
        ({"restartPolicy": "Never", "restartPolicyRules": [{"action": "Restart"}]}, False),
    ],
)
def test_container_has_its_own_policy(container: dict[str, Any], over: bool) -> None:
    """The container's own restartPolicy and rules have priority over the pod's."""
    ended = with_status(pod("main", "db", restartPolicy="Never"), "db", state=terminated(1))
    ended["spec"]["containers"][1].update(container)
    if over:
        with pytest.raises(NeverReadyError):
            missing(ended, ["db"])
    else:
        assert len(missing(ended, ["db"])) == 1


@pytest.mark.behaviour("exited-never-ready")
def test_rule_of_another_container() -> None:
    """A rule of any container may restart all of them, so the wait continues."""
    ended = with_status(pod("main", "db", restartPolicy="Never"), "db", state=terminated(1))
    ended["spec"]["containers"][0]["restartPolicyRules"] = [{"action": "RestartAllContainers"}]

    assert len(missing(ended, ["db"])) == 1


@pytest.mark.behaviour("exited-never-ready")
def test_rule_that_is_not_about_it() -> None:
    """A rule that restarts only another container does not start this one again."""
    ended = with_status(pod("main", "db", restartPolicy="Never"), "db", state=terminated(1))
    ended["spec"]["containers"][0]["restartPolicyRules"] = [{"action": "Restart"}]

    with pytest.raises(NeverReadyError):
        missing(ended, ["db"])


@pytest.mark.behaviour("exited-never-ready")
def test_native_sidecar_under_never() -> None:
    """A native sidecar is started again under restartPolicy Never too."""
    once = pod("main", sidecars=("proxy",), restartPolicy="Never")

    assert len(missing(with_status(once, "proxy", state=terminated(1)), ["proxy"])) == 1


@pytest.mark.behaviour("exited-never-ready")
@pytest.mark.parametrize("phase", ["Failed", "Succeeded"])
def test_pod_has_ended(phase: str) -> None:
    """In a pod that has ended (evicted, deadline) no container gets ready."""
    over = ready(POD, "db")
    over["status"].update(phase=phase, reason="Evicted")

    with pytest.raises(NeverReadyError, match=f"{phase}, Evicted"):
        missing(over, ["db"])


@pytest.mark.behaviour("pod-gone-ends-wait", "deleted-pod-starts-nothing")
def test_pod_that_stays() -> None:
    """The same pod continues the wait; the first pod that is seen may have any uid."""
    stays(POD, UID)
    stays(POD, None)


@pytest.mark.behaviour("pod-gone-ends-wait", "deleted-pod-starts-nothing")
@pytest.mark.parametrize(
    ("metadata", "reason"),
    [({"uid": "another"}, "replaced"), ({"deletionTimestamp": "2026-11-21T11:32:28Z"}, "being deleted")],
)
def test_pod_that_does_not_stay(metadata: dict[str, Any], reason: str) -> None:
    """Another uid under the same name, or a time of deletion, ends the wait."""
    with pytest.raises(NeverReadyError, match=f"pod shop/job-1.*{reason}"):
        stays(with_metadata(POD, **metadata), UID)
