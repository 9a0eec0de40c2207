"""As PID 1 kubexit ends by exit: a signal that it sends to itself would have no effect there."""

import signal

import pytest

from harness.kubexit import Kubexit

pytestmark = pytest.mark.every_form


@pytest.mark.behaviour("exit-codes-passed-on", "pid-1-exits")
@pytest.mark.parametrize("code", [0, 1, 255])
def test_the_exit_code_is_passed_on(kubexit: Kubexit, actor: str, code: int) -> None:
    """The command's code is the container's."""
    assert kubexit.run(actor, "exit", str(code), pid1=True).code == code


@pytest.mark.behaviour("signal-death-is-128-plus-n", "pid-1-exits")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV])
def test_a_signal_death_is_128_plus_n(kubexit: Kubexit, actor: str, number: signal.Signals) -> None:
    """If a signal ends the command, PID 1 exits with 128+n."""
    assert kubexit.run(actor, "die", str(int(number)), pid1=True).code == 128 + number


@pytest.mark.behaviour("pid-1-exits")
def test_ends_with_orphans_around(kubexit: Kubexit, actor: str) -> None:
    """Orphans do not keep PID 1 from exiting; the kernel ends them with it."""
    finished = kubexit.run(actor, "leave", "3", "--ignore", "--exit", "4", pid1=True)

    assert finished.code == 4


@pytest.mark.behaviour("codes-of-kubexit", "pid-1-exits")
def test_a_missing_command_exits_with_127(kubexit: Kubexit) -> None:
    """If the command is missing, PID 1 exits with 127."""
    assert kubexit.run("/no/such/command", pid1=True).code == 127


@pytest.mark.behaviour("stop-signal-then-sigkill", "pid-1-exits")
def test_a_death_stops_the_command_of_pid_1(kubexit: Kubexit, actor: str) -> None:
    """A dependency's death ends the command of PID 1."""
    supervised = kubexit.start(actor, "ready-then-wait", DEATH_DEPS="db", GRACE_PERIOD="50ms", pid1=True)
    supervised.wait_line("READY")
    kubexit.carve("db", Born=True, Died=True, ExitCode=0)

    assert supervised.wait() == 137
    assert kubexit.tombstone()["Killed"] is True
