"""Signals while kubexit waits for the birth of a dependency."""

import signal

import pytest

from harness.kubexit import Kubexit

WAITING = {"BIRTH_DEPS": "db:born", "BIRTH_TIMEOUT": "1h"}


@pytest.mark.behaviour(26, 57, 61)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP])
def test_ends_the_wait(kubexit: Kubexit, actor: str, number: signal.Signals) -> None:
    """TERM, INT, QUIT and HUP end the wait with 128+n and a tombstone of someone never born; no command is started."""
    supervised = kubexit.start(actor, "plain", **WAITING)
    kubexit.wait_alive()
    supervised.signal(number)

    assert supervised.wait() == 128 + number
    tombstone = kubexit.tombstone()
    assert "Born" not in tombstone
    assert "Died" in tombstone
    assert tombstone["ExitCode"] == 128 + number
    assert supervised.stdout == ""


@pytest.mark.behaviour(57, 61)
@pytest.mark.parametrize("number", [signal.SIGWINCH, signal.SIGRTMIN + 3])
def test_stop_signal_ends_the_wait(kubexit: Kubexit, actor: str, number: int) -> None:
    """The configured stop signal ends the wait like TERM does."""
    supervised = kubexit.start(actor, "plain", STOP_SIGNAL=int(number), **WAITING)
    kubexit.wait_alive()
    supervised.signal(number)

    assert supervised.wait() == 128 + number


@pytest.mark.behaviour(57, 61)
def test_other_signals_are_dropped(kubexit: Kubexit, actor: str) -> None:
    """Other signals neither end the wait nor reach the command later.

    Fails when they are kept: the command would die of USR1 (its default action) in place of leaving with 0.
    """
    supervised = kubexit.start(actor, "exit", "0", **WAITING)
    kubexit.wait_alive()
    for number in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGWINCH, signal.SIGALRM, signal.SIGRTMAX):
        supervised.signal(number)
    kubexit.carve("db", Born=True)

    assert supervised.wait() == 0


@pytest.mark.behaviour(61, 77)
def test_as_pid_1(kubexit: Kubexit, actor: str) -> None:
    """As PID 1 the wait ends in the same way."""
    supervised = kubexit.start(actor, "plain", pid1=True, **WAITING)
    kubexit.wait_alive()
    supervised.signal(signal.SIGTERM)

    assert supervised.wait() == 143
