"""KUBEXIT_SIGNAL_GROUP: the command's whole process group gets the signals."""

import os
import signal

import pytest

from harness import processes
from harness.kubexit import Kubexit
from harness.waiting import eventually

pytestmark = pytest.mark.every_form


@pytest.mark.behaviour("own-group-has-terminal")
def test_the_command_leads_its_group_if_set(kubexit: Kubexit, actor: str) -> None:
    """With KUBEXIT_SIGNAL_GROUP the command leads its own process group; without it, it is in kubexit's."""
    for own_group in (False, True):
        supervised = kubexit.start(actor, "plain", SIGNAL_GROUP=own_group)
        supervised.wait_line("READY")
        command = supervised.command_pid()

        assert (os.getpgid(command) == command) is own_group
        assert (os.getpgid(command) == os.getpgid(supervised.pid)) is not own_group
        assert os.getsid(command) == os.getsid(supervised.pid)
        supervised.kill()


@pytest.mark.behaviour("own-group-has-terminal")
def test_group_gets_signals_from_outside(kubexit: Kubexit, actor: str) -> None:
    """In a group, a forwarded signal reaches the command and its children, each once."""
    supervised = kubexit.start(actor, "ready-then-wait", "--children", "2", SIGNAL_GROUP=True)
    supervised.wait_line("READY")
    supervised.signal(signal.SIGUSR1)

    supervised.wait_line("^SIGNAL USR1")
    supervised.wait_line("^child SIGNAL USR1", count=2)


@pytest.mark.behaviour("own-group-has-terminal")
def test_without_it_only_the_command_gets_signals(kubexit: Kubexit, actor: str) -> None:
    """Without a group, a forwarded signal reaches the command alone.

    Fails when the group is signalled: a child prints the line before it prints the later one that it is sent directly.
    """
    supervised = kubexit.start(actor, "ready-then-wait", "--children", "1")
    supervised.wait_line("READY")
    supervised.signal(signal.SIGUSR1)
    supervised.wait_line("^SIGNAL USR1")
    (child,) = processes.children(supervised.command_pid())
    os.kill(child, signal.SIGUSR2)
    supervised.wait_line("^child SIGNAL USR2")

    assert "child SIGNAL USR1" not in supervised.stdout


@pytest.mark.behaviour("stop-signal-then-sigkill")
def test_group_gets_the_stop_signal(kubexit: Kubexit, actor: str) -> None:
    """The stop signal after a dependency's death goes to the group."""
    supervised = kubexit.start(
        actor, "ready-then-wait", "--children", "2", "--exit", "TERM=0", SIGNAL_GROUP=True, DEATH_DEPS="db"
    )
    supervised.wait_line("READY")
    kubexit.carve("db", Born=True, Died=True, ExitCode=0)

    assert supervised.wait() == 0
    supervised.wait_line("^child SIGNAL TERM", count=2)


@pytest.mark.behaviour("stop-signal-then-sigkill", "sigkill-always-reaches")
def test_group_gets_the_kill(kubexit: Kubexit, actor: str) -> None:
    """The SIGKILL at the end of the grace period goes to the group too."""
    supervised = kubexit.start(
        actor, "ready-then-wait", "--children", "2", SIGNAL_GROUP=True, DEATH_DEPS="db", GRACE_PERIOD="50ms"
    )
    supervised.wait_line("READY")
    children = processes.children(supervised.command_pid())
    assert len(children) == 2
    kubexit.carve("db", Born=True, Died=True, ExitCode=0)

    assert supervised.wait() == 137
    eventually(lambda: not any(processes.alive(child) for child in children), "the children are dead")
