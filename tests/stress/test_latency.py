"""From a peer's end to the command's SIGTERM: through inotify and through the FIFO, timed by an independent observer.

The bounds are alarms against polling and forgotten events, far above what is measured.
"""

import os
import signal
import statistics
import time
from collections.abc import Callable

import pytest

from harness.containers import running
from harness.kubexit import Kubexit
from harness.observer import Observer

ROUNDS = 10
BOUND = 0.1


def orderly(pid: int, command: int) -> None:
    os.kill(command, signal.SIGKILL)


def crash(pid: int, command: int) -> None:
    os.kill(pid, signal.SIGKILL)


@pytest.mark.behaviour("crash-seen-by-peers", "exit-after-death-is-written")
@pytest.mark.parametrize("end", [orderly, crash], ids=lambda end: end.__name__)
def test_end_to_signal(kubexit: Kubexit, end: Callable[[int, int], None]) -> None:
    """The command has its SIGTERM within 100 ms of its dependency's end; no poll is there to help."""
    took = []
    for number in range(ROUNDS):
        main = running(kubexit, f"main{number}")
        sidecar = running(kubexit, DEATH_DEPS=f"main{number}", POLL_INTERVAL="0")
        command = main.command_pid()
        begin = time.monotonic()
        end(main.pid, command)
        sidecar.wait_line("SIGNAL TERM")
        took.append(time.monotonic() - begin)
        sidecar.wait()
    print(f"median {statistics.median(took) * 1e6:.0f} us, worst {max(took) * 1e6:.0f} us")

    assert statistics.median(took) < BOUND


@pytest.mark.behaviour("exit-after-death-is-written")
def test_death_before_exit(kubexit: Kubexit) -> None:
    """The rename of the death precedes the exit that the parent sees."""
    eye = Observer(kubexit.graveyard)
    for _ in range(ROUNDS):
        assert kubexit.run("true").code == 0
        left = time.monotonic()
        renames = [event for event in eye.so_far() if (event.kind, event.file) == ("IN_MOVED_TO", "main")]

        assert len(renames) % 2 == 0
        assert os.stat(kubexit.graveyard / "main").st_mtime <= time.time()
        assert renames[-1].at - left < BOUND
