"""After the stop signal no other container matters any longer, so nothing is watched."""

from pathlib import Path

import pytest

from harness import processes
from harness.containers import descriptors, running
from harness.kubexit import Kubexit
from harness.waiting import eventually


def watches(pid: int) -> int:
    """The number of inotify watches that a process has (proc(5), fdinfo)."""
    return sum(info.read_text().count("inotify wd:") for info in Path(f"/proc/{pid}/fdinfo").iterdir())


@pytest.mark.behaviour("watch-ends-with-the-stop")
def test_stopped_container_watches_nothing(kubexit: Kubexit) -> None:
    """A container that has sent the stop signal has no watch, no FIFO of another container and no poll."""
    other = running(kubexit, "other")
    sidecar = running(kubexit, "sidecar", exits="", DEATH_DEPS="db,other", GRACE_PERIOD="1h", POLL_INTERVAL="1h")
    assert watches(sidecar.pid) == 1
    assert sum(name.endswith("/.other.alive") for name in descriptors(sidecar.pid)) == 1
    kubexit.carve("db", Born=True, Died=True, ExitCode=0)
    sidecar.wait_line("SIGNAL TERM")

    eventually(lambda: watches(sidecar.pid) == 0, "the watch is removed")
    eventually(lambda: processes.state(sidecar.pid) == "S", "it sleeps")
    assert not [name for name in descriptors(sidecar.pid) if name.endswith("/.other.alive")]
    other.kill()
    sidecar.kill()
