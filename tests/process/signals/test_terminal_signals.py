"""A terminal's keys reach the command once, with and without its own process group."""

import os
import signal
from typing import Any

import pytest

from harness import processes
from harness.kubexit import Kubexit
from harness.supervised import Supervised
from harness.terminal import INTERRUPT, QUIT, Terminal
from harness.waiting import eventually

pytestmark = pytest.mark.every_form

both_groups = pytest.mark.parametrize("own_group", [False, True], ids=["shared-group", "own-group"])


def start(kubexit: Kubexit, terminal: Terminal, *command: str, **settings: Any) -> Supervised:
    """Start kubexit as the leader of a session on the terminal, with its output on pipes."""
    supervised = kubexit.start(*command, stdin=terminal.inside, preexec_fn=terminal.session, **settings)
    supervised.wait_line("READY")
    return supervised


@both_groups
@pytest.mark.behaviour("own-group-has-terminal", "ctrl-c-once")
@pytest.mark.parametrize(("key", "number"), [(INTERRUPT, signal.SIGINT), (QUIT, signal.SIGQUIT)], ids=["INT", "QUIT"])
def test_key_arrives_once(
    kubexit: Kubexit, actor: str, terminal: Terminal, own_group: bool, key: bytes, number: signal.Signals
) -> None:
    """Ctrl-C and Ctrl-\\ reach the command once.

    Fails when a terminal's signal is forwarded as well: kubexit is stopped until the command has had the terminal's
    own, so a second one cannot merge with it; and USR1, sent after it, would be printed after it.
    """
    supervised = start(kubexit, terminal, actor, "ready-then-wait", SIGNAL_GROUP=own_group)
    supervised.signal(signal.SIGSTOP)
    terminal.type(key)
    supervised.wait_line(rf"SIGNAL \w+ {int(number)}$")
    supervised.signal(signal.SIGCONT)
    supervised.signal(signal.SIGUSR1)
    supervised.wait_line("SIGNAL USR1")

    assert supervised.stdout.count(f" {int(number)}\n") == 1


@both_groups
@pytest.mark.behaviour("terminal-job-control")
def test_window_change_arrives(kubexit: Kubexit, actor: str, terminal: Terminal, own_group: bool) -> None:
    """The command learns of a new window size."""
    supervised = start(kubexit, terminal, actor, "ready-then-wait", SIGNAL_GROUP=own_group)
    terminal.resize(40, 100)

    supervised.wait_line("SIGNAL WINCH")


@both_groups
@pytest.mark.behaviour("terminal-job-control")
def test_hang_up_reaches_the_command(kubexit: Kubexit, actor: str, terminal: Terminal, own_group: bool) -> None:
    """The kernel reports a hang-up only to the session leader, which is kubexit: kubexit forwards it to the command."""
    supervised = start(kubexit, terminal, actor, "ready-then-wait", "--exit", "HUP=9", SIGNAL_GROUP=own_group)
    terminal.hang_up()

    assert supervised.wait() == 9


@both_groups
@pytest.mark.behaviour("terminal-job-control")
def test_hang_up_ends_a_stopped_command(kubexit: Kubexit, actor: str, terminal: Terminal, own_group: bool) -> None:
    """The SIGCONT that the kernel sends with a hang-up is forwarded too: a command that was stopped can end."""
    supervised = start(kubexit, terminal, actor, "plain", SIGNAL_GROUP=own_group)
    command = supervised.command_pid()
    os.kill(command, signal.SIGSTOP)
    eventually(lambda: processes.state(command) == "T", "the command stopped")
    terminal.hang_up()

    assert supervised.wait() == 129


@both_groups
@pytest.mark.behaviour("terminal-job-control", "own-group-has-terminal")
def test_key_ends_the_command(kubexit: Kubexit, actor: str, terminal: Terminal, own_group: bool) -> None:
    """Ctrl-C ends a command without a handler, and kubexit with it: the code is 130."""
    supervised = start(kubexit, terminal, actor, "plain", SIGNAL_GROUP=own_group)
    terminal.type(INTERRUPT)

    assert supervised.wait() == 130


@pytest.mark.behaviour("own-group-has-terminal", "ctrl-c-once")
def test_signal_from_outside_is_forwarded(kubexit: Kubexit, actor: str, terminal: Terminal) -> None:
    """A SIGINT that does not come from the terminal (`kill -INT`) is forwarded, although there is a terminal."""
    supervised = start(kubexit, terminal, actor, "ready-then-wait")
    supervised.signal(signal.SIGINT)

    supervised.wait_line("SIGNAL INT")


@pytest.mark.behaviour("terminal-job-control")
@pytest.mark.parametrize("number", [signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU])
def test_stop_signals_without_a_terminal(kubexit: Kubexit, actor: str, number: signal.Signals) -> None:
    """Without a terminal a stop signal reaches the command and SIGCONT continues it; kubexit itself never stops."""
    supervised = kubexit.start(actor, "ready-then-wait", "--exit", "USR1=5", SIGNAL_GROUP=True)
    supervised.wait_line("READY")
    supervised.signal(number)
    supervised.wait_line(rf"SIGNAL \w+ {int(number)}$")
    supervised.signal(signal.SIGCONT)
    supervised.wait_line("SIGNAL CONT")
    supervised.signal(signal.SIGUSR1)

    assert supervised.wait() == 5


@pytest.mark.behaviour("terminal-job-control")
def test_stopped_command_is_continued(kubexit: Kubexit, actor: str) -> None:
    """A stopped command has not ended, and SIGCONT from outside continues it."""
    supervised = kubexit.start(actor, "stop-self")
    supervised.wait_line("READY")
    eventually(lambda: processes.state(supervised.command_pid()) == "T", "the command stopped")
    supervised.signal(signal.SIGCONT)
    supervised.wait_line("CONTINUED")

    assert supervised.process.poll() is None
