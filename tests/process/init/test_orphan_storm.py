"""Orphans that end in numbers do not keep kubexit from anything else."""

import os
import signal

import pytest

from harness.kubexit import Kubexit

ORPHANS = 1000


@pytest.mark.behaviour("exit-after-death-is-written", "pid-1-reaps-orphans", "storm-of-orphans")
@pytest.mark.parametrize("pid1", [True, False], ids=["pid1", "subreaper"])
def test_death_among_orphans(kubexit: Kubexit, actor: str, pid1: bool) -> None:
    """A dependency's death is acted on after a limited number of orphans, not after the last of them.

    Fails when each turn of the loop collects all there are: then the stop comes last, and where orphans arrive as fast
    as they are collected it never comes. kubexit is stopped until all of it is pending.
    """
    supervised = kubexit.start(
        actor, "orphans", str(ORPHANS), "--when", "USR1", pid1=pid1, LOG_LEVEL="debug", DEATH_DEPS="db"
    )
    supervised.wait_line("READY")
    command = supervised.command_pid()
    supervised.signal(signal.SIGSTOP)
    os.kill(command, signal.SIGUSR1)
    supervised.wait_line("RELEASED")
    kubexit.carve("db", Born=True, Died=True, ExitCode=0)
    supervised.signal(signal.SIGCONT)

    assert supervised.wait() == 143
    before, _, after = supervised.stderr.partition("sent SIGTERM to the command")
    assert before.count("reaped orphan") < ORPHANS / 2
    assert "command exited with 143" in after
