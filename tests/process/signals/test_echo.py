"""Signals that the command sends to kubexit, with `kill 0` or by its parent's pid, do not start a loop."""

import os
import signal

import pytest

from harness.kubexit import Kubexit
from harness.supervised import Supervised

pytestmark = pytest.mark.every_form

ROUNDS = 20


def gets_its_echo_once(supervised: Supervised, last: signal.Signals) -> None:
    """The command answers SIGTERM to kubexit, gets that once and not again; it exits with 4 at the last signal."""
    supervised.wait_line("READY")
    supervised.signal(signal.SIGTERM)
    supervised.wait_line("TERM", count=2)
    for count in range(1, ROUNDS + 1):
        supervised.signal(signal.SIGWINCH)
        supervised.wait_line("WINCH from pid .*: forwarded", "stderr", count=count)
    supervised.signal(last)

    assert supervised.wait() == 4
    assert supervised.stdout.count("TERM") == 2


@pytest.mark.behaviour("signals-forwarded", "one-sigterm-not-two")
def test_group_signalled_at_each_term(kubexit: Kubexit, actor: str) -> None:
    """A command that answers a SIGTERM with `kill 0`, in kubexit's group, does not get its signal back endlessly.

    Fails when each SIGTERM is forwarded: then every round, in which kubexit and the command run again, brings at
    least one. Of several pending signals the lowest number is delivered first: SIGTERM before SIGWINCH.
    """
    supervised = kubexit.start(actor, "echo-group", "TERM", "--exit", "PWR=4", preexec_fn=os.setsid)
    supervised.wait_line("READY")
    supervised.signal(signal.SIGTERM)
    supervised.wait_line("SIGNAL TERM")
    for count in range(1, ROUNDS + 1):
        supervised.signal(signal.SIGWINCH)
        supervised.wait_line("SIGNAL WINCH", count=count)
    supervised.signal(signal.SIGPWR)

    assert supervised.wait() == 4
    # One from outside, one that came back, and each time the command's own.
    assert 2 <= supervised.stdout.count("SIGNAL TERM") <= 4


@pytest.mark.behaviour("signals-forwarded", "echo-from-own-group")
def test_own_group_that_signals_its_parent(kubexit: Kubexit) -> None:
    """A command with its own group that answers SIGTERM by a SIGTERM to its parent gets its own back once.

    Fails when each is passed on: the rounds would never end.
    """
    script = "trap 'echo TERM; kill -TERM $PPID' TERM; trap 'exit 4' USR1; echo READY; while :; do sleep 0.01; done"
    supervised = kubexit.start("sh", "-c", script, SIGNAL_GROUP=True, LOG_LEVEL="debug")
    gets_its_echo_once(supervised, signal.SIGUSR1)


@pytest.mark.behaviour("signals-forwarded", "signal-map")
def test_a_mapped_signal_to_the_parent(kubexit: Kubexit) -> None:
    """A command that answers SIGTERM by a signal that comes back to it as SIGTERM gets that once.

    Fails when each is passed on: the rounds would never end.
    """
    script = "trap 'echo TERM; kill -USR1 $PPID' TERM; trap 'exit 4' USR2; echo READY; while :; do sleep 0.01; done"
    supervised = kubexit.start("sh", "-c", script, SIGNAL_MAP="USR1:TERM", LOG_LEVEL="debug")
    gets_its_echo_once(supervised, signal.SIGUSR2)


@pytest.mark.behaviour("signals-forwarded")
@pytest.mark.parametrize("name", ["TERM", "INT", "QUIT", "HUP"])
def test_sent_to_the_parent(kubexit: Kubexit, actor: str, name: str) -> None:
    """A signal that the command sends to its parent, as in `kill 1`, comes back to it, once.

    Fails when it comes back twice: WINCH is sent after it and, of the two, printed last, as it has the higher number.
    """
    supervised = kubexit.start(actor, "signal-parent", name, "--exit", "PWR=6")
    supervised.wait_line(f"SIGNAL {name}")
    supervised.signal(signal.SIGWINCH)
    supervised.wait_line("SIGNAL WINCH")
    supervised.signal(signal.SIGPWR)

    assert supervised.wait() == 6
    assert supervised.stdout.count(f"SIGNAL {name}") == 1


@pytest.mark.behaviour("signals-forwarded", "one-sigterm-not-two")
@pytest.mark.parametrize("own_group", [False, True], ids=["shared-group", "own-group"])
def test_is_no_request_from_outside(kubexit: Kubexit, actor: str, own_group: bool) -> None:
    """A SIGTERM that the command sent itself does not ask it to end: a dependency's death still sends the signal."""
    supervised = kubexit.start(
        actor, "signal-parent", "TERM", DEATH_DEPS="db", GRACE_PERIOD="1h", SIGNAL_GROUP=own_group
    )
    supervised.wait_line("SIGNAL TERM")
    kubexit.carve("db", Born=True, Died=True, ExitCode=0)

    supervised.wait_line("SIGNAL TERM", count=2)
    supervised.wait_line("dependency db died with exit code 0: sent SIGTERM", stream="stderr")


@pytest.mark.behaviour("signals-forwarded", "one-sigterm-not-two")
def test_group_is_no_request_from_outside(kubexit: Kubexit, actor: str) -> None:
    """A `kill 0` is no request either, although kubexit is in the command's group and gets the signal too."""
    supervised = kubexit.start(
        actor, "echo-group", "TERM", preexec_fn=os.setsid, DEATH_DEPS="db", GRACE_PERIOD="1h", LOG_LEVEL="debug"
    )
    supervised.wait_line("READY")
    os.kill(supervised.command_pid(), signal.SIGTERM)
    supervised.wait_line("SIGTERM from pid .*: forwarded", stream="stderr")
    kubexit.carve("db", Born=True, Died=True, ExitCode=0)

    supervised.wait_line("dependency db died with exit code 0: sent SIGTERM", stream="stderr")
