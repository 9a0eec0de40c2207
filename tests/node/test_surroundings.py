"""Where kubexit comes from and what it runs in: image volumes, user namespaces, other limits, foreign processes."""

import time
import uuid

import pytest

from cluster.access import RefusedError
from e2e.container import clears, container, plain, pod
from e2e.images import KUBEXIT
from e2e.space import Space

pytestmark = pytest.mark.node

SIDECAR = {"DEATH_DEPS": "main", "EXIT_CODE_ON_STOP": "zero"}
PATIENCE = 20.0


def _from_volume(made, sub_path):
    """The container with kubexit from the volume `kubexit`."""
    mount = {"name": "kubexit", "mountPath": "/kubexit", "readOnly": True}
    if sub_path:
        mount["subPath"] = sub_path
    program = "/kubexit/kubexit" if sub_path else "/kubexit/bin/kubexit"
    return {**made, "command": [program, *made["command"][1:]], "volumeMounts": [*made["volumeMounts"], mount]}


@pytest.mark.parametrize("sub_path", ["", "bin"])
def test_kubexit_comes_from_an_image_volume(here: Space, version: tuple[int, int], sub_path: str) -> None:
    """kubexit comes from a volume that is its image, whole or a folder of it; nothing is copied."""
    if version < (1, 35):
        pytest.skip(f"NOT TESTED: image volumes are on by default since Kubernetes 1.35, this is {version}")
    volume = {"name": "kubexit", "image": {"reference": KUBEXIT, "pullPolicy": "IfNotPresent"}}
    main = _from_volume(container("main", "sleep 1; exit 3", BIRTH_DEPS="side:born"), sub_path)
    side = _from_volume(container("side", "exec sleep 600", **SIDECAR), sub_path)
    spec = pod(main, side)
    spec["volumes"].append(volume)
    made = here.job(spec)

    assert here.wait_job() == "Failed"
    assert made.code == {"main": 3, "side": 0}, made.story


def _refusal(here, made):
    """Why the node did not make the pod's sandbox; empty when it did."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if made.phase != "Pending":
            return ""
        path = f"/api/v1/namespaces/{here.access.namespace}/events"
        for event in here.access.call("GET", path)["items"]:
            if event["reason"].startswith("Failed") and event["involvedObject"]["name"] == made.name:
                return str(event["message"])
        time.sleep(0.2)
    return f"pending for {PATIENCE:.0f} s"


def test_ends_are_the_same_in_a_user_namespace(here: Space) -> None:
    """In a user namespace of the pod, where root of the pod is no root of the node, all is the same."""
    probe = here.pod(pod(plain("probe", "cat /proc/self/uid_map"), hostUsers=False), "probe")
    if why := _refusal(here, probe):
        pytest.skip(f"NOT TESTED: user namespaces: {why}")
    probe.wait_end()
    inside, outside, count = map(int, probe.log("probe").split())
    assert (inside, count) == (0, 65536)
    assert outside >= 65536

    main = container("main", "sleep 1; exit 3", BIRTH_DEPS="side:born")
    made = here.job(pod(main, container("side", "exec sleep 600", **SIDECAR), init=(clears(),), hostUsers=False))

    assert here.wait_job() == "Failed"
    assert made.codes == {"clear": [0], "main": [3], "side": [0]}, made.story


def test_resize_in_place_disturbs_nothing(here: Space) -> None:
    """A container whose limits are changed while it runs is not disturbed, and has its own exit code."""
    small = {"resources": {kind: {"cpu": "100m", "memory": "64Mi"} for kind in ("requests", "limits")}}
    main = container("main", "echo up; sleep 8; exit 3", small, BIRTH_DEPS="side:born")
    made = here.job(pod(main, container("side", "exec sleep 600", small, **SIDECAR)))
    made.wait_line("main", "^up")
    changed = {kind: {"cpu": "200m", "memory": "96Mi"} for kind in ("requests", "limits")}
    # A merge patch replaces lists: it has all containers, as the API has them.
    spec = made.object["spec"]
    for entry in spec["containers"]:
        entry["resources"] = changed
    here.access.call("PATCH", f"{made.path}/resize", {"spec": {"containers": spec["containers"]}})

    def judged(pod):
        conditions = pod.object["status"].get("conditions", [])
        waiting = {entry["type"]: entry for entry in conditions if entry["type"].startswith("PodResize")}
        if pending := waiting.get("PodResizePending"):
            pytest.skip(f"NOT TESTED: in-place resize: {pending.get('message')}")
        if failed := waiting.get("PodResizeInProgress", {}).get("message"):
            pytest.skip(f"NOT TESTED: in-place resize: {failed}")
        limits = [entry.get("resources", {}).get("limits", {}) for entry in pod.statuses.values()]
        return all(limit.get("memory") == "96Mi" for limit in limits) and not waiting

    made.wait(judged, "the new limits")
    assert here.wait_job() == "Failed"
    assert made.codes == {"main": [3], "side": [0]}, made.story


def test_restricted_security_standard_is_met(here: Space) -> None:
    """kubexit runs under the restricted pod security standard, which refuses the same pod as root."""
    main = container("main", "sleep 1; id -u; exit 3", BIRTH_DEPS="side:born")
    side = container("side", "exec sleep 600", **SIDECAR)
    with pytest.raises(RefusedError, match="violates PodSecurity"):
        here.pod(pod(main, side, securityContext={"runAsUser": 0}), "root")
    made = here.job(pod(main, side))

    assert here.wait_job() == "Failed"
    assert made.code == {"main": 3, "side": 0}, made.story
    assert "65532" in made.log("main").splitlines()


def test_processes_of_other_pods_are_left_alone(free: Space) -> None:
    """With hostPID a process of another pod that has the name of a sidecar is left alone."""
    name = f"kx-{uuid.uuid4().hex[:8]}"  # no other test's process has it
    script = f"mkdir /graveyard/.bin; ln -s /bin/sleep /graveyard/.bin/{name}; echo up; /graveyard/.bin/{name} 600"
    other = free.pod(pod(plain("other", script)), "other")
    other.wait_line("other", "^up")
    made = free.pod(pod(container("main", "sleep 1", QUIT_PROCESSES=name), hostPID=True), "one")

    assert made.wait_end() == "Succeeded", made.story
    time.sleep(3)  # longer than the kubelet takes to see an end
    assert "running" in other.state("other"), other.story
