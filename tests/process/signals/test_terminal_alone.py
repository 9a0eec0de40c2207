"""kubexit continues the command that a terminal stops, if no shell can."""

import os
import shutil
import signal

import pytest

from harness import processes
from harness.kubexit import Kubexit
from harness.supervised import Supervised
from harness.terminal import INTERRUPT, SUSPEND, Terminal
from harness.waiting import eventually

pytestmark = pytest.mark.every_form


def leader(kubexit: Kubexit, terminal: Terminal, pid1: bool, *act: str) -> Supervised:
    """Start kubexit as the leader of a session on the terminal, as with `tty: true`; with a group for the command."""
    command = [kubexit.program(), *(act or ("continued",))]
    settings = {"SIGNAL_GROUP": True, "LOG_LEVEL": "debug"}
    if not pid1:
        return kubexit.start(*command, stdin=terminal.inside, preexec_fn=terminal.session, **settings)
    if shutil.which("setsid") is None:
        pytest.skip("A TERMINAL OF PID 1 NOT TESTED: setsid(1) is not installed")
    script = kubexit.folder / "leader"
    script.write_text(f'#!/bin/sh\nexec setsid --ctty {kubexit.path} "$@"\n')
    script.chmod(0o755)
    return kubexit.under(script).start(*command, stdin=terminal.inside, pid1=True, **settings)


@pytest.mark.behaviour("terminal-job-control", "no-shell-to-continue")
@pytest.mark.parametrize("pid1", [True, False], ids=["pid1", "leader"])
def test_suspend_is_undone(kubexit: Kubexit, terminal: Terminal, pid1: bool) -> None:
    """Ctrl-Z stops the command's group, which no shell can continue: kubexit does, and Ctrl-C still works."""
    supervised = leader(kubexit, terminal, pid1)
    supervised.wait_line("READY")
    for count in (1, 2, 3):
        terminal.type(SUSPEND)
        supervised.wait_line("CONTINUED", count=count)
    terminal.type(INTERRUPT)

    assert supervised.wait() == 130


@pytest.mark.behaviour("terminal-job-control", "no-shell-to-continue")
def test_stop_is_not_undone(kubexit: Kubexit, terminal: Terminal) -> None:
    """SIGSTOP does not come from the terminal: what it stops stays stopped until another process continues it."""
    supervised = leader(kubexit, terminal, pid1=False)
    supervised.wait_line("READY")
    command = supervised.command_pid()
    os.kill(command, signal.SIGSTOP)
    eventually(lambda: processes.state(command) == "T", "the command stopped")
    for count in (1, 2):  # two turns of the loop later
        supervised.signal(signal.SIGWINCH)
        supervised.wait_line("WINCH from pid .*: forwarded", "stderr", count=count)
    assert processes.state(command) == "T"
    supervised.signal(signal.SIGCONT)

    supervised.wait_line("CONTINUED")


@pytest.mark.behaviour("own-group-has-terminal", "no-shell-to-continue")
@pytest.mark.parametrize("own_group", [False, True], ids=["shared-group", "own-group"])
def test_terminal_of_another_namespace(kubexit: Kubexit, terminal: Terminal, own_group: bool) -> None:
    """If the terminal's session is outside the PID namespace, the command can read, and gets its keys.

    With its own group it is in the background at first, and stopped at its first read.
    """
    command = "echo READY; read line; echo GOT $line; read line; echo MISSED"
    supervised = kubexit.start(
        "sh", "-c", command, stdin=terminal.inside, preexec_fn=terminal.session, pid1=True, SIGNAL_GROUP=own_group
    )
    supervised.wait_line("READY")
    terminal.type(b"hello\n")
    supervised.wait_line("GOT hello")
    terminal.type(INTERRUPT)

    # Ctrl-C reaches unshare too, where it and the command are of one group.
    assert supervised.wait() in ((130,) if own_group else (130, -signal.SIGINT))
    assert "MISSED" not in supervised.stdout


@pytest.mark.behaviour("stopped-command-continues")
def test_a_command_that_runs_again_gets_no_second_sigcont(kubexit: Kubexit, terminal: Terminal) -> None:
    """A command that another process stopped and continued gets SIGTERM without SIGCONT."""
    act = ("ready-then-wait", "--exit", "WINCH=6")
    supervised = leader(kubexit, terminal, False, *act)
    supervised.wait_line("READY")
    command = supervised.command_pid()
    os.kill(command, signal.SIGSTOP)
    eventually(lambda: processes.state(command) == "T", "the command stopped")
    supervised.signal(signal.SIGUSR1)
    supervised.wait_line("USR1 from pid .*: forwarded", "stderr")  # so it has seen the stop
    os.kill(command, signal.SIGCONT)
    supervised.wait_line("SIGNAL CONT")
    supervised.signal(signal.SIGUSR2)
    supervised.wait_line("SIGNAL USR2")  # so it has seen that the command runs again
    supervised.signal(signal.SIGTERM)
    supervised.wait_line("SIGNAL TERM")
    supervised.signal(signal.SIGWINCH)

    assert supervised.wait() == 6
    assert supervised.stdout.count("SIGNAL CONT") == 1
