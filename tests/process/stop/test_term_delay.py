"""KUBEXIT_TERM_DELAY: a SIGTERM from outside is forwarded only after a time."""

import signal
import time
from typing import Any

import pytest

from harness.containers import born, lines
from harness.kubexit import Kubexit
from harness.supervised import Supervised

pytestmark = [pytest.mark.every_form, pytest.mark.behaviour("term-delay")]

ONE_TERM = "READY\nSIGNAL TERM 15\n"


def delayed(kubexit: Kubexit, exits: str = "TERM=9", **settings: Any) -> Supervised:
    """Start a container, send it a SIGTERM, and wait until it says that it keeps that."""
    container = born(kubexit, "main", exits, **{"TERM_DELAY": "1h", "GRACE_PERIOD": "1h", **settings})
    container.signal(signal.SIGTERM)
    container.wait_line("SIGTERM from pid .*: (waits for|waiting for) ", "stderr")
    return container


def test_it_is_forwarded_after_the_delay(kubexit: Kubexit) -> None:
    """SIGTERM arrives once, after the delay and not before; other signals are forwarded meanwhile."""
    begin = time.monotonic()
    container = delayed(kubexit, TERM_DELAY="1s", STOP_DELAY="1h")
    container.signal(signal.SIGUSR1)

    assert container.wait() == 9
    assert time.monotonic() - begin >= 1
    assert container.stdout == "READY\nSIGNAL USR1 10\nSIGNAL TERM 15\n"
    assert "forwarded SIGTERM to the command after 1s (KUBEXIT_TERM_DELAY)" in container.stderr
    assert lines(container.stderr, "warn") == []


def test_a_second_one_is_forwarded_at_once(kubexit: Kubexit) -> None:
    """A second SIGTERM ends the delay; the command gets one."""
    container = delayed(kubexit)
    container.signal(signal.SIGTERM)

    assert container.wait() == 9
    assert container.stdout == ONE_TERM


@pytest.mark.behaviour("exit-code-on-term")
def test_it_counts_as_a_request(kubexit: Kubexit) -> None:
    """After the delay it is a request to stop like others: EXIT_CODE_ON_TERM applies, and no stop signal follows."""
    container = delayed(kubexit, TERM_DELAY="10ms", EXIT_CODE_ON_TERM="5", DEATH_DEPS="db")
    kubexit.carve("db", Born=True, Died=True, ExitCode=0)

    assert container.wait() == 5
    assert container.stdout == ONE_TERM


@pytest.mark.behaviour("term-after")
@pytest.mark.parametrize("longer", ["delay", "other container"])
def test_beside_another_container_the_later_one_counts(kubexit: Kubexit, longer: str) -> None:
    """With KUBEXIT_TERM_AFTER the SIGTERM waits for both: the container's death and the end of the delay."""
    kubexit.carve("proxy", Born=True)
    begin = time.monotonic()
    container = delayed(kubexit, TERM_AFTER="proxy", TERM_DELAY="400ms" if longer == "delay" else "10ms")
    if longer == "other container":
        container.signal(signal.SIGUSR1)
        container.wait_line("SIGNAL USR1")
        assert "SIGNAL TERM" not in container.stdout
    kubexit.carve("proxy", Born=True, Died=True, ExitCode=0)

    assert container.wait() == 9
    assert container.stdout.count("SIGNAL TERM") == 1
    assert longer != "delay" or time.monotonic() - begin >= 0.4


@pytest.mark.behaviour("outside-sigterm-no-deadline")
def test_a_death_during_the_delay(kubexit: Kubexit) -> None:
    """The death of a death dependency leaves the delay as it is; then the SIGTERM is forwarded and SIGKILL follows."""
    container = delayed(kubexit, "", TERM_DELAY="500ms", DEATH_DEPS="db", GRACE_PERIOD="1s")
    kubexit.carve("db", Born=True, Died=True, ExitCode=0)

    assert container.wait() == 137
    assert container.stdout == ONE_TERM


@pytest.mark.behaviour("stop-delay-ends-early")
def test_it_ends_a_stop_delay_that_is_longer(kubexit: Kubexit) -> None:
    """A SIGTERM during the stop delay is forwarded when the first of the two delays is over."""
    container = born(kubexit, "main", "TERM=9", TERM_DELAY="50ms", STOP_DELAY="1h", DEATH_DEPS="db")
    kubexit.carve("db", Born=True, Died=True, ExitCode=0)
    container.wait_line("stopping the command in 1h", "stderr")
    container.signal(signal.SIGTERM)

    assert container.wait() == 9
    assert container.stdout == ONE_TERM


@pytest.mark.behaviour("signal-during-birth-wait")
def test_nothing_is_delayed_before_the_start(kubexit: Kubexit) -> None:
    """A SIGTERM during the wait for birth ends the wait at once."""
    container = kubexit.start(
        "echo", "BORN", TERM_DELAY="1h", BIRTH_DEPS="db:born", BIRTH_SOURCE="graveyard", BIRTH_TIMEOUT="infinite"
    )
    container.wait_line("waiting for birth dependencies", "stderr")
    container.signal(signal.SIGTERM)

    assert container.wait() == 143
