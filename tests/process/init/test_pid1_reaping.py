"""kubexit collects orphans, as PID 1 and below it."""

import signal

import pytest

from harness import processes
from harness.kubexit import Kubexit
from harness.waiting import eventually

both_places = pytest.mark.parametrize("pid1", [True, False], ids=["pid1", "subreaper"])


@both_places
@pytest.mark.behaviour("pid-1-reaps-orphans", "subreaper-if-not-pid-1")
def test_thousand_orphans_at_once(kubexit: Kubexit, actor: str, pid1: bool) -> None:
    """A thousand orphans that die at the same moment leave no zombie behind.

    Fails when one child is collected for one SIGCHLD: the signal coalesces, and most of them stay.
    """
    supervised = kubexit.start(actor, "orphans", "1000", "--when", "USR1", pid1=pid1)
    supervised.wait_line("READY")
    assert len(processes.children(supervised.pid)) == 1001

    supervised.signal(signal.SIGUSR1)
    supervised.wait_line("RELEASED")

    command = supervised.command_pid()
    eventually(lambda: processes.children(supervised.pid) == [command], "every orphan is collected")


@both_places
@pytest.mark.behaviour("orphans-keep-command-status")
def test_commands_status_among_orphans(kubexit: Kubexit, actor: str, pid1: bool) -> None:
    """The command's code is kept when it exits at the same moment as its orphans."""
    for number in range(5):
        supervised = kubexit.start(actor, "orphans", "100", "--exit", "7", name=f"main-{number}", pid1=pid1)

        assert supervised.wait() == 7
        assert kubexit.tombstone(f"main-{number}")["ExitCode"] == 7


@both_places
@pytest.mark.behaviour("orphans-keep-command-status")
def test_orphan_that_ends_first(kubexit: Kubexit, actor: str, pid1: bool) -> None:
    """An orphan's exit is not the command's: kubexit continues."""
    supervised = kubexit.start(actor, "orphans", "1", pid1=pid1)
    supervised.wait_line("RELEASED")
    command = supervised.command_pid()
    eventually(lambda: processes.children(supervised.pid) == [command], "the orphan is collected")
    supervised.signal(signal.SIGTERM)

    assert supervised.wait() == 143
