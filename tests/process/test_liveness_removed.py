"""Someone removes our FIFO: a hint that the folder may follow, and no more than that."""

import struct
from pathlib import Path

import pytest

from harness.containers import fenced_off, running
from harness.kubexit import Kubexit
from harness.waiting import eventually


def next_look(pid: int) -> float:
    """The time that a process has given its present ppoll(2), in seconds; 0 when it is not in one."""
    words = Path(f"/proc/{pid}/syscall").read_text().split()
    if len(words) < 4 or int(words[3], 16) == 0:
        return 0.0
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        memory.seek(int(words[3], 16))
        seconds, nanoseconds = struct.unpack("qq", memory.read(16))
    return seconds + nanoseconds / 1e9


@pytest.mark.behaviour(42, 45)
def test_looks_become_rare_again(kubexit: Kubexit) -> None:
    """For two seconds the folder is looked at often, then as before: no container is kept busy for ever.

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
