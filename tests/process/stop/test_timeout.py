"""KUBEXIT_TIMEOUT: the command is stopped when it has run for too long, and the exit code is 124."""

import os
import signal
import time
from collections.abc import Callable

import pytest

from harness import processes
from harness.containers import born, lines, running
from harness.kubexit import Kubexit
from harness.stepper import Before, Stepper
from harness.waiting import eventually

pytestmark = [pytest.mark.every_form, pytest.mark.behaviour("timeout")]

WORDS = "the command ran longer than 1s (KUBEXIT_TIMEOUT)"


@pytest.mark.behaviour("stop-signal-then-sigkill", "tombstone-has-exit-code")
@pytest.mark.parametrize("own", [0, 143, 124])
def test_stop_signal_when_the_time_is_over(kubexit: Kubexit, own: int) -> None:
    """The stop signal comes after the time, not before; the code is 124 with any code of the command."""
    begin = time.monotonic()
    container = running(kubexit, exits=f"USR1={own}", TIMEOUT="1s", STOP_SIGNAL="USR1", STOP_DELAY="1h")

    assert container.wait() == 124
    assert time.monotonic() - begin >= 1
    assert container.stdout == "READY\nSIGNAL USR1 10\n"
    stone = kubexit.tombstone("sidecar") or {}
    assert (stone["ExitCode"], stone.get("CommandExitCode", 124), stone["Reason"]) == (124, own, WORDS)
    assert f"{WORDS}: sent SIGUSR1 to the command; SIGKILL in 30s" in lines(container.stderr, "warn")[0]


@pytest.mark.behaviour("exit-code-on-stop", "exit-code-on-kill", "success-codes")
def test_no_setting_makes_a_success_of_it(kubexit: Kubexit) -> None:
    """SIGKILL follows after the grace period; the settings for exit codes do not replace 124."""
    container = running(
        kubexit,
        exits="",
        TIMEOUT="1s",
        GRACE_PERIOD="50ms",
        EXIT_CODE_ON_STOP="zero",
        EXIT_CODE_ON_KILL="zero",
        EXIT_CODE_ON_TERM="zero",
        SUCCESS_CODES="124,137",
    )

    assert container.wait() == 124
    stone = kubexit.tombstone("sidecar") or {}
    assert (stone["ExitCode"], stone["CommandExitCode"], stone["Killed"]) == (124, 137, True)


@pytest.mark.parametrize("setting", [None, "infinite", "1h"])
def test_a_command_that_ends_before_keeps_its_code(kubexit: Kubexit, setting: str | None) -> None:
    """A command that ends in time keeps its code."""
    assert kubexit.run("sh", "-c", "exit 3", TIMEOUT=setting).code == 3


def test_a_command_that_has_ended_was_not_stopped(kubexit: Kubexit, steps: Callable[..., Stepper]) -> None:
    """If the command ends in time while kubexit does something else until the time is over, it keeps its code.

    kubexit is stopped in its first probe of the readiness, which comes before the look at the clock. Shown to fail by
    looking at the clock alone.
    """
    probe = steps(Before("newfstatat,stat", "ready"))
    container = running(kubexit, exits="USR1=3", steps=probe, TIMEOUT="2s", READY_FILE=str(kubexit.folder / "ready"))
    begin = time.monotonic()
    probe.reached()
    command = container.command_pid()
    os.kill(command, signal.SIGUSR1)
    eventually(lambda: processes.state(command) == "Z", "the command has ended")
    eventually(lambda: time.monotonic() - begin > 2.1, "its time is over")
    probe.resume()

    assert container.wait() == 3
    assert "Reason" not in (kubexit.tombstone("sidecar") or {})


def test_the_wait_for_birth_does_not_count(kubexit: Kubexit) -> None:
    """The time begins with the command: a wait that is longer than it does not matter."""
    container = kubexit.start(
        "echo", "BORN", TIMEOUT="3s", BIRTH_DEPS="db:born", BIRTH_SOURCE="graveyard", BIRTH_TIMEOUT="3100ms",
        BIRTH_ON_TIMEOUT="start",
    )  # fmt: skip

    assert container.wait() == 0
    assert container.stdout == "BORN\n"


@pytest.mark.behaviour("outside-sigterm-no-deadline", "one-sigterm-not-two", "exit-code-on-term")
def test_after_a_request_from_outside_only_the_grace_period_starts(kubexit: Kubexit) -> None:
    """A command that was asked from outside gets no second signal, and its code is that of this request."""
    container = running(kubexit, exits="", TIMEOUT="2s", GRACE_PERIOD="50ms", EXIT_CODE_ON_TERM="7")
    container.signal(signal.SIGTERM)

    assert container.wait() == 7
    assert container.stdout == "READY\nSIGNAL TERM 15\n"
    assert "ran longer than 2s (KUBEXIT_TIMEOUT); the command already has a stop signal" in container.stderr


@pytest.mark.behaviour("stop-delay-ends-early", "exit-code-on-stop")
def test_it_ends_the_stop_delay(kubexit: Kubexit) -> None:
    """If a dependency died before, its death gives the reason and the code; the limit ends the delay."""
    container = running(
        kubexit, exits="TERM=3", DEATH_DEPS="main", STOP_DELAY="1h", TIMEOUT="2s", EXIT_CODE_ON_STOP="zero"
    )
    kubexit.carve("main", Born=True, Died=True, ExitCode=0)

    assert container.wait() == 0
    assert container.stdout == "READY\nSIGNAL TERM 15\n"
    assert (kubexit.tombstone("sidecar") or {})["Reason"] == "dependency main died with exit code 0"


@pytest.mark.behaviour("term-after")
def test_it_forwards_a_kept_signal(kubexit: Kubexit) -> None:
    """A SIGTERM that waits for another container is forwarded when the time is over, and the grace period starts."""
    kubexit.carve("main", Born=True)
    container = born(kubexit, "sidecar", "", TERM_AFTER="main", TIMEOUT="2s", GRACE_PERIOD="1h")
    container.signal(signal.SIGTERM)
    container.wait_line("ran longer than 2s .KUBEXIT_TIMEOUT.: forwarded SIGTERM to the command; SIGKILL", "stderr")
    container.wait_line("SIGNAL TERM")

    assert container.stdout == "READY\nSIGNAL TERM 15\n"


@pytest.mark.behaviour("bad-setting-exits-with-2")
@pytest.mark.parametrize("value", ["0", "-5s", "0s"])
def test_zero_is_refused(kubexit: Kubexit, value: str) -> None:
    """With 0 other programs have no limit and others end at once, so it is refused."""
    finished = kubexit.run("echo", "BORN", TIMEOUT=value)

    assert (finished.code, finished.stdout) == (2, "")
    assert f"KUBEXIT_TIMEOUT={value}: would stop the command at once" in finished.stderr
