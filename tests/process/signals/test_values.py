"""The command gets signals with their values (sigqueue(3)), and kubexit handles signals of the kernel."""

import ctypes
import os
import signal

import pytest

from harness.kubexit import Kubexit
from harness.terminal import INTERRUPT, Terminal

pytestmark = pytest.mark.every_form

VALUE = 12345
_libc = ctypes.CDLL(None, use_errno=True)


def queue(pid: int, number: int, value: int) -> None:
    """Call sigqueue(3)."""
    if _libc.sigqueue(pid, number, ctypes.c_void_p(value)) != 0:
        raise OSError(ctypes.get_errno(), "sigqueue")


@pytest.mark.behaviour("signals-forwarded", "signal-value-and-sender")
@pytest.mark.parametrize("number", [signal.SIGRTMIN + 6, signal.SIGUSR1, signal.SIGTERM])
def test_the_command_gets_value_and_sender(kubexit: Kubexit, actor: str, number: int) -> None:
    """The command gets the value, and sees who sent it."""
    supervised = kubexit.start(actor, "values")
    supervised.wait_line("READY")
    queue(supervised.pid, number, VALUE)

    supervised.wait_line(rf"VALUE {int(number)} code -1 value {VALUE} pid {os.getpid()} uid {os.getuid()}$")


@pytest.mark.behaviour("signal-map", "signal-value-and-sender")
def test_a_mapped_signal_keeps_its_value(kubexit: Kubexit, actor: str) -> None:
    """The signal of KUBEXIT_SIGNAL_MAP has the value of the one that came."""
    supervised = kubexit.start(actor, "values", SIGNAL_MAP="USR1:RTMIN+6")
    supervised.wait_line("READY")
    queue(supervised.pid, signal.SIGUSR1, VALUE)

    supervised.wait_line(rf"VALUE {int(signal.SIGRTMIN) + 6} code -1 value {VALUE} pid {os.getpid()} ")


@pytest.mark.behaviour("ten-signals-arrive", "signal-value-and-sender")
def test_values_keep_their_order(kubexit: Kubexit, actor: str) -> None:
    """Values of one real-time signal keep their order."""
    supervised = kubexit.start(actor, "values")
    supervised.wait_line("READY")
    supervised.signal(signal.SIGSTOP)
    for value in range(40):
        queue(supervised.pid, signal.SIGRTMIN + 6, value)
    supervised.signal(signal.SIGCONT)
    supervised.wait_line("value 39 ", count=1)
    seen = [line.split()[5] for line in supervised.stdout.splitlines() if line.startswith("VALUE 40 ")]

    assert seen == [str(value) for value in range(40)]


@pytest.mark.behaviour("term-after", "signal-value-and-sender")
def test_a_deferred_signal_keeps_its_value(kubexit: Kubexit, actor: str) -> None:
    """A request to stop that waits for others keeps its value."""
    kubexit.carve("main", Born=True)
    supervised = kubexit.start(actor, "values", name="shipper", TERM_AFTER="main", GRACE_PERIOD="1h")
    supervised.wait_line("READY")
    queue(supervised.pid, signal.SIGTERM, VALUE)
    supervised.wait_line(": waiting for main to exit first", "stderr")
    kubexit.carve("main", Born=True, Died=True, ExitCode=0)

    supervised.wait_line(rf"VALUE 15 code -1 value {VALUE} ")


@pytest.mark.behaviour("signals-forwarded")
@pytest.mark.parametrize("own_group", [False, True], ids=["shared-group", "own-group"])
def test_a_plain_signal_comes_from_kubexit(kubexit: Kubexit, actor: str, own_group: bool) -> None:
    """A plain signal comes from kubexit; a group gets a signal without its value."""
    supervised = kubexit.start(actor, "values", SIGNAL_GROUP=own_group)
    supervised.wait_line("READY")
    if own_group:
        queue(supervised.pid, signal.SIGUSR1, VALUE)
    else:
        supervised.signal(signal.SIGUSR1)

    supervised.wait_line(rf"VALUE 10 code 0 value 0 pid {supervised.pid} ")


@pytest.mark.behaviour("signals-forwarded", "signal-value-and-sender")
@pytest.mark.parametrize("own_group", [False, True], ids=["shared-group", "own-group"])
def test_an_alarm_before_exec_ends_the_command(kubexit: Kubexit, actor: str, own_group: bool) -> None:
    """An alarm(2) that was set before kubexit's exec ends the command, as it would without kubexit.

    Fails when every signal of the kernel is taken for a terminal's.
    """
    if not kubexit.is_native:
        pytest.skip("AN ALARM BEFORE EXEC NOT TESTED in this form: an interpreter runs before kubexit")
    finished = kubexit.run(
        actor, "plain", preexec_fn=lambda: signal.setitimer(signal.ITIMER_REAL, 0.3), SIGNAL_GROUP=own_group
    )

    assert finished.code == 142


@pytest.mark.behaviour("own-group-has-terminal", "ctrl-c-once", "signal-value-and-sender")
def test_command_that_left_the_group(kubexit: Kubexit, actor: str, terminal: Terminal) -> None:
    """Ctrl-C reaches a command that made its own process group, without KUBEXIT_SIGNAL_GROUP."""
    supervised = kubexit.start(
        actor, "own-group", "ready-then-wait", "--exit", "INT=5", stdin=terminal.inside, preexec_fn=terminal.session
    )
    supervised.wait_line("READY")
    terminal.type(INTERRUPT)

    assert supervised.wait() == 5
