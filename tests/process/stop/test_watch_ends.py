"""After the stop signal no other container matters any longer, so nothing is watched."""

import pytest

from harness import processes
from harness.containers import running
from harness.kubexit import Kubexit
from harness.processes import descriptors, watches
from harness.waiting import eventually


@pytest.mark.behaviour("watch-ends-with-the-stop")
def test_stopped_container_watches_nothing(kubexit: Kubexit) -> None:
    """A container that has sent the stop signal has no watch, no FIFO of another container and no poll."""
    other = running(kubexit, "other")
    sidecar = running(kubexit, "sidecar", exits="", DEATH_DEPS="db,other", GRACE_PERIOD="1h", POLL_INTERVAL="1h")
    eventually(lambda: watches(sidecar.pid) == 1, "it watches the graveyard")
    eventually(lambda: sum(name.endswith("/.other.alive") for name in descriptors(sidecar.pid)) == 1, "it holds a FIFO")
    kubexit.carve("db", Born=True, Died=True, ExitCode=0)
    sidecar.wait_line("SIGNAL TERM")

    eventually(lambda: watches(sidecar.pid) == 0, "the watch is removed")
    eventually(lambda: processes.state(sidecar.pid) == "S", "it sleeps")
    assert not [name for name in descriptors(sidecar.pid) if name.endswith("/.other.alive")]
    other.kill()
    sidecar.kill()
