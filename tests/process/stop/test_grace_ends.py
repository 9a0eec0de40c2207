"""The command exits at the moment when its grace period ends."""

import os
import signal
import time

import pytest

from harness import processes
from harness.kubexit import Kubexit
from harness.waiting import eventually

GRACE = 1.0


@pytest.mark.behaviour("tombstone-has-exit-code", "no-signal-after-exit")
@pytest.mark.parametrize("own_group", [False, True], ids=["shared-group", "own-group"])
def test_a_command_that_ended_is_not_killed(kubexit: Kubexit, actor: str, own_group: bool) -> None:
    """A command that has exited is not killed, and the log does not say so: its pid may belong to another process.

    kubexit is stopped while the command ends and the deadline passes, so that it learns of both at once. Shown to fail
    by letting the command live.
    """
    supervised = kubexit.start(
        actor, "ready-then-wait", "--exit", "USR1=3", DEATH_DEPS="db", GRACE_PERIOD=f"{GRACE}s", SIGNAL_GROUP=own_group
    )
    supervised.wait_line("READY")
    command = supervised.command_pid()
    kubexit.carve("db", Born=True, Died=True, ExitCode=0)
    supervised.wait_line("SIGNAL TERM")
    supervised.wait_line("sent SIGTERM", stream="stderr")
    supervised.signal(signal.SIGSTOP)
    over = time.monotonic() + GRACE
    os.kill(command, signal.SIGUSR1)
    eventually(lambda: processes.state(command) == "Z", "the command has ended")
    eventually(lambda: time.monotonic() > over, "the grace period is over")
    supervised.signal(signal.SIGCONT)

    assert supervised.wait() == 3
    tombstone = kubexit.tombstone()
    assert tombstone["ExitCode"] == 3
    assert "Killed" not in tombstone
    assert "sent SIGKILL" not in supervised.stderr
