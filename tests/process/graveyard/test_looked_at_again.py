"""A death that cannot be read is looked at again, with POLL_INTERVAL=0 too: a failed look is no look.

The container has no descriptor left when its dependency dies, and gets them back when it has failed to look.
"""

import os
import resource
from pathlib import Path

import pytest

from harness.containers import fenced_off, running, sleeps
from harness.kubexit import Kubexit
from harness.processes import next_look
from harness.supervised import Supervised
from harness.waiting import eventually

MANY = 64


def limit(container: Supervised, descriptors: int) -> None:
    """Set how many descriptors the process can have."""
    resource.prlimit(container.pid, resource.RLIMIT_NOFILE, (descriptors, MANY))


def open_now(container: Supervised) -> int:
    """Its lowest free descriptor: with this number as the limit it can open nothing."""
    taken = {int(name) for name in os.listdir(f"/proc/{container.pid}/fd")}
    return min(set(range(MANY)) - taken)


def few() -> None:
    """Set the limit between fork and exec."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (MANY, MANY))


def rest(container: Supervised) -> None:
    """Return when the process sleeps for as long as nothing happens."""
    eventually(lambda: Path(f"/proc/{container.pid}/stat").read_text().split()[2] == "S", "it sleeps")


@pytest.mark.behaviour("death-around-start-not-missed", "failed-look-is-repeated")
def test_a_death_without_descriptors_is_seen_later(kubexit: Kubexit) -> None:
    """A death at a moment without descriptors is seen when there are some again.

    Main was there before, so kubexit has no other time to wake up: it does not report a missing name.
    """
    kubexit.carve("main", Born=True)
    container = running(kubexit, DEATH_DEPS="main", POLL_INTERVAL="0", preexec_fn=few)
    kubexit.wait_tombstone("sidecar", "Born")
    rest(container)
    before = sleeps(container.pid)
    limit(container, open_now(container))
    kubexit.carve("main", Born=True, Died=True, ExitCode=0)
    eventually(lambda: sleeps(container.pid) > before, "it has tried to look")
    eventually(lambda: next_look(container.pid) > 0, "it sleeps until another look")
    limit(container, MANY)

    assert container.wait() == 0


@pytest.mark.behaviour("crash-seen-by-peers", "failed-look-is-repeated", "low-limit-is-survived")
def test_a_lost_fifo_without_descriptors_is_no_crash(kubexit: Kubexit) -> None:
    """A FIFO that loses its holder at such a moment is no crash: the death that was written before it counts."""
    kubexit.graveyard.mkdir()
    os.mkfifo(kubexit.graveyard / ".main.alive")
    holder = os.open(kubexit.graveyard / ".main.alive", os.O_RDONLY | os.O_NONBLOCK)
    kubexit.carve("main", Born=True)
    container = running(kubexit, DEATH_DEPS="main:failed,fence", POLL_INTERVAL="0", preexec_fn=few)
    kubexit.wait_tombstone("sidecar", "Born")
    rest(container)
    before = sleeps(container.pid)
    limit(container, open_now(container))
    kubexit.carve("main", Born=True, Died=True, ExitCode=0)
    os.close(holder)
    eventually(lambda: sleeps(container.pid) > before + 1, "it has tried to look")
    limit(container, MANY)

    fenced_off(kubexit, container)
