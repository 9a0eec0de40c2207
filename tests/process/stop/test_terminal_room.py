"""A terminal that has room for a little more, but not for a line, blocks nothing."""

import os
import signal
from collections.abc import Callable

import pytest

from harness.kubexit import Kubexit
from harness.terminal import Terminal

pytestmark = pytest.mark.every_form


@pytest.fixture
def leave_room(terminal: Terminal) -> Callable[[int], None]:
    """Return a function that fills the terminal, then takes `room` bytes off its screen."""

    def fill(room: int) -> None:
        writer = os.open(os.ttyname(terminal.inside), os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
        try:
            while True:
                os.write(writer, b"x" * 64)
        except BlockingIOError:
            os.close(writer)
        terminal.take(room)

    return fill


@pytest.mark.behaviour("signals-forwarded", "full-stderr-does-not-delay")
@pytest.mark.parametrize("room", [1, 64, 256, 700, 2000])
def test_a_full_terminal_delays_no_stop(
    kubexit: Kubexit, actor: str, terminal: Terminal, leave_room: Callable[[int], None], room: int
) -> None:
    """Signals are forwarded, and the SIGKILL comes, even when little room is left.

    Fails when room for a part is taken for room for a line: kubexit sleeps in write(2) forever.
    """
    leave_room(room)
    supervised = kubexit.start(
        actor, "ready-then-wait", stderr=terminal.inside, LOG_LEVEL="debug", DEATH_DEPS="db", GRACE_PERIOD="50ms"
    )
    supervised.wait_line("READY")
    for number in (signal.SIGUSR1, signal.SIGUSR2):
        supervised.signal(number)
        supervised.wait_line(f"SIGNAL {number.name.removeprefix('SIG')}", timeout=5)
    kubexit.carve("db", Born=True, Died=True, ExitCode=0)

    assert supervised.wait(timeout=5) == 137
    assert kubexit.tombstone()["Killed"] is True


@pytest.mark.behaviour("surroundings-unchanged", "full-stderr-does-not-delay")
def test_terminal_stays_blocking_for_the_command(
    kubexit: Kubexit, actor: str, terminal: Terminal, leave_room: Callable[[int], None]
) -> None:
    """The terminal is shared with the command, whose writes block as before."""
    leave_room(64)
    kubexit.run(actor, "exit", "0", stderr=terminal.inside, LOG_LEVEL="debug")

    assert os.get_blocking(terminal.inside)
