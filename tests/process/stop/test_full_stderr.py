"""kubexit works although no process reads its log."""

import os
import socket
from collections.abc import Iterator

import pytest

from harness.kubexit import Kubexit
from harness.terminal import HOLD, Terminal

pytestmark = pytest.mark.every_form


@pytest.fixture
def full_pipe() -> Iterator[int]:
    """The write end of a pipe that has no room left."""
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    try:
        while True:
            os.write(write_end, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(write_end, True)
    yield write_end
    os.close(read_end)
    os.close(write_end)


@pytest.mark.behaviour("full-stderr-does-not-delay")
def test_a_full_stderr_delays_no_stop(kubexit: Kubexit, actor: str, full_pipe: int) -> None:
    """A full stderr pipe blocks neither the start, nor the stop sequence, nor the tombstone.

    Fails when a line is written without asking for room first: kubexit sleeps in write(2) forever.
    """
    supervised = kubexit.start(
        actor, "ready-then-wait", stderr=full_pipe, LOG_LEVEL="debug", DEATH_DEPS="db", GRACE_PERIOD="50ms"
    )
    supervised.wait_line("READY")
    kubexit.carve("db", Born=True, Died=True, ExitCode=0)

    assert supervised.wait() == 137
    assert kubexit.tombstone()["ExitCode"] == 137


@pytest.mark.behaviour("surroundings-unchanged", "full-stderr-does-not-delay")
def test_pipe_stays_blocking_for_the_command(kubexit: Kubexit, actor: str, full_pipe: int) -> None:
    """The pipe is shared with the command, so kubexit does not make it non-blocking behind the command's back."""
    kubexit.run(actor, "exit", "0", stderr=full_pipe, LOG_LEVEL="debug")

    assert os.get_blocking(full_pipe)


@pytest.mark.behaviour("full-stderr-does-not-delay")
def test_terminal_on_hold(kubexit: Kubexit, actor: str, terminal: Terminal) -> None:
    """A terminal whose user has pressed Ctrl-S takes no output, and that blocks nothing either."""
    supervised = kubexit.start(
        actor, "ready-then-wait", stdin=terminal.inside, stderr=terminal.inside, preexec_fn=terminal.session,
        LOG_LEVEL="debug", DEATH_DEPS="db", GRACE_PERIOD="50ms",
    )  # fmt: skip
    supervised.wait_line("READY")
    terminal.type(HOLD)
    kubexit.carve("db", Born=True, Died=True, ExitCode=0)

    assert supervised.wait() == 137


@pytest.fixture
def full_socket() -> Iterator[socket.socket]:
    """A socket whose other end takes nothing more."""
    unread, full = socket.socketpair()
    with unread, full:
        full.setblocking(False)
        try:
            while True:
                full.send(b"x" * 4096)
        except BlockingIOError:
            full.setblocking(True)
        yield full


@pytest.mark.behaviour("full-stderr-does-not-delay")
def test_a_full_socket_delays_no_stop(kubexit: Kubexit, actor: str, full_socket: socket.socket) -> None:
    """A socket cannot be opened again without blocking: it is asked for room first."""
    supervised = kubexit.start(
        actor, "ready-then-wait", stderr=full_socket, LOG_LEVEL="debug", DEATH_DEPS="db", GRACE_PERIOD="50ms"
    )
    supervised.wait_line("READY")
    kubexit.carve("db", Born=True, Died=True, ExitCode=0)

    assert supervised.wait() == 137


@pytest.mark.behaviour("full-stderr-does-not-delay")
def test_an_unread_message_delays_no_exit(kubexit: Kubexit, actor: str, full_pipe: int) -> None:
    """A message that no process reads does not keep kubexit from exiting."""
    assert kubexit.run(actor, "exit", "0", stderr=full_pipe, GRACE_PERIOD="soon").code == 2


@pytest.mark.behaviour("codes-of-kubexit", "full-stderr-does-not-delay")
def test_command_not_found(kubexit: Kubexit, full_pipe: int) -> None:
    """A missing command does not keep kubexit from exiting either: it is logged between fork and exec."""
    assert kubexit.run("/no/such/command", stderr=full_pipe).code == 127
