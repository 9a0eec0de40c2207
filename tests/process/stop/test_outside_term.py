"""A SIGTERM from outside (the kubelet's) and a dependency's death, in both orders: the command gets one SIGTERM."""

import signal

import pytest

from harness.kubexit import Kubexit


@pytest.mark.behaviour("outside-sigterm-no-deadline", "one-sigterm-not-two")
def test_death_after_term_sends_no_second_one(kubexit: Kubexit, actor: str) -> None:
    """After a forwarded SIGTERM, a dependency's death only starts the grace period.

    Fails when the stop begins with its signal again: it would come before the SIGKILL and be printed.
    """
    supervised = kubexit.start(actor, "ready-then-wait", DEATH_DEPS="db", GRACE_PERIOD="100ms")
    supervised.wait_line("READY")
    supervised.signal(signal.SIGTERM)
    supervised.wait_line("SIGNAL TERM")
    kubexit.carve("db", Born=True, Died=True, ExitCode=0)

    assert supervised.wait() == 137
    assert supervised.stdout == "READY\nSIGNAL TERM 15\n"
    assert kubexit.tombstone()["Killed"] is True


@pytest.mark.behaviour("outside-sigterm-no-deadline", "one-sigterm-not-two")
def test_term_after_our_own_is_not_forwarded(kubexit: Kubexit, actor: str) -> None:
    """After kubexit's stop signal a SIGTERM from outside is not forwarded: many programs take a second as 'die now'.

    Fails when it is forwarded: WINCH is sent after it and, having a higher number, is never taken before it.
    """
    supervised = kubexit.start(actor, "ready-then-wait", "--exit", "WINCH=0", DEATH_DEPS="db", GRACE_PERIOD="1h")
    supervised.wait_line("READY")
    kubexit.carve("db", Born=True, Died=True, ExitCode=0)
    supervised.wait_line("SIGNAL TERM")
    supervised.signal(signal.SIGTERM)
    supervised.signal(signal.SIGWINCH)

    assert supervised.wait() == 0
    assert supervised.stdout.count("SIGNAL TERM") == 1


@pytest.mark.behaviour("outside-sigterm-no-deadline")
def test_no_deadline_of_ours(kubexit: Kubexit, actor: str) -> None:
    """A SIGTERM from outside starts no timer: without a dependency's death the command has no time limit.

    Fails when a grace period of 0 follows the SIGTERM: the command would be dead before it prints the next line.
    """
    supervised = kubexit.start(actor, "ready-then-wait", DEATH_DEPS="db", GRACE_PERIOD="0")
    supervised.wait_line("READY")
    supervised.signal(signal.SIGTERM)
    supervised.wait_line("SIGNAL TERM")
    for number in (signal.SIGUSR1, signal.SIGUSR2):
        supervised.signal(number)
        supervised.wait_line(rf"SIGNAL \w+ {int(number)}$")

    assert supervised.process.poll() is None


@pytest.mark.behaviour("stop-times-do-not-change", "outside-sigterm-no-deadline")
def test_every_term_from_outside_is_forwarded(kubexit: Kubexit, actor: str) -> None:
    """If kubexit has not stopped the command, a second SIGTERM from outside is forwarded like the first."""
    supervised = kubexit.start(actor, "ready-then-wait")
    supervised.wait_line("READY")
    for count in (1, 2, 3):
        supervised.signal(signal.SIGTERM)
        supervised.wait_line("SIGNAL TERM", count=count)
