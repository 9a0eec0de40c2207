"""Many orphans that end at once do not keep kubexit from its other work."""

import os
import signal
import sys

import pytest

from harness.kubexit import Kubexit

ORPHANS = 1000


@pytest.mark.behaviour("exit-after-death-is-written", "pid-1-reaps-orphans", "storm-of-orphans")
@pytest.mark.parametrize("pid1", [True, False], ids=["pid1", "subreaper"])
def test_death_among_orphans(kubexit: Kubexit, actor: str, pid1: bool) -> None:
    """kubexit acts on a dependency's death after a limited number of orphans, not after the last of them.

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


# Leaves 150 zombies and one process that needs a moment after SIGTERM.
FAMILY = """
import os, signal, time
ends = os.pipe()
if os.fork() == 0:
    signal.signal(signal.SIGTERM, lambda *_: (time.sleep(0.3), print("SURVIVOR FINISHED", flush=True), os._exit(0)))
    os.write(ends[1], b"x")
    while True:
        signal.pause()
os.read(ends[0], 1)
for _ in range(150):
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
os._exit(0)
"""


@pytest.mark.behaviour("left-over-processes-stopped", "storm-of-orphans")
def test_many_orphans_do_not_end_the_wait_for_a_living_one(kubexit: Kubexit) -> None:
    """A process that the command left has its grace period, although many others ended with the command.

    Fails when the wait for birth, in which no child is left for a moment, is taken for the time after the command.
    """
    settings = {"BIRTH_DEPS": "db", "BIRTH_SOURCE": "graveyard", "BIRTH_TIMEOUT": "50ms", "BIRTH_ON_TIMEOUT": "start"}
    finished = kubexit.run(sys.executable, "-c", FAMILY, pid1=True, ORPHAN_GRACE_PERIOD="1h", **settings)

    assert finished.code == 0
    assert "SURVIVOR FINISHED" in finished.stdout
