"""The cgroups of two processes, as runtimes name them, show whether both are of one pod."""

from types import ModuleType

import pytest

pytestmark = pytest.mark.behaviour("quit-processes-of-this-pod")

POD = "6a1c9a52-8f2e-4c57-b1f5-0c7f3b9f6f10"
OTHER = "d5b0b9a1-3f57-4f5c-8a0e-77c1a2b3c4d5"
A, B, C = "a" * 64, "0b" * 32, "3c" * 32
SLICE = "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{}.slice"

SAME = {
    "the same container": ("/", "/"),
    "a part of the same container": ("/", "/init.scope"),
    "namespace, systemd": ("/", f"/../cri-containerd-{B}.scope"),
    "namespace, cgroupfs": ("/", f"/../{B}"),
    "namespace, part of a container": ("/", f"/../crio-{B}.scope/container"),
    "namespace below the container": ("/", f"/../../crio-{B}.scope/container"),
    "systemd": (f"{SLICE.format('1_2')}/cri-containerd-{A}.scope", f"{SLICE.format('1_2')}/cri-containerd-{B}.scope"),
    "cgroupfs": (f"/kubepods/besteffort/pod{POD}/{A}", f"/kubepods/besteffort/pod{POD}/{B}"),
    "nested node": (f"/kubelet/kubepods/pod{POD}/{A}", f"/kubelet/kubepods/pod{POD}/{B}"),
    "parts of containers": (f"/machine/crio-{A}.scope/container", f"/machine/crio-{B}.scope/container"),
    "the pod's own": (f"/kubepods/pod{POD}/{A}", f"/kubepods/pod{POD}"),
    "containers without pods": (f"/docker/{A}", f"/docker/{B}"),
}
STRANGERS = {
    "namespace, another pod": ("/", f"/../../kubepods-burstable-pod{OTHER}.slice/cri-containerd-{C}.scope"),
    "namespace, another pod, cgroupfs": ("/", f"/../../pod{OTHER}/{C}"),
    "namespace, a guaranteed pod": ("/", f"/../../../kubepods-pod{OTHER}.slice/cri-containerd-{C}.scope"),
    "namespace, a service": ("/", "/../../../../system.slice/cron.service"),
    "namespace, the root": ("/", "/../../../.."),
    "namespace, a pod as a name": ("/", f"/../kubepods-pod{OTHER}.slice:cri-containerd:{C}"),
    "namespace, two IDs": ("/", f"/../{B}/{C}"),
    "another pod": (f"/kubepods/besteffort/pod{POD}/{A}", f"/kubepods/besteffort/pod{OTHER}/{C}"),
    "another pod, systemd": (f"{SLICE.format('1_2')}/crio-{A}.scope", f"{SLICE.format('1_3')}/crio-{C}.scope"),
    "another class": (f"/kubepods/besteffort/pod{POD}/{A}", f"/kubepods/pod{OTHER}/{C}"),
    "a service": (f"/kubepods/pod{POD}/{A}", "/system.slice/cron.service"),
    "the root": (f"/kubepods/pod{POD}/{A}", "/"),
    "all pods": (f"/kubepods/pod{POD}/{A}", "/kubepods"),
    "a session": (f"/kubepods/pod{POD}/{A}", "/user.slice/user-1000.slice/session-2.scope"),
    "an ID that is too short": (f"/kubepods/pod{POD}/{A}", f"/kubepods/pod{POD}/{B[:63]}"),
    "a pod of another manager": (
        f"/m/libpod_pod_{A}.slice/libpod-{B}.scope",
        f"/m/libpod_pod_{C}.slice/libpod-{B}.scope",
    ),
}


def unified(path: str) -> bytes:
    """The file of a process in cgroup v2."""
    return f"0::{path}\n".encode()


@pytest.mark.parametrize("case", SAME)
def test_containers_of_one_pod_are_recognized(supervisor: ModuleType, case: str) -> None:
    """Containers of one pod are recognised, in all ways in which runtimes name their cgroups."""
    ours, theirs = SAME[case]

    assert supervisor.cgroups_of_one_pod(unified(ours), unified(theirs))


@pytest.mark.parametrize("case", STRANGERS)
def test_other_cgroups_are_strangers(supervisor: ModuleType, case: str) -> None:
    """Processes of other pods and of the node are strangers, and so are cgroups that do not name a pod."""
    ours, theirs = STRANGERS[case]

    assert not supervisor.cgroups_of_one_pod(unified(ours), unified(theirs))


def hierarchies(pids: str, memory: str, rest: str = "/") -> bytes:
    """The file of a process in cgroup v1."""
    return f"12:pids:{pids}\n11:memory:{memory}\n1:name=systemd:{rest}\n0::{rest}\n".encode()


def test_one_differing_hierarchy_is_enough(supervisor: ModuleType) -> None:
    """With cgroup v1 one hierarchy that differs is enough."""
    ours, sidecar, stranger = (f"/kubepods/pod{pod}/{cid}" for pod, cid in ((POD, A), (POD, B), (OTHER, C)))

    assert supervisor.cgroups_of_one_pod(hierarchies(ours, ours), hierarchies(sidecar, sidecar))
    assert not supervisor.cgroups_of_one_pod(hierarchies(ours, ours), hierarchies(sidecar, stranger))
    assert not supervisor.cgroups_of_one_pod(hierarchies(ours, ours), hierarchies(stranger, sidecar))
    assert not supervisor.cgroups_of_one_pod(hierarchies("/", ours), hierarchies("/", stranger))


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (b"", b"0::/\n"),
        (b"0::/\n", b""),
        (b"0::/\n", b"1:pids:/\n"),
        (b"0::/\n", b"0::/\n1:pids:/\n"),
        (b"0::/\n1:pids:/\n", b"0::/\n"),
        (b"0:/\n", b"0:/\n"),
        (b"noise", b"noise"),
    ],
)
def test_unreadable_cgroups_show_nothing(supervisor: ModuleType, ours: bytes, theirs: bytes) -> None:
    """Files that are missing, cut off or of another kind show nothing."""
    assert not supervisor.cgroups_of_one_pod(ours, theirs)


def test_processes_without_any_cgroup_are_of_one_sandbox(supervisor: ModuleType) -> None:
    """In gVisor the files are empty: all visible processes are of the sandbox's one pod."""
    assert supervisor.cgroups_of_one_pod(b"", b"")
