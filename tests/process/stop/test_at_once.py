"""Several events at the same moment, and a command that left its group: each case can cost an exit code or a hang."""

import contextlib
import os
import signal

import pytest

from harness import processes
from harness.containers import running
from harness.kubexit import Kubexit
from harness.waiting import eventually


@pytest.mark.behaviour("exit-code-on-stop")
@pytest.mark.parametrize("code_on_stop", ["keep", "zero"])
def test_command_and_dependency_end_together(kubexit: Kubexit, code_on_stop: str) -> None:
    """A command that ended before its dependency's death was seen keeps its code: it was not stopped.

    Fails when children are not collected before the death counts. kubexit is stopped until all is pending; of its
    signals SIGTERM comes first, before SIGCHLD, and makes it look into the graveyard (KUBEXIT_TERM_AFTER).
    """
    settings = {"TERM_AFTER": "main", "DEATH_DEPS": "db", "EXIT_CODE_ON_STOP": code_on_stop}
    sidecar = running(kubexit, "sidecar", "USR1=9", **settings)
    command = sidecar.command_pid()
    sidecar.signal(signal.SIGSTOP)
    os.kill(command, signal.SIGUSR1)
    sidecar.wait_line("SIGNAL USR1")
    eventually(lambda: processes.state(command) == "Z", "the command has ended")
    kubexit.carve("db", Born=True, Died=True, ExitCode=0)
    sidecar.signal(signal.SIGTERM)
    sidecar.signal(signal.SIGCONT)

    assert sidecar.wait() == 9
    assert "Reason" not in (kubexit.tombstone("sidecar") or {})


@pytest.mark.behaviour("stop-signal-then-sigkill", "sigkill-always-reaches", "command-outside-its-group")
def test_command_that_left_its_group(kubexit: Kubexit, actor: str) -> None:
    """The stop signal and SIGKILL reach a command that moved to another process group, while others stay in its own.

    Fails when only the group is signalled: then SIGUSR1, sent to the command itself, ends it with 5.
    """
    supervised = kubexit.start(
        actor, "leave-group", "ready-then-wait", "--exit", "USR1=5",
        SIGNAL_GROUP=True, DEATH_DEPS="db", GRACE_PERIOD="1s",
    )  # fmt: skip
    supervised.wait_line("READY")
    command = supervised.command_pid()
    assert os.getpgid(command) != command
    kubexit.carve("db", Born=True, Died=True, ExitCode=0)
    supervised.wait_line("sent SIGTERM to the command", "stderr")
    supervised.wait_line("sent SIGKILL to the command", "stderr")
    with contextlib.suppress(ProcessLookupError):
        os.kill(command, signal.SIGUSR1)

    assert supervised.wait() == 137
    assert supervised.stdout == "READY\nSIGNAL TERM 15\n"


@pytest.mark.behaviour("signals-forwarded", "command-outside-its-group")
def test_forwarded_to_one_that_left(kubexit: Kubexit, actor: str) -> None:
    """A forwarded signal reaches a command that left its group too, once."""
    supervised = kubexit.start(actor, "leave-group", "ready-then-wait", "--exit", "USR2=5", SIGNAL_GROUP=True)
    supervised.wait_line("READY")
    supervised.signal(signal.SIGUSR1)
    supervised.wait_line("SIGNAL USR1")
    supervised.signal(signal.SIGUSR2)

    assert supervised.wait() == 5
    assert supervised.stdout == "READY\nSIGNAL USR1 10\nSIGNAL USR2 12\n"
