"""KUBEXIT_STOP_DELAY counts at pod deletion too, once a SIGTERM that KUBEXIT_TERM_AFTER held is released."""

import signal
import time
from typing import Any

import pytest

from harness.containers import born
from harness.kubexit import Kubexit
from harness.supervised import Supervised

pytestmark = pytest.mark.behaviour("stop-delay-at-deletion")


def hold(kubexit: Kubexit, **settings: Any) -> Supervised:
    """Start a container that holds a SIGTERM until main has exited."""
    held = born(kubexit, "shipper", "TERM=9 WINCH=5", **{"TERM_AFTER": "main", "GRACE_PERIOD": "1h", **settings})
    held.signal(signal.SIGTERM)
    held.wait_line(": waiting for main to exit first", "stderr")
    return held


@pytest.mark.parametrize("settings", [{}, {"DEATH_DEPS": "main"}], ids=["alone", "death dependency"])
def test_the_delay_comes_after_the_death(kubexit: Kubexit, settings: dict[str, str]) -> None:
    """The command gets its SIGTERM when the delay after the death is over, not before, and once."""
    main = born(kubexit)
    held = hold(kubexit, STOP_DELAY="2s", **settings)
    begin = time.monotonic()
    main.signal(signal.SIGTERM)
    held.wait_line("SIGTERM waits for the stop delay of 2s", "stderr")
    held.signal(signal.SIGUSR1)
    held.wait_line("SIGNAL USR1")

    assert held.wait() == 9
    assert time.monotonic() - begin >= 2
    assert held.stdout == "READY\nSIGNAL USR1 10\nSIGNAL TERM 15\n"


@pytest.mark.parametrize("settings", [{}, {"DEATH_DEPS": "main"}], ids=["alone", "death dependency"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGWINCH], ids=["SIGTERM", "exit"])
def test_what_ends_the_delay_early(kubexit: Kubexit, settings: dict[str, str], number: signal.Signals) -> None:
    """A second SIGTERM, and the exit of the command, end the delay."""
    main = born(kubexit)
    held = hold(kubexit, STOP_DELAY="50m", **settings)
    main.signal(signal.SIGTERM)
    held.wait_line("SIGTERM waits for the stop delay of 50m", "stderr")
    held.signal(number)

    assert held.wait() == (9 if number == signal.SIGTERM else 5)
    assert held.stdout.count("SIGNAL TERM") == (1 if number == signal.SIGTERM else 0)


@pytest.mark.parametrize("settings", [{}, {"DEATH_DEPS": "main"}], ids=["alone", "death dependency"])
def test_the_delay_does_not_outlast_the_hold(kubexit: Kubexit, settings: dict[str, str]) -> None:
    """The delay ends when the hold would have ended without a death: the kubelet does not wait longer."""
    main = born(kubexit)
    held = hold(kubexit, STOP_DELAY="1h", **{**settings, "GRACE_PERIOD": "4s"})
    main.signal(signal.SIGTERM)
    held.wait_line("SIGTERM waits for the stop delay", "stderr")

    assert held.wait(10) == 9


def test_a_sigterm_after_the_death_waits_too(kubexit: Kubexit) -> None:
    """Main can be dead already when the kubelet's SIGTERM arrives: it waits for the delay all the same."""
    main = born(kubexit)
    held = born(kubexit, "shipper", "TERM=9", SIDECAR_OF="main", GRACE_PERIOD="1h", STOP_DELAY="2s",
                EXIT_CODE_ON_TERM="keep")  # fmt: skip
    begin = time.monotonic()
    main.signal(signal.SIGTERM)
    held.wait_line("dependency main died with exit code 0; stopping the command in 2s", "stderr")
    held.signal(signal.SIGTERM)
    held.wait_line("waits for the stop delay", "stderr")

    assert held.wait() == 9
    assert time.monotonic() - begin >= 2
    assert held.stdout == "READY\nSIGNAL TERM 15\n"


def test_a_death_during_the_delay(kubexit: Kubexit) -> None:
    """A death dependency that dies during the delay does not cut it short; the grace period follows."""
    main = born(kubexit)
    held = hold(kubexit, STOP_DELAY="2s", DEATH_DEPS="db", LOG_LEVEL="debug")
    main.signal(signal.SIGTERM)
    held.wait_line("SIGTERM waits for the stop delay", "stderr")
    kubexit.carve("db", Born=True, Died=True, ExitCode=0)
    held.wait_line("DEPENDENCY_DIED: DEFERRED_DELAY to DEFERRED_DYING", "stderr")
    assert "SIGNAL TERM" not in held.stdout

    assert held.wait() == 9
    assert "dependency db died with exit code 0: forwarded SIGTERM to the command; SIGKILL in 1h" in held.stderr
