"""A peer that sees the end of kubexit finds the tombstone written."""

import os

import pytest

from harness.containers import running
from harness.kubexit import Kubexit
from harness.observer import Observer


@pytest.mark.behaviour("exit-after-death-is-written")
def test_before_the_exit(kubexit: Kubexit) -> None:
    """The death is written when the parent sees the exit."""
    for code in (0, 1, 2):
        assert kubexit.run("sh", "-c", f"exit {code}").code == code
        assert (kubexit.tombstone() or {}).get("ExitCode") == code


@pytest.mark.behaviour("exit-after-death-is-written", "only-the-tombstone-remains")
def test_before_the_fifo_goes(kubexit: Kubexit) -> None:
    """The death is written when the FIFO is removed, so that no peer takes an orderly end for a crash."""
    eye = Observer(kubexit.graveyard)
    container = running(kubexit, "main")
    container.signal(15)
    container.wait()
    events = [(event.kind, event.file) for event in eye.so_far()]

    assert events[-2:] == [("IN_MOVED_TO", "main"), ("IN_DELETE", ".main.alive")]


@pytest.mark.behaviour("only-the-tombstone-remains")
@pytest.mark.parametrize("liveness", [True, False])
def test_nothing_else_is_left(kubexit: Kubexit, liveness: bool) -> None:
    """After an orderly end the graveyard has the tombstone and nothing else."""
    kubexit.run("true", LIVENESS=liveness)

    assert os.listdir(kubexit.graveyard) == ["main"]


@pytest.mark.behaviour("only-the-tombstone-remains")
@pytest.mark.parametrize(
    "settings",
    [{"GRACE_PERIOD": "bad"}, {"BIRTH_DEPS": "db:born", "BIRTH_TIMEOUT": "0"}, {"DEATH_DEPS": "dead"}],
    ids=["settings", "timeout", "dead"],
)
def test_nothing_else_is_left_without_a_life(kubexit: Kubexit, settings: dict[str, str]) -> None:
    """Nothing else is left when the command never started, either."""
    kubexit.carve("dead", Died=True, ExitCode=0)
    kubexit.run("true", **settings)

    assert sorted(os.listdir(kubexit.graveyard)) == ["dead", "main"]
