"""Every signal that comes from outside reaches the command, once and as it was."""

import os
import signal

import pytest

from harness.kubexit import Kubexit

pytestmark = pytest.mark.every_form

# All that can be sent and caught, and that kubexit does not use itself (CHLD). 32 and 33 belong to the C library of
# a program with threads; the actor has none.
FORWARDED = [number for number in range(1, 65) if number not in (signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD)]


@pytest.mark.behaviour("signals-forwarded")
@pytest.mark.parametrize("own_group", [False, True], ids=["shared-group", "own-group"])
def test_each_signal_is_forwarded_under_its_number(kubexit: Kubexit, actor: str, own_group: bool) -> None:
    """Each of the 61 signals is forwarded under its number, including real-time signals and fault signals."""
    supervised = kubexit.start(actor, "ready-then-wait", SIGNAL_GROUP=own_group)
    supervised.wait_line("READY")

    for number in FORWARDED:
        supervised.signal(number)
        supervised.wait_line(rf"SIGNAL \w+ {number}$")

    assert supervised.stdout.count("SIGNAL") == len(FORWARDED)


@pytest.mark.behaviour("signals-forwarded")
def test_each_signal_as_pid_1(kubexit: Kubexit, actor: str) -> None:
    """As PID 1, kubexit forwards them too, although the kernel drops a signal with its default action there."""
    supervised = kubexit.start(actor, "ready-then-wait", pid1=True)
    supervised.wait_line("READY")

    for number in FORWARDED:
        supervised.signal(number)
        supervised.wait_line(rf"SIGNAL \w+ {number}$")


@pytest.mark.behaviour("ten-signals-arrive")
def test_many_at_once(kubexit: Kubexit, actor: str) -> None:
    """Signals that arrive together all arrive: a burst of every number loses none.

    Fails when kubexit takes one signal a round, or keeps a queue that is shorter than the burst: it is stopped while
    the burst comes in, so that all of it is pending at once.
    """
    supervised = kubexit.start(actor, "ready-then-wait")
    supervised.wait_line("READY")
    burst = [number for number in FORWARDED if number != signal.SIGCONT and number < 32] + [34, 50, 64]
    # Stop signals pending in a process are dropped by CONT, so those three are tested one by one only.
    burst = [n for n in burst if n not in (signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU)]

    supervised.signal(signal.SIGSTOP)
    for number in burst:
        supervised.signal(number)
    supervised.signal(signal.SIGCONT)

    for number in burst:
        supervised.wait_line(rf"SIGNAL \w+ {number}$")


@pytest.mark.behaviour("ten-signals-arrive")
def test_real_time_signals_do_not_coalesce(kubexit: Kubexit, actor: str) -> None:
    """A real-time signal that is sent a hundred times arrives a hundred times."""
    supervised = kubexit.start(actor, "ready-then-wait")
    supervised.wait_line("READY")

    for _ in range(100):
        supervised.signal(signal.SIGRTMIN + 3)

    supervised.wait_line(f"SIGNAL RT {signal.SIGRTMIN + 3}", count=100)
    assert supervised.stdout.count("SIGNAL") == 100


@pytest.mark.behaviour("signals-forwarded")
def test_child_signal_is_not_forwarded(kubexit: Kubexit, actor: str) -> None:
    """SIGCHLD is for kubexit alone, also when it comes from outside.

    Fails when SIGCHLD is forwarded: the actor prints it here, and USR1 has a lower number, so it is printed first.
    """
    supervised = kubexit.start(actor, "ready-then-wait", "--chld", "--exit", "USR2=0")
    supervised.wait_line("READY")

    supervised.signal(signal.SIGCHLD)
    supervised.signal(signal.SIGUSR1)
    supervised.wait_line("SIGNAL USR1")
    supervised.signal(signal.SIGUSR2)
    supervised.wait()

    assert "CHLD" not in supervised.stdout


@pytest.mark.behaviour("signals-forwarded")
@pytest.mark.parametrize("pid1", [False, True], ids=["not-pid1", "pid1"])
def test_command_may_signal_its_parent(kubexit: Kubexit, actor: str, pid1: bool) -> None:
    """A signal that the command sends to kubexit (`kill 1`) comes back to it, as one from any other process does."""
    supervised = kubexit.start(actor, "signal-parent", "TERM", "--exit", "TERM=6", pid1=pid1)

    assert supervised.wait() == 6
    assert "SIGNAL TERM" in supervised.stdout


@pytest.mark.behaviour("signals-forwarded")
def test_broken_stderr_is_not_a_signal(kubexit: Kubexit, actor: str) -> None:
    """The SIGPIPE that kubexit causes by a write to a closed stderr neither ends it nor reaches the command.

    Fails when kubexit forwards its own SIGPIPE: USR1 comes after it and is printed after it.
    """
    read_end, write_end = os.pipe()
    supervised = kubexit.start(
        actor, "ready-then-wait", "--exit", "USR2=4", stderr=write_end, LOG_LEVEL="debug", DEATH_DEPS="db"
    )
    os.close(write_end)
    supervised.wait_line("READY")
    os.close(read_end)

    supervised.signal(signal.SIGUSR1)
    supervised.wait_line("SIGNAL USR1")
    supervised.signal(signal.SIGUSR2)

    assert supervised.wait() == 4
    assert "PIPE" not in supervised.stdout
