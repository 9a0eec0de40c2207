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
TRIES = 3  # a busy machine can be late once, with a forgotten event kubexit always is


def orderly(pid: int, command: int) -> None:
    os.kill(command, signal.SIGKILL)


def crash(pid: int, command: int) -> None:
    os.kill(pid, signal.SIGKILL)


@pytest.mark.behaviour("crash-seen-by-peers", "exit-after-death-is-written")
@pytest.mark.parametrize("end", [orderly, crash], ids=lambda end: end.__name__)
def test_end_to_signal(kubexit: Kubexit, end: Callable[[int, int], None]) -> None:
    """The command has its SIGTERM within 100 ms of its dependency's end; no poll is there to help."""
    assert any(median_of(kubexit, end, f"main{number}") < BOUND for number in range(TRIES))


def median_of(kubexit: Kubexit, end: Callable[[int, int], None], name: str) -> float:
    """The median of some rounds, in seconds."""
    took = []
    for number in range(ROUNDS):
        main = running(kubexit, f"{name}-{number}")
        sidecar = running(kubexit, DEATH_DEPS=f"{name}-{number}", POLL_INTERVAL="0")
        command = main.command_pid()
        begin = time.monotonic()
        end(main.pid, command)
        sidecar.wait_line("SIGNAL TERM")
        took.append(time.monotonic() - begin)
        sidecar.wait()
    print(f"median {statistics.median(took) * 1e6:.0f} us, worst {max(took) * 1e6:.0f} us")
    return statistics.median(took)


@pytest.mark.behaviour("exit-after-death-is-written")
def test_death_before_exit(kubexit: Kubexit) -> None:
    """The rename of the death precedes the exit that the parent sees."""
    eye = Observer(kubexit.graveyard, patience=0)  # what is not there at once is not waited for
    for number in range(1, ROUNDS + 1):
        assert kubexit.run("true").code == 0
        assert eye.of("main").count("IN_MOVED_TO") == 2 * number
        assert os.stat(kubexit.graveyard / "main").st_mtime <= time.time()
