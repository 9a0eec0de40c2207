"""A death is written once."""

import signal

import pytest

from harness.containers import running
from harness.kubexit import Kubexit
from harness.observer import Observer


@pytest.mark.behaviour("death-written-once", "tombstone-has-exit-code")
@pytest.mark.parametrize("code", ["keep", "zero", "dependency", "7"])
def test_a_stop_writes_one_birth_and_one_death(kubexit: Kubexit, code: str) -> None:
    """A stop by a dependency, with or without a code that is set for it, is one birth and one death."""
    eye = Observer(kubexit.graveyard)
    container = running(kubexit, exits="TERM=3", DEATH_DEPS="main", EXIT_CODE_ON_STOP=code)
    kubexit.carve("main", Born=True, Died=True, ExitCode=5)
    returned = container.wait()

    assert eye.of("sidecar") == ["IN_MOVED_TO", "IN_MOVED_TO"]
    assert kubexit.wait_tombstone("sidecar")["ExitCode"] == returned


@pytest.mark.behaviour("death-written-once", "signal-after-exit-ignored")
def test_signals_around_the_end(kubexit: Kubexit) -> None:
    """Signals that arrive while the command exits do not change the tombstone."""
    eye = Observer(kubexit.graveyard)
    container = running(kubexit, exits="TERM=3")
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        container.signal(number)

    assert container.wait() == 3
    assert eye.of("sidecar") == ["IN_MOVED_TO", "IN_MOVED_TO"]
    assert kubexit.wait_tombstone("sidecar")["ExitCode"] == 3


@pytest.mark.behaviour("death-written-once", "two-deaths-stop-once")
def test_many_deaths_write_one_death(kubexit: Kubexit) -> None:
    """Dependencies that die one after the other end the command once."""
    eye = Observer(kubexit.graveyard)
    container = running(kubexit, DEATH_DEPS="a,b,c")
    for name in "abc":
        kubexit.carve(name, Born=True, Died=True, ExitCode=0)
    container.wait()

    assert container.stdout.count("SIGNAL TERM") == 1
    assert eye.of("sidecar") == ["IN_MOVED_TO", "IN_MOVED_TO"]
