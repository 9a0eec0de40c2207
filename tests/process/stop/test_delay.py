"""KUBEXIT_STOP_DELAY: the time between a dependency's death and the stop signal, and the events that end it early."""

import signal
import time
from typing import Any

import pytest

from harness.kubexit import Kubexit
from harness.supervised import Supervised


def in_delay(kubexit: Kubexit, actor: str, *exits: str, delay: str = "1h", **settings: Any) -> Supervised:
    """Start a command whose dependency has died, so that kubexit waits for the end of the stop delay."""
    options = [word for text in exits for word in ("--exit", text)]
    supervised = kubexit.start(actor, "ready-then-wait", *options, DEATH_DEPS="db", STOP_DELAY=delay, **settings)
    supervised.wait_line("READY")
    kubexit.carve("db", Born=True, Died=True, ExitCode=0)
    supervised.wait_line("db.*died", "stderr")
    return supervised


@pytest.mark.behaviour("stop-signal-then-sigkill", "stop-delay-ends-early")
def test_stop_signal_comes_after_it(kubexit: Kubexit, actor: str) -> None:
    """The stop signal comes when the delay is over, not before."""
    begin = time.monotonic()
    supervised = in_delay(kubexit, actor, "TERM=7", delay="1s")
    assert "SIGNAL" not in supervised.stdout

    assert supervised.wait() == 7
    assert time.monotonic() - begin >= 1


@pytest.mark.behaviour("stop-delay-ends-early")
def test_ends_with_the_command(kubexit: Kubexit, actor: str) -> None:
    """The delay ends when the command exits; no signal is sent."""
    supervised = in_delay(kubexit, actor, "USR1=5")
    supervised.signal(signal.SIGUSR1)

    assert supervised.wait() == 5
    assert supervised.stdout == "READY\nSIGNAL USR1 10\n"


@pytest.mark.behaviour("stop-delay-ends-early")
@pytest.mark.parametrize(
    ("number", "stop_signal"),
    [(signal.SIGTERM, None), (signal.SIGINT, None), (signal.SIGQUIT, None), (signal.SIGWINCH, "WINCH")],
)
def test_ended_by_a_signal_from_outside(
    kubexit: Kubexit, actor: str, number: signal.Signals, stop_signal: str | None
) -> None:
    """SIGTERM, SIGINT, SIGQUIT and the stop signal are forwarded and end the delay: grace begins, with no new signal.

    Fails when the stop signal is also sent: it would come before the SIGKILL and be printed.
    """
    supervised = in_delay(kubexit, actor, GRACE_PERIOD="1s", STOP_SIGNAL=stop_signal)
    supervised.signal(number)

    assert supervised.wait() == 137
    assert supervised.stdout == f"READY\nSIGNAL {number.name[3:]} {int(number)}\n"


@pytest.mark.behaviour("stop-delay-ends-early")
def test_other_signals_do_not_end_it(kubexit: Kubexit, actor: str) -> None:
    """Any other signal is forwarded and the delay continues.

    Fails when it ends the delay: a grace period of nothing would kill the command before the last line.
    """
    supervised = in_delay(kubexit, actor, GRACE_PERIOD="0")
    for number in (signal.SIGUSR1, signal.SIGWINCH, signal.SIGHUP, signal.SIGUSR2):
        supervised.signal(number)
        supervised.wait_line(rf"SIGNAL \w+ {int(number)}$")

    assert supervised.process.poll() is None


@pytest.mark.behaviour("stop-times-do-not-change", "stop-delay-ends-early")
def test_second_death_does_not_restart_it(kubexit: Kubexit, actor: str) -> None:
    """Another death in the graveyard neither restarts nor ends the delay."""
    begin = time.monotonic()
    supervised = in_delay(kubexit, actor, "TERM=5", delay="200ms")
    kubexit.carve("db", Born=True, Died=True, ExitCode=1)

    assert supervised.wait() == 5
    assert time.monotonic() - begin >= 0.2
    assert supervised.stdout.count("SIGNAL") == 1


@pytest.mark.behaviour("stop-delay-ends-early", "exit-code-on-stop")
def test_code_after_a_signal_from_outside(kubexit: Kubexit, actor: str) -> None:
    """When a SIGTERM from outside ended the delay, kubexit did not stop the command: the command's code is kept."""
    supervised = in_delay(kubexit, actor, "TERM=5", EXIT_CODE_ON_STOP="zero")
    supervised.signal(signal.SIGTERM)

    assert supervised.wait() == 5
