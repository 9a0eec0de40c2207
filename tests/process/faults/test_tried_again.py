"""One system call at the start or at the end fails once, or for a moment: kubexit tries again."""

from collections.abc import Callable

import pytest

from harness.containers import lines
from harness.kubexit import Kubexit
from harness.stepper import Before, Stepper

Steps = Callable[..., Stepper]

pytestmark = pytest.mark.behaviour("failed-call-is-no-answer")


@pytest.mark.behaviour("every-exit-writes-a-death")
@pytest.mark.parametrize("error", ["EXDEV", "EPERM", "EINVAL"])
def test_a_death_is_tried_again_after_any_error(kubexit: Kubexit, steps: Steps, error: str) -> None:
    """A death that cannot be put in place once, for any reason, is there when kubexit has exited.

    Fails when only some errors are tried again: then a peer finds no death, and takes the end for a crash.
    """
    fails = steps(Before("renameat,renameat2", ".main.tmp", count=2, action=error))
    finished = kubexit.run("sh", "-c", "exit 3", steps=fails)

    fails.reached()
    assert (finished.code, lines(finished.stderr, "error")) == (3, [])
    assert (kubexit.tombstone() or {})["ExitCode"] == 3


@pytest.mark.behaviour("every-exit-writes-a-death")
@pytest.mark.parametrize("error", ["ENOSPC", "EDQUOT"])
def test_a_death_is_tried_again_while_the_disk_is_full(kubexit: Kubexit, steps: Steps, error: str) -> None:
    """A death that finds no room five times is there when kubexit has exited. Fails when it is tried twice only."""
    fails = steps(*(Before("write", ".main.tmp", count=count, action=error) for count in range(2, 7)))
    finished = kubexit.run("sh", "-c", "exit 3", steps=fails)

    for _ in range(5):
        fails.reached()
    assert (finished.code, lines(finished.stderr, "error")) == (3, [])
    assert (kubexit.tombstone() or {})["ExitCode"] == 3


@pytest.mark.parametrize("error", ["EINTR", "EMFILE", "ENFILE", "ENOMEM", "EIO"])
def test_a_graveyard_that_cannot_be_opened_is_tried_again(kubexit: Kubexit, steps: Steps, error: str) -> None:
    """A failure that may pass is no reason to refuse the graveyard."""
    kubexit.graveyard.mkdir()
    fails = steps(Before("open,openat", "graveyard", action=error))
    finished = kubexit.run("sh", "-c", "exit 3", steps=fails)

    fails.reached()
    assert finished.code == 3
    assert (kubexit.tombstone() or {})["ExitCode"] == 3


@pytest.mark.parametrize("error", ["EAGAIN", "ENOMEM"])
def test_a_command_without_a_process_is_tried_again(kubexit: Kubexit, steps: Steps, error: str) -> None:
    """If no process can be made for a moment, the command is started a little later."""
    fails = steps(Before("vfork,clone", action=error))
    finished = kubexit.run("sh", "-c", "exit 3", steps=fails)

    fails.reached()
    assert finished.code == 3


def test_a_command_that_never_gets_a_process_is_a_death(kubexit: Kubexit, steps: Steps) -> None:
    """If no process can be made at all, kubexit exits with 70 after a second, and a death says why."""
    finished = kubexit.run("true", steps=steps(Before("vfork,clone", count=0, action="EAGAIN")), timeout=9)

    assert finished.code == 70
    assert (kubexit.tombstone() or {})["ExitCode"] == 70
