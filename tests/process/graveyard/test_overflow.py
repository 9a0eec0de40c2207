"""When the kernel drops events, kubexit looks at everything again."""

import os
import signal
from pathlib import Path

import pytest

from harness import processes
from harness.containers import running
from harness.kubexit import Kubexit
from harness.waiting import eventually

QUEUE = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())


@pytest.mark.behaviour("lost-events-read-again")
def test_death_behind_a_full_queue(kubexit: Kubexit) -> None:
    """A death whose event was dropped, because kubexit was stopped and the queue ran full, is seen when it continues.

    POLL_INTERVAL=0: nothing but the rescan can find it.
    """
    if QUEUE > 100_000:
        pytest.skip(f"OVERFLOW NOT TESTED: the queue holds {QUEUE} events here")
    container = running(kubexit, DEATH_DEPS="main", POLL_INTERVAL="0")
    os.kill(container.pid, signal.SIGSTOP)
    eventually(lambda: processes.state(container.pid) == "T", "kubexit is stopped")
    folder = os.open(kubexit.graveyard, os.O_RDONLY)
    for number in range(QUEUE // 2 + 1):
        # Two names in turn, or the kernel would merge equal events.
        os.close(os.open(f"noise{number % 2}", os.O_CREAT | os.O_WRONLY, dir_fd=folder))
        os.unlink(f"noise{number % 2}", dir_fd=folder)
    os.close(folder)
    kubexit.carve("main", Born=True, Died=True, ExitCode=0)
    os.kill(container.pid, signal.SIGCONT)

    assert container.wait() == 0
    assert "main" in (kubexit.tombstone("sidecar") or {})["Reason"]


@pytest.mark.behaviour("lost-events-read-again", "ten-signals-arrive")
def test_signals_in_a_storm(kubexit: Kubexit) -> None:
    """A storm of events does not keep a signal waiting."""
    container = running(kubexit, DEATH_DEPS="main")
    os.kill(container.pid, signal.SIGSTOP)
    eventually(lambda: processes.state(container.pid) == "T", "kubexit is stopped")
    for number in range(2000):
        (kubexit.graveyard / f"noise{number % 2}").write_bytes(b"")
    container.signal(signal.SIGTERM)
    os.kill(container.pid, signal.SIGCONT)

    assert container.wait() == 0
