"""An interactive shell under kubexit has job control (`tty: true`)."""

import shutil
import subprocess

import pytest

from harness import processes
from harness.kubexit import PATH, Kubexit
from harness.terminal import INTERRUPT, SUSPEND, Terminal
from harness.waiting import eventually

pytestmark = pytest.mark.every_form

both_groups = pytest.mark.parametrize("own_group", [False, True], ids=["shared-group", "own-group"])


@both_groups
@pytest.mark.behaviour("terminal-job-control")
def test_job_is_stopped_continued_and_ended(kubexit: Kubexit, actor: str, terminal: Terminal, own_group: bool) -> None:
    """A shell puts a job into the foreground; Ctrl-Z stops the job alone, Ctrl-C ends it alone."""
    supervised = kubexit.start(
        actor, "job-control", stdin=terminal.inside, preexec_fn=terminal.session, SIGNAL_GROUP=own_group
    )
    supervised.wait_line("JOB READY")
    terminal.type(SUSPEND)
    supervised.wait_line("JOB STOPPED 20")
    supervised.wait_line("JOB CONTINUED")
    terminal.type(INTERRUPT)
    supervised.wait_line("JOB ENDED 130")

    assert supervised.wait() == 0


@both_groups
@pytest.mark.behaviour("terminal-job-control", "own-group-has-terminal")
def test_the_command_is_in_the_foreground(kubexit: Kubexit, actor: str, terminal: Terminal, own_group: bool) -> None:
    """The command's group is in the terminal's foreground: kubexit's group, or its own."""
    supervised = kubexit.start(
        actor, "plain", stdin=terminal.inside, preexec_fn=terminal.session, SIGNAL_GROUP=own_group
    )
    supervised.wait_line("READY")

    assert terminal.foreground() == (supervised.command_pid() if own_group else supervised.pid)


@pytest.mark.behaviour("terminal-job-control", "own-group-has-terminal")
def test_terminal_that_is_not_ours(kubexit: Kubexit, actor: str, terminal: Terminal) -> None:
    """A terminal on stdin that is not the controlling one does no harm."""
    finished = kubexit.run(actor, "exit", "3", stdin=terminal.inside, SIGNAL_GROUP=True)

    assert finished.code == 3


@pytest.mark.behaviour("terminal-job-control", "own-group-has-terminal")
def test_in_the_background(kubexit: Kubexit, actor: str, terminal: Terminal) -> None:
    """Started in the background of a shell, kubexit does not take the terminal away from it.

    Fails when the foreground is handed to the command without a look at whose it is.
    """
    outer = kubexit.start(
        "env", "KUBEXIT_NAME=inner", "KUBEXIT_SIGNAL_GROUP=true",
        actor, "background", kubexit.path, actor, "plain",
        stdin=terminal.inside, preexec_fn=terminal.session,
    )  # fmt: skip
    outer.wait_line("READY")

    assert terminal.foreground() == outer.pid


@both_groups
@pytest.mark.behaviour("terminal-job-control")
@pytest.mark.skipif(shutil.which("bash") is None, reason="JOB CONTROL OF A REAL SHELL NOT TESTED: there is no bash")
def test_a_real_shell_has_job_control(kubexit: Kubexit, terminal: Terminal, own_group: bool) -> None:
    """bash has job control: no complaint at its start, a stopped job in its list, a prompt after Ctrl-C."""
    supervised = kubexit.start(
        "bash", "--norc", "--noprofile", "-i",
        stdin=terminal.inside, stdout=terminal.inside, stderr=terminal.inside, preexec_fn=terminal.session,
        env={"PS1": "prompt> ", "TERM": "dumb", "HOME": kubexit.folder},
        SIGNAL_GROUP=own_group, LOG_LEVEL="off",
    )  # fmt: skip
    terminal.wait_screen(b"prompt> ")
    shell = supervised.command_pid()

    def job_in_the_foreground() -> bool:
        # Before it executes its program a job still ignores the keys, as the shell does.
        return terminal.foreground() != shell and processes.status(terminal.foreground()).get("Name") == "sleep"

    terminal.type(b"sleep 1000\n")
    eventually(job_in_the_foreground, "the job is in the foreground")
    terminal.type(SUSPEND)
    terminal.wait_screen(b"Stopped")
    eventually(lambda: terminal.foreground() == shell, "the shell is in the foreground")
    terminal.type(b"fg\n")
    eventually(job_in_the_foreground, "the job is in the foreground")
    terminal.type(INTERRUPT)
    eventually(lambda: terminal.foreground() == shell, "the shell is in the foreground")
    terminal.type(b"exit 7\n")

    assert supervised.wait() == 7
    terminal.wait_screen(b"exit")
    assert b"no job control" not in terminal.screen


@both_groups
@pytest.mark.behaviour("terminal-job-control")
@pytest.mark.skipif(shutil.which("bash") is None, reason="A JOB OF A REAL SHELL NOT TESTED: there is no bash")
def test_as_a_job_of_a_shell(kubexit: Kubexit, actor: str, terminal: Terminal, own_group: bool) -> None:
    """kubexit typed into a shell is a normal job: Ctrl-Z gives the prompt back, fg continues it, Ctrl-C ends it."""
    shell = subprocess.Popen(
        ["bash", "--norc", "--noprofile", "-i"],
        stdin=terminal.inside, stdout=terminal.inside, stderr=terminal.inside, preexec_fn=terminal.session,
        env={
            "PATH": PATH, "PS1": "prompt> ", "TERM": "dumb", "HOME": str(kubexit.folder),
            "KUBEXIT_NAME": "main", "KUBEXIT_GRAVEYARD": str(kubexit.graveyard), "KUBEXIT_LOG_LEVEL": "off",
            "KUBEXIT_SIGNAL_GROUP": str(own_group).lower(),
        },
    )  # fmt: skip
    try:
        terminal.wait_screen(b"prompt> ")
        terminal.type(f"{kubexit.path} {actor} plain\n".encode())
        terminal.wait_screen(b"READY")
        terminal.type(SUSPEND)
        terminal.wait_screen(b"Stopped")
        eventually(lambda: terminal.foreground() == shell.pid, "the shell is in the foreground")
        terminal.type(b"fg\n")
        job = processes.first_child(shell.pid)
        command = processes.first_child(job)
        eventually(lambda: processes.state(command) == "S", "the command continues")
        eventually(lambda: terminal.foreground() != shell.pid, "the job is in the foreground")
        terminal.type(INTERRUPT)
        eventually(lambda: not processes.children(shell.pid), "the job has ended")
        terminal.type(b"exit $?\n")

        assert shell.wait(20) == 130
        assert kubexit.tombstone()["ExitCode"] == 130
    finally:
        shell.kill()
        shell.wait()


@pytest.mark.behaviour("terminal-job-control")
@pytest.mark.skipif(shutil.which("bash") is None, reason="A JOB OF A REAL SHELL NOT TESTED: there is no bash")
def test_continued_in_the_background(kubexit: Kubexit, actor: str, terminal: Terminal) -> None:
    """A stopped kubexit that is continued by `bg` leaves the terminal to the shell; `fg` gives it to the command again.

    Fails when SIGCONT alone gives the foreground to the command.
    """
    shell = subprocess.Popen(
        ["bash", "--norc", "--noprofile", "-i"],
        stdin=terminal.inside, stdout=terminal.inside, stderr=terminal.inside, preexec_fn=terminal.session,
        env={
            "PATH": PATH, "PS1": "prompt> ", "TERM": "dumb", "HOME": str(kubexit.folder),
            "KUBEXIT_NAME": "main", "KUBEXIT_GRAVEYARD": str(kubexit.graveyard), "KUBEXIT_LOG_LEVEL": "off",
            "KUBEXIT_SIGNAL_GROUP": "true",
        },
    )  # fmt: skip
    try:
        terminal.wait_screen(b"prompt> ")
        terminal.type(f"{kubexit.path} {actor} plain\n".encode())
        terminal.wait_screen(b"READY")
        terminal.type(SUSPEND)
        terminal.wait_screen(b"Stopped")
        eventually(lambda: terminal.foreground() == shell.pid, "the shell is in the foreground")
        command = processes.first_child(processes.first_child(shell.pid))
        assert processes.state(command) == "T"
        terminal.type(b"bg\n")
        eventually(lambda: processes.state(command) == "S", "the command continues")
        assert terminal.foreground() == shell.pid
        terminal.type(b"echo still $((40 + 2))\n")
        terminal.wait_screen(b"still 42")
        assert terminal.foreground() == shell.pid
    finally:
        shell.kill()
        shell.wait()
