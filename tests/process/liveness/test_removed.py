"""A removed FIFO of the container itself is only a hint that the folder may follow."""

import pytest

from harness.containers import fenced_off, running
from harness.kubexit import Kubexit
from harness.processes import next_look
from harness.waiting import eventually


@pytest.mark.behaviour("graveyard-replaced", "silent-deaths-polled")
def test_looks_become_rare_again(kubexit: Kubexit) -> None:
    """For two seconds the folder is looked at often, then as before: no container is kept busy forever.

    Takes these two seconds. Fails when the hint is never forgotten: no wait is longer than 0.2 s then.
    """
    kubexit.carve("main", Born=True)
    container = running(kubexit, DEATH_DEPS="main,fence", POLL_INTERVAL="50s")
    kubexit.wait_tombstone("sidecar", "Born")
    eventually(lambda: next_look(container.pid) > 1, "the next look is far away")
    (kubexit.graveyard / ".sidecar.alive").unlink()
    eventually(lambda: 0 < next_look(container.pid) <= 0.2, "the next look is near")
    eventually(lambda: next_look(container.pid) > 1, "the next look is far away")

    fenced_off(kubexit, container)
