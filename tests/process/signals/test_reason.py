"""An end that something other than the command caused has a reason, and one line names the signal and its sender."""

import os
import signal
from pathlib import Path

import pytest

from harness.clock import FrozenClock
from harness.containers import born, lines
from harness.kubexit import Kubexit
from harness.supervised import Supervised

pytestmark = pytest.mark.behaviour("outside-end-has-a-reason")


def reason(kubexit: Kubexit, name: str = "main") -> str | None:
    """The reason in a death."""
    return kubexit.wait_tombstone(name).get("Reason")


def sleeping(kubexit: Kubexit, name: str = "main", **settings: str) -> Supervised:
    """A container whose command dies of every signal."""
    container = kubexit.start("sleep", "600", name=name, **settings)
    kubexit.wait_tombstone(name, "Born")
    return container


@pytest.mark.every_form
def test_a_sigterm_from_outside(kubexit: Kubexit) -> None:
    """SIGTERM is the reason, with any exit code of the command. An info line names it and its sender."""
    container = born(kubexit, "main", exits="TERM=3")
    container.signal(signal.SIGTERM)

    assert container.wait() == 3
    sender = f"SIGTERM from pid {os.getpid()}, uid {os.getuid()}"
    assert reason(kubexit) == sender
    assert [line for line in lines(container.stderr, "info") if f"{sender}: forwarded to the command" in line] != []


def test_a_sender_outside_of_the_namespace(kubexit: Kubexit) -> None:
    """What the container runtime sends has no pid here: it is from outside the pod."""
    container = born(kubexit, "main", pid1=True)
    container.signal(signal.SIGTERM)
    container.wait()

    assert reason(kubexit) == "SIGTERM from outside the pod"
    assert "SIGTERM from outside the pod: forwarded to the command" in container.stderr


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT, signal.SIGUSR1, signal.SIGQUIT])
def test_a_signal_that_kills(kubexit: Kubexit, number: signal.Signals) -> None:
    """Any other signal is the reason if the command dies of it."""
    container = sleeping(kubexit)
    container.signal(number)

    assert container.wait() == 128 + number
    assert reason(kubexit) == f"{number.name} from pid {os.getpid()}, uid {os.getuid()}"
    assert len([line for line in lines(container.stderr, "info") if f"{number.name} from pid" in line]) == 1


def test_a_signal_that_does_not_kill(kubexit: Kubexit) -> None:
    """A signal that the command survives is no reason for its later end."""
    container = born(kubexit, "main", exits="USR1=5")
    container.signal(signal.SIGHUP)
    container.wait_line("SIGNAL HUP")
    container.signal(signal.SIGUSR1)

    assert container.wait() == 5
    assert reason(kubexit) is None


def ignoring(kubexit: Kubexit, clock: FrozenClock, code: int, **settings: str) -> Supervised:
    """A container whose command handles SIGTERM, and exits with a code when a file is there; frozen clock."""
    script = f"trap 'echo IGNORED' TERM; echo READY; while [ ! -e {kubexit.folder}/end ]; do sleep 0.05; done; "
    container = clock.kubexit(kubexit).start("sh", "-c", f"{script} exit {code}", env=clock.environment, **settings)
    container.wait_line("^READY$")
    kubexit.wait_tombstone("main", "Born")
    container.signal(signal.SIGTERM)
    container.wait_line("^IGNORED$")
    container.wait_line("forwarded to the command", "stderr")  # it has noted when
    return container


@pytest.mark.behaviour("late-end-is-not-by-the-signal")
@pytest.mark.parametrize(
    ("grace", "passed", "code", "explained"),
    [
        ("30s", 30, 3, True),
        ("30s", 30.001, 3, False),
        ("30s", 7200, 0, False),
        ("30s", 7200, 143, True),
        ("1s", 30, 3, True),
        ("10m", 600, 3, True),
        ("10m", 601, 3, False),
    ],
)
def test_a_command_that_ignores_sigterm(
    kubexit: Kubexit, tmp_path: Path, grace: str, passed: float, code: int, explained: bool
) -> None:
    """SIGTERM is no reason for an end that comes after the grace period and 30 s, unless the command died of it."""
    clock = FrozenClock(tmp_path)
    container = ignoring(kubexit, clock, code, GRACE_PERIOD=grace)
    clock.advance(passed)
    (kubexit.folder / "end").write_text("")

    assert container.wait() == code
    assert ("SIGTERM" in (reason(kubexit) or "")) == explained


@pytest.mark.behaviour("late-end-is-not-by-the-signal", "exit-code-on-term")
def test_the_exit_code_after_an_ignored_sigterm(kubexit: Kubexit, tmp_path: Path) -> None:
    """KUBEXIT_EXIT_CODE_ON_TERM has no limit in time: how long the pod may take to stop is not known."""
    clock = FrozenClock(tmp_path)
    container = ignoring(kubexit, clock, 3, EXIT_CODE_ON_TERM="zero")
    clock.advance(7200)
    (kubexit.folder / "end").write_text("")

    assert container.wait() == 0


def test_an_end_by_itself(kubexit: Kubexit) -> None:
    """A command that exits, or that kills itself, has no reason."""
    kubexit.run("sh", "-c", "kill -HUP $$")
    assert reason(kubexit) is None
    kubexit.run("sh", "-c", "kill -HUP $PPID; sleep 10", name="other")

    assert reason(kubexit, "other") is None


def test_the_command_asked_for_it(kubexit: Kubexit) -> None:
    """A signal that the command itself sends to kubexit comes back to it, and is not from outside."""
    kubexit.run("sh", "-c", "kill -TERM $PPID; sleep 10", name="main")

    assert reason(kubexit) is None


@pytest.mark.behaviour("exit-code-on-stop")
def test_a_hint_at_the_code_of_a_stop(kubexit: Kubexit) -> None:
    """If the command dies of kubexit's own SIGTERM, its line names the setting that makes that a success."""
    container = sleeping(kubexit, "sidecar", DEATH_DEPS="main")
    kubexit.carve("main", Born=True, Died=True, ExitCode=0)

    assert container.wait() == 143
    assert lines(container.stderr, "info")[-1].endswith(
        "command exited with 143, by the stop signal of kubexit; if that is no failure, set "
        "KUBEXIT_EXIT_CODE_ON_STOP=zero"
    )


@pytest.mark.behaviour("exit-code-on-stop")
def test_no_hint_after_a_failure(kubexit: Kubexit) -> None:
    """If the dependency failed, the line advises nothing: a code of 0 would hide the failure."""
    container = sleeping(kubexit, "main", DEATH_DEPS="db:failed")
    kubexit.carve("db", Born=True, Died=True, ExitCode=9)

    assert container.wait() == 143
    assert lines(container.stderr, "info")[-1].endswith("command exited with 143, by the stop signal of kubexit")


@pytest.mark.behaviour("exit-code-on-stop")
@pytest.mark.parametrize(
    ("setting", "last"),
    [
        ("keep", "command exited with 143"),
        ("zero", "command exited with 143; exiting with 0 (KUBEXIT_EXIT_CODE_ON_STOP)"),
    ],
)
def test_no_hint_where_the_setting_is_set(kubexit: Kubexit, setting: str, last: str) -> None:
    """With the setting the last line has the command's code first, then the code of kubexit, and no hint."""
    container = sleeping(kubexit, "sidecar", DEATH_DEPS="main", EXIT_CODE_ON_STOP=setting)
    kubexit.carve("main", Born=True, Died=True, ExitCode=0)
    container.wait()

    assert lines(container.stderr, "info")[-1].endswith(f": {last}")


def test_a_request_during_the_grace_period(kubexit: Kubexit) -> None:
    """A stop that kubexit began keeps its reason: the dependency's death."""
    container = sleeping(kubexit, "sidecar", DEATH_DEPS="main", GRACE_PERIOD="1h", STOP_SIGNAL="USR2")
    kubexit.carve("main", Born=True, Died=True, ExitCode=0)
    container.wait_line("sent SIGUSR2", "stderr")

    assert container.wait() == 128 + signal.SIGUSR2
    assert reason(kubexit, "sidecar") == "dependency main died with exit code 0"
