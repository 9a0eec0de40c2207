"""The birth timeout of a command that waits for containers through the API."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from harness import processes
from harness.kubexit import Kubexit
from harness.servers.apiserver import ApiServer
from harness.servers.pods import pod, ready
from harness.supervised import Supervised
from harness.waiting import eventually

pytestmark = pytest.mark.every_form

WAITING = pod("main", "db")


@pytest.mark.behaviour("timeout-names-the-missing")
def test_a_timeout_exits_with_69(
    api: ApiServer, start: Callable[..., Supervised], actor: str, kubexit: Kubexit
) -> None:
    """At the timeout kubexit exits with 69, and a line says what was not ready and why."""
    api.show(WAITING)
    for timeout in ("1500ms", "6s", "24s"):  # on a busy machine the waiter may not have seen the pod in time
        supervised = start(actor, "exit", "0", BIRTH_TIMEOUT=timeout)

        assert supervised.wait() == 69
        if api.asked("watch"):
            break
    supervised.wait_line(r"error kubexit\[main\]: not ready: db \(running, not ready\)", "stderr")
    assert kubexit.tombstone()["ExitCode"] == 69


@pytest.mark.behaviour("readiness-wins-at-timeout")
def test_timeout_of_zero(api: ApiServer, start: Callable[..., Supervised], actor: str) -> None:
    """A timeout of 0 expires before the waiter can see anything, also when all is ready."""
    api.show(ready(WAITING, "db"))

    assert start(actor, "exit", "0", BIRTH_TIMEOUT="0").wait() == 69


@pytest.mark.behaviour("readiness-wins-at-timeout")
def test_readiness_wins_over_the_timeout(api: ApiServer, start: Callable[..., Supervised], actor: str) -> None:
    """Readiness that was seen counts before a timeout at the same moment.

    The supervisor is stopped while both happen. Fails when the clock is looked at before the waiter's verdict.
    """
    api.show(WAITING)
    for seconds in (3, 9, 27):  # on a busy machine the waiter may not have seen the pod in time
        supervised = start(actor, "exit", "0", BIRTH_TIMEOUT=f"{seconds}s")
        if _is_stopped_in_its_watch(api, supervised, seconds):
            break
        supervised.kill()
    (waiter_pid,) = processes.children(supervised.pid)
    api.show(ready(WAITING, "db"))
    eventually(lambda: processes.state(waiter_pid) == "Z", "the waiter has left")
    eventually(lambda: _age(supervised.pid) > seconds + 0.2, "the timeout is over", seconds + 20)
    supervised.signal(signal.SIGCONT)

    assert supervised.wait() == 0


def _is_stopped_in_its_watch(api: ApiServer, supervised: Supervised, seconds: float) -> bool:
    """Stop a supervisor whose waiter watches; return whether it has run for less than this."""
    process = supervised.process
    eventually(lambda: api.watches > 0 or process.poll() is not None, "a watch, or the end", seconds + 20)
    if process.poll() is not None:
        return False
    supervised.signal(signal.SIGSTOP)
    return _age(supervised.pid) < seconds


def _age(pid: int) -> float:
    """Return the seconds since the process was started."""
    ticks = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    return float(Path("/proc/uptime").read_text().split()[0]) - ticks / os.sysconf("SC_CLK_TCK")
