"""Containers of one pod may run as different users."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness import graveyard
from harness.containers import running
from harness.kubexit import Kubexit
from harness.world import namespaces

ONE, OTHER, GROUP = 10_001, 10_002, 10_100


@pytest.fixture
def pod(kubexit: Kubexit) -> Iterator[Path]:
    """A graveyard like an emptyDir with fsGroup: group-writable, with the set-group-ID bit."""
    interpreter = [] if kubexit.is_native else [Path(kubexit.path).with_name("python")]
    namespaces.require_other_users(kubexit.program(), kubexit.path, *interpreter)
    folder = Path(tempfile.mkdtemp(prefix="kubexit-"))
    os.chown(folder, 0, GROUP)
    folder.chmod(0o2775)
    yield folder
    shutil.rmtree(folder)


def old_fifo(pod: Path) -> None:
    """The FIFO of a crashed run of another user in a sticky folder, which all may open and none may replace."""
    pod.chmod(0o1777)
    os.mkfifo(pod / ".main.alive")
    (pod / ".main.alive").chmod(0o666)
    os.chown(pod / ".main.alive", OTHER + 1, OTHER + 1)


@pytest.mark.behaviour("tombstone-readable-by-all")
@pytest.mark.parametrize("umask", [0o022, 0o077], ids="{:03o}".format)
def test_another_user_sees_the_death(kubexit: Kubexit, pod: Path, umask: int) -> None:
    """A container sees the death of one that runs as another user, with any umask of it."""
    sidecar = running(kubexit, DEATH_DEPS="main", GRAVEYARD=pod, preexec_fn=namespaces.user(ONE, ONE, GROUP))
    world = namespaces.in_turn(namespaces.user(OTHER, OTHER, GROUP), lambda: os.umask(umask) and None)
    main = kubexit.run("/bin/true", GRAVEYARD=pod, preexec_fn=world)

    assert main.code == 0
    assert sidecar.wait() == 0
    assert (graveyard.read(pod / "sidecar") or {})["Reason"] == "dependency main died with exit code 0"


@pytest.mark.behaviour("tombstone-readable-by-all", "crash-seen-by-peers")
@pytest.mark.parametrize("umask", [0o022, 0o077], ids="{:03o}".format)
def test_another_user_sees_the_crash(kubexit: Kubexit, pod: Path, umask: int) -> None:
    """A container sees the crash of one that runs as another user, with any umask of it."""
    world = namespaces.in_turn(namespaces.user(OTHER, OTHER, GROUP), lambda: os.umask(umask) and None)
    main = running(kubexit, "main", GRAVEYARD=pod, preexec_fn=world)
    sidecar = running(
        kubexit, DEATH_DEPS="main", GRAVEYARD=pod, POLL_INTERVAL="0", preexec_fn=namespaces.user(ONE, ONE, GROUP)
    )
    main.kill()

    assert sidecar.wait() == 0
    assert "crashed" in (graveyard.read(pod / "sidecar") or {})["Reason"]


@pytest.mark.behaviour("foreign-tombstone-keeps-code")
def test_old_tombstone_of_another_user(kubexit: Kubexit, pod: Path) -> None:
    """An old tombstone that a sticky folder protects from kubexit is logged; the command runs and its code stays."""
    pod.chmod(0o1777)
    (pod / "main").write_text('Died: "2020-04-28T10:41:47Z"\nExitCode: 1\n')
    os.chown(pod / "main", OTHER, OTHER)
    finished = kubexit.run("/bin/sh", "-c", "exit 7", GRAVEYARD=pod, preexec_fn=namespaces.user(ONE, ONE))

    assert finished.code == 7
    assert f"{pod}/main" in finished.stderr
    assert "Operation not permitted" in finished.stderr
    assert (graveyard.read(pod / "main") or {})["ExitCode"] == 1


@pytest.mark.behaviour("foreign-tombstone-keeps-code", "crash-seen-by-peers")
def test_old_fifo_of_another_user(kubexit: Kubexit, pod: Path) -> None:
    """A FIFO of a crashed run of another user, kept by a sticky folder, is logged."""
    pod.chmod(0o1777)
    os.mkfifo(pod / ".main.alive")
    os.chown(pod / ".main.alive", OTHER, OTHER)
    finished = kubexit.run("/bin/sh", "-c", "exit 7", GRAVEYARD=pod, preexec_fn=namespaces.user(ONE, ONE))

    assert finished.code == 7
    assert " warn " in finished.stderr


@pytest.mark.behaviour("foreign-tombstone-keeps-code", "crash-seen-by-peers")
def test_life_behind_the_old_fifo_of_another_user(kubexit: Kubexit, pod: Path) -> None:
    """A container holds such a FIFO, so that peers do not see its predecessor's crash for as long as it lives.

    Shown to fail by leaving the FIFO alone: then the crash is the reason, not the fence.
    """
    old_fifo(pod)
    running(kubexit, "main", GRAVEYARD=pod, preexec_fn=namespaces.user(ONE, ONE))
    sidecar = running(kubexit, DEATH_DEPS="main,fence", GRAVEYARD=pod, preexec_fn=namespaces.user(OTHER, OTHER))
    graveyard.carve(pod / "fence", Died=True, ExitCode=0)

    assert sidecar.wait() == 0
    assert (graveyard.read(pod / "sidecar") or {})["Reason"] == "dependency fence died with exit code 0"


@pytest.mark.behaviour("foreign-tombstone-keeps-code", "crash-seen-by-peers")
@pytest.mark.parametrize("orderly", [True, False], ids=["death", "crash"])
def test_end_behind_the_old_fifo_of_another_user(kubexit: Kubexit, pod: Path, orderly: bool) -> None:
    """The container's orderly end is seen as one, also by a later look: the FIFO stays, and the tombstone counts."""
    old_fifo(pod)
    main = running(kubexit, "main", GRAVEYARD=pod, preexec_fn=namespaces.user(ONE, ONE))
    sidecar = running(
        kubexit, DEATH_DEPS="main", GRAVEYARD=pod, POLL_INTERVAL="0", preexec_fn=namespaces.user(OTHER, OTHER)
    )
    main.signal(signal.SIGTERM if orderly else signal.SIGKILL)
    late = kubexit.start("/bin/true", name="late", DEATH_DEPS="main", GRAVEYARD=pod) if not main.wait() else None

    how = "died with exit code 0" if orderly else "crashed"
    assert sidecar.wait() == 0
    assert (graveyard.read(pod / "sidecar") or {})["Reason"] == f"dependency main {how}"
    if late is not None:
        assert late.wait() == 0
        assert (graveyard.read(pod / "late") or {})["Reason"] == f"dependency main {how}"


@pytest.mark.behaviour("foreign-tombstone-keeps-code", "crash-seen-by-peers")
def test_fifo_of_another_user_that_cannot_be_held(kubexit: Kubexit, pod: Path) -> None:
    """If kubexit may not hold its FIFO, but peers can see that, the command does not start: it would seem dead."""
    old_fifo(pod)
    (pod / ".main.alive").chmod(0o622)
    finished = kubexit.run("/bin/echo", "BORN", GRAVEYARD=pod, preexec_fn=namespaces.user(ONE, ONE))

    assert (finished.code, finished.stdout) == (73, "")
    assert f"{pod}/.main.alive" in finished.stderr
