"""What a dependency's death does to the command: stop signal, grace period, SIGKILL."""

import signal
import time

import pytest

from harness import processes
from harness.kubexit import Kubexit
from harness.waiting import eventually

pytestmark = pytest.mark.every_form


def die(kubexit: Kubexit, name: str = "db") -> None:
    """Write a dependency's death as the original does."""
    kubexit.carve(name, Born=True, Died=True, ExitCode=0)


@pytest.mark.behaviour("stop-signal-then-sigkill", "no-signal-after-exit")
def test_a_death_sends_the_stop_signal_at_once(kubexit: Kubexit, actor: str) -> None:
    """A dependency's death sends SIGTERM at once; a command that ends in time is not killed."""
    supervised = kubexit.start(actor, "ready-then-wait", "--exit", "TERM=7", DEATH_DEPS="db", GRACE_PERIOD="1h")
    supervised.wait_line("READY")
    die(kubexit)

    assert supervised.wait() == 7
    assert supervised.stdout == "READY\nSIGNAL TERM 15\n"
    tombstone = kubexit.tombstone()
    assert "Killed" not in tombstone
    assert "db" in tombstone["Reason"]


@pytest.mark.behaviour("stop-signal-then-sigkill", "sigkill-always-reaches")
def test_kill_after_grace(kubexit: Kubexit, actor: str) -> None:
    """A command that ignores the stop signal is killed when the grace period is over, not before."""
    supervised = kubexit.start(actor, "ready-then-wait", DEATH_DEPS="db", GRACE_PERIOD="1s")
    supervised.wait_line("READY")
    begin = time.monotonic()
    die(kubexit)

    assert supervised.wait() == 137
    assert time.monotonic() - begin >= 1
    assert supervised.stdout.count("SIGNAL TERM") == 1
    tombstone = kubexit.tombstone()
    assert (tombstone["ExitCode"], tombstone["Killed"]) == (137, True)


@pytest.mark.behaviour("sigkill-always-reaches")
def test_a_stopped_command_is_killed(kubexit: Kubexit, actor: str) -> None:
    """A command that has stopped itself is killed all the same."""
    supervised = kubexit.start(actor, "stop-self", DEATH_DEPS="db", GRACE_PERIOD="50ms")
    supervised.wait_line("READY")
    eventually(lambda: processes.state(supervised.command_pid()) == "T", "the command stopped")
    die(kubexit)

    assert supervised.wait() == 137


@pytest.mark.behaviour("sigkill-always-reaches")
def test_command_that_forks_without_end(kubexit: Kubexit, actor: str) -> None:
    """A command that ignores everything and forks without end is killed."""
    supervised = kubexit.start(actor, "fork-bomb-lite", DEATH_DEPS="db", GRACE_PERIOD="50ms")
    supervised.wait_line("READY")
    die(kubexit)

    assert supervised.wait() == 137


@pytest.mark.behaviour("sigkill-always-reaches")
@pytest.mark.parametrize("pid1", [False, True], ids=["not-pid1", "pid1"])
def test_a_busy_command_dies_of_sigterm(kubexit: Kubexit, actor: str, pid1: bool) -> None:
    """A command that never sleeps dies of the stop signal."""
    supervised = kubexit.start(actor, "spin", DEATH_DEPS="db", pid1=pid1)
    supervised.wait_line("READY")
    die(kubexit)

    assert supervised.wait() == 143


@pytest.mark.behaviour("grace-period-zero")
def test_grace_of_nothing(kubexit: Kubexit, actor: str) -> None:
    """With a grace period of 0 the stop signal and SIGKILL are sent at once."""
    supervised = kubexit.start(actor, "stop-self", DEATH_DEPS="db", GRACE_PERIOD="0")
    supervised.wait_line("READY")
    die(kubexit)

    assert supervised.wait() == 137
    assert kubexit.tombstone()["Killed"] is True


@pytest.mark.behaviour("two-deaths-stop-once")
def test_two_dependencies_at_once(kubexit: Kubexit, actor: str) -> None:
    """Two dependencies that die together cause one stop signal.

    Fails when each death starts its own stop: kubexit is stopped until both tombstones are there, and a second SIGTERM
    would come before the SIGKILL.
    """
    supervised = kubexit.start(actor, "ready-then-wait", DEATH_DEPS="db,cache", GRACE_PERIOD="1s")
    supervised.wait_line("READY")
    supervised.signal(signal.SIGSTOP)
    die(kubexit, "db")
    die(kubexit, "cache")
    supervised.signal(signal.SIGCONT)

    assert supervised.wait() == 137
    assert supervised.stdout.count("SIGNAL TERM") == 1


@pytest.mark.behaviour("two-deaths-stop-once", "stop-times-do-not-change")
def test_repeated_triggers_do_not_restart_the_grace_period(kubexit: Kubexit, actor: str) -> None:
    """Deaths and SIGTERMs that keep coming neither restart nor shorten the grace period, nor send anything again.

    Fails when a trigger restarts the timer: they come faster than the grace period lasts, so it would never end.
    """
    supervised = kubexit.start(actor, "ready-then-wait", DEATH_DEPS="db,cache", GRACE_PERIOD="1s")
    supervised.wait_line("READY")
    begin = time.monotonic()
    die(kubexit)
    supervised.wait_line("SIGNAL TERM")
    for round_ in range(10_000):
        if supervised.process.poll() is not None:
            break
        kubexit.carve("cache", Born=True)
        die(kubexit, "cache" if round_ % 2 else "db")
        supervised.signal(signal.SIGTERM)
        time.sleep(0.01)  # the beat of the triggers, not a wait for anything

    assert supervised.wait() == 137
    assert time.monotonic() - begin >= 1
    assert supervised.stdout.count("SIGNAL TERM") == 1


@pytest.mark.behaviour("stop-times-do-not-change", "signals-forwarded")
def test_other_signals_are_still_forwarded(kubexit: Kubexit, actor: str) -> None:
    """During the grace period other signals from outside are forwarded as before it."""
    supervised = kubexit.start(actor, "ready-then-wait", "--exit", "USR1=4", DEATH_DEPS="db", GRACE_PERIOD="1h")
    supervised.wait_line("READY")
    die(kubexit)
    supervised.wait_line("SIGNAL TERM")
    supervised.signal(signal.SIGUSR1)

    assert supervised.wait() == 4


@pytest.mark.behaviour("deletion-is-no-death", "death-policy")
def test_reborn_dependency_does_not_call_the_stop_off(kubexit: Kubexit, actor: str) -> None:
    """A stop that has begun is completed, also when the dependency is born again."""
    supervised = kubexit.start(actor, "ready-then-wait", DEATH_DEPS="db", GRACE_PERIOD="1s")
    supervised.wait_line("READY")
    die(kubexit)
    supervised.wait_line("SIGNAL TERM")
    kubexit.carve("db", Born=True)

    assert supervised.wait() == 137
