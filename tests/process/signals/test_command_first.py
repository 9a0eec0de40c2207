"""The command runs before kubexit does what can wait."""

import signal
from collections.abc import Callable

import pytest

from harness.containers import running
from harness.kubexit import Kubexit
from harness.stepper import Before, Stepper


@pytest.mark.every_form
@pytest.mark.single_file  # an interpreter yields too
@pytest.mark.behaviour("command-runs-first")
@pytest.mark.parametrize("by_death", [True, False], ids=["death", "signal"])
def test_command_reacts_before_the_line(kubexit: Kubexit, steps: Callable[..., Stepper], by_death: bool) -> None:
    """The command has its signal before kubexit's line about it is written, and before the watch is removed."""
    moment = steps(Before("sched_yield"))
    sidecar = running(kubexit, steps=moment, DEATH_DEPS="main")
    if by_death:
        kubexit.carve("main", Born=True, Died=True, ExitCode=0)
    else:
        sidecar.signal(signal.SIGTERM)
    moment.reached()
    sidecar.wait_line("SIGNAL TERM")

    assert "SIGTERM" not in sidecar.stderr

    moment.resume()
    sidecar.wait_line("SIGTERM", "stderr")
    assert sidecar.wait() == 0
