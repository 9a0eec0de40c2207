"""Signals after the command's end and before kubexit's change nothing."""

import signal

import pytest

from harness.kubexit import Kubexit

pytestmark = pytest.mark.every_form


@pytest.mark.behaviour("signal-after-exit-ignored")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGUSR1, signal.SIGRTMAX])
def test_changes_neither_tombstone_nor_code(kubexit: Kubexit, actor: str, number: signal.Signals) -> None:
    """A signal that arrives while left-over processes are drained changes neither the code nor the tombstone.

    Fails when a late signal is taken for the cause of the end: the code would be 128+n.
    """
    supervised = kubexit.start(
        actor, "leave", "1", "--ignore", "--exit", "3",
        fence=True, ORPHAN_GRACE_PERIOD="1s", EXIT_CODE_ON_STOP="zero",
    )  # fmt: skip
    supervised.wait_line("left SIGNAL TERM")
    supervised.signal(number)

    assert supervised.wait() == 3
    assert kubexit.tombstone()["ExitCode"] == 3
    assert "Reason" not in kubexit.tombstone()


@pytest.mark.behaviour("signal-after-exit-ignored")
def test_death_of_a_dependency(kubexit: Kubexit, actor: str) -> None:
    """A dependency that dies while left-over processes are drained changes nothing either."""
    supervised = kubexit.start(
        actor, "leave", "1", "--ignore", "--exit", "3",
        fence=True, DEATH_DEPS="db", ORPHAN_GRACE_PERIOD="1s", EXIT_CODE_ON_STOP="zero",
    )  # fmt: skip
    supervised.wait_line("left SIGNAL TERM")
    kubexit.carve("db", Born=True, Died=True, ExitCode=1)

    assert supervised.wait() == 3
