"""A command that is stopped cannot react to a signal, so kubexit continues it."""

import os
import signal
from typing import Any

import pytest

from harness import processes
from harness.containers import born
from harness.kubexit import Kubexit
from harness.supervised import Supervised
from harness.waiting import eventually

pytestmark = pytest.mark.behaviour("stopped-command-continues")


def stopped(kubexit: Kubexit, **settings: Any) -> Supervised:
    """Start a container whose command is stopped by SIGSTOP and exits with 7 at SIGTERM."""
    supervised = born(kubexit, "main", "TERM=7 USR1=8", GRACE_PERIOD="1h", **settings)
    command = supervised.command_pid()
    os.kill(command, signal.SIGSTOP)
    eventually(lambda: processes.state(command) == "T", "the command stopped")
    return supervised


@pytest.mark.behaviour("stop-signal-then-sigkill", "sigkill-always-reaches")
@pytest.mark.parametrize("own_group", [False, True], ids=["shared-group", "own-group"])
def test_a_death_continues_a_stopped_command(kubexit: Kubexit, own_group: bool) -> None:
    """At a dependency's death the stopped command gets the stop signal and ends. Fails by a grace period of an hour."""
    supervised = stopped(kubexit, DEATH_DEPS="db", SIGNAL_GROUP=own_group)
    kubexit.carve("db", Born=True, Died=True, ExitCode=0)

    assert supervised.wait() == 7
    assert "Killed" not in (kubexit.tombstone() or {})


@pytest.mark.behaviour("outside-sigterm-no-deadline")
def test_sigterm_continues_a_stopped_command(kubexit: Kubexit) -> None:
    """A SIGTERM from outside continues a stopped command too."""
    supervised = stopped(kubexit)
    supervised.signal(signal.SIGTERM)

    assert supervised.wait() == 7


@pytest.mark.behaviour("signals-forwarded")
def test_other_signals_do_not_continue_it(kubexit: Kubexit) -> None:
    """Other signals do not continue a stopped command."""
    supervised = stopped(kubexit, LOG_LEVEL="debug")
    command = supervised.command_pid()
    supervised.signal(signal.SIGUSR1)
    supervised.wait_line("USR1 from pid .*: forwarded", "stderr")
    assert processes.state(command) == "T"
    supervised.signal(signal.SIGCONT)

    assert supervised.wait() == 8


@pytest.mark.behaviour("stop-signal-then-sigkill")
def test_a_running_command_gets_no_sigcont(kubexit: Kubexit) -> None:
    """A command that runs gets no SIGCONT: programs may handle it. Fails when it is sent to all."""
    supervised = born(kubexit, "main", "WINCH=6", DEATH_DEPS="db", GRACE_PERIOD="1h")
    kubexit.carve("db", Born=True, Died=True, ExitCode=0)
    supervised.wait_line("SIGNAL TERM")
    supervised.signal(signal.SIGWINCH)

    assert supervised.wait() == 6
    assert "SIGNAL CONT" not in supervised.stdout
