"""KUBEXIT_DEATH_POLICY: any dead dependency ends the command, or all of them together."""

import os
import signal

import pytest

from harness import processes
from harness.containers import fenced_off, running
from harness.kubexit import Kubexit
from harness.supervised import Supervised
from harness.waiting import eventually


def paused(container: Supervised) -> None:
    """Stop a supervisor until resume(): it sees all that happens meanwhile at once."""
    os.kill(container.pid, signal.SIGSTOP)
    eventually(lambda: processes.state(container.pid) == "T", "kubexit is stopped")


def resume(container: Supervised) -> None:
    os.kill(container.pid, signal.SIGCONT)


@pytest.mark.behaviour("death-policy")
@pytest.mark.parametrize("first", ["a", "b", "c"])
def test_by_default_one_death_is_enough(kubexit: Kubexit, first: str) -> None:
    """By default the first death of any dependency ends the command."""
    container = running(kubexit, DEATH_DEPS="a,b,c", POLL_INTERVAL="0")
    kubexit.carve(first, Died=True, ExitCode=0)

    assert container.wait() == 0
    assert f"dependency {first} " in (kubexit.tombstone("sidecar") or {})["Reason"]


@pytest.mark.behaviour("death-policy")
@pytest.mark.parametrize("order", ["ab", "ba"])
def test_with_all_the_last_death_counts(kubexit: Kubexit, order: str) -> None:
    """With all, the last death ends the command. The order shows that the first did not: its peer was not even born."""
    container = running(kubexit, DEATH_DEPS="a,b", DEATH_POLICY="all", POLL_INTERVAL="0")
    kubexit.carve(order[0], Born=True, Died=True, ExitCode=0)
    kubexit.carve(order[1], Born=True)
    kubexit.carve(order[1], Born=True, Died=True, ExitCode=5)
    container.wait()

    assert container.stdout.count("SIGNAL") == 1


@pytest.mark.behaviour("tombstone-has-exit-code", "death-policy")
@pytest.mark.parametrize("order", ["ab", "ba"])
def test_the_last_is_the_reason(kubexit: Kubexit, order: str) -> None:
    """With all, the dependency that died last is the reason, and its code the one to return if so set."""
    container = running(
        kubexit, DEATH_DEPS="a,b", DEATH_POLICY="all", EXIT_CODE_ON_STOP="dependency", LOG_LEVEL="debug"
    )
    kubexit.carve(order[0], Born=True, Died=True, ExitCode=5)
    container.wait_line(f"dependency {order[0]}: died", stream="stderr")
    kubexit.carve(order[1], Born=True, Died=True, ExitCode=6)

    assert container.wait() == 6
    assert f"dependency {order[1]} " in (kubexit.tombstone("sidecar") or {})["Reason"]


@pytest.mark.behaviour("death-policy")
def test_a_reborn_dependency_is_alive(kubexit: Kubexit) -> None:
    """A dependency that was born again is alive: a dies, is reborn, b dies, and only a's second death counts."""
    container = running(kubexit, DEATH_DEPS="a,b", DEATH_POLICY="all", LOG_LEVEL="debug", POLL_INTERVAL="0")
    kubexit.carve("a", Born=True, Died=True, ExitCode=0)
    container.wait_line("dependency a: died", stream="stderr")
    kubexit.carve("a", Born=True)
    container.wait_line("dependency a: born", stream="stderr")
    kubexit.carve("b", Born=True, Died=True, ExitCode=0)
    container.wait_line("dependency b: died", stream="stderr")
    kubexit.carve("a", Born=True, Died=True, ExitCode=4)
    container.wait()

    assert container.stdout.count("SIGNAL") == 1
    assert 0 < container.stderr.find("dependency a: died with exit code 4") < container.stderr.find("sent SIGTERM")


@pytest.mark.behaviour("deletion-is-no-death", "death-policy")
def test_a_removed_tombstone_is_not_dead(kubexit: Kubexit) -> None:
    """A dependency whose tombstone was removed is about to be born again, not dead."""
    container = running(kubexit, DEATH_DEPS="a,b", DEATH_POLICY="all", LOG_LEVEL="debug", POLL_INTERVAL="0")
    kubexit.carve("a", Born=True, Died=True, ExitCode=0)
    container.wait_line("dependency a: died", stream="stderr")
    (kubexit.graveyard / "a").unlink()
    container.wait_line("dependency a: not born", stream="stderr")
    kubexit.carve("b", Born=True, Died=True, ExitCode=0)
    container.wait_line("dependency b: died", stream="stderr")
    kubexit.carve("a", Born=True, Died=True, ExitCode=4)
    container.wait()

    assert 0 < container.stderr.find("dependency a: died with exit code 4") < container.stderr.find("sent SIGTERM")


@pytest.mark.behaviour("crash-seen-by-peers", "death-policy")
def test_crashed_and_reborn_unseen(kubexit: Kubexit) -> None:
    """A dependency that crashed and was born again while we could not look is alive.

    Shown to fail by leaving out its second start.
    """
    container = running(kubexit, DEATH_DEPS="a,b", DEATH_POLICY="all", LOG_LEVEL="debug", POLL_INTERVAL="0")
    kubexit.carve("b", Born=True, Died=True, ExitCode=0)
    container.wait_line("dependency b: died", stream="stderr")
    first = running(kubexit, "a")
    container.wait_line("dependency a: born", stream="stderr")
    paused(container)
    first.kill()
    second = running(kubexit, "a", "TERM=6")
    kubexit.wait_tombstone("a", "Born")
    resume(container)
    container.wait_line("CONT", stream="stderr")
    second.signal(signal.SIGTERM)
    second.wait()
    container.wait()

    assert 0 < container.stderr.find("dependency a: died with exit code 6") < container.stderr.find("sent SIGTERM")


@pytest.mark.behaviour("restarted-dependency-has-old-death", "crash-seen-by-peers")
def test_succeeded_and_reborn_unseen(kubexit: Kubexit) -> None:
    """A dependency that ended in order and was born again while we could not look has not failed.

    Shown to fail by killing its first run.
    """
    container = running(kubexit, DEATH_DEPS="main:failed,fence", LOG_LEVEL="debug", POLL_INTERVAL="0")
    first = running(kubexit, "main")
    container.wait_line("dependency main: born", stream="stderr")
    paused(container)
    first.signal(signal.SIGTERM)
    assert first.wait() == 0
    running(kubexit, "main")
    kubexit.wait_tombstone("main", "Born")
    resume(container)

    fenced_off(kubexit, container)


@pytest.mark.behaviour("two-deaths-stop-once")
@pytest.mark.parametrize("policy", ["any", "all"])
def test_two_deaths_cause_one_stop(kubexit: Kubexit, policy: str) -> None:
    """Two deaths at the same moment cause one stop signal and one grace period."""
    container = running(kubexit, exits="", DEATH_DEPS="a,b", DEATH_POLICY=policy, GRACE_PERIOD="1s", POLL_INTERVAL="0")
    paused(container)
    kubexit.carve("a", Born=True, Died=True, ExitCode=0)
    kubexit.carve("b", Born=True, Died=True, ExitCode=0)
    resume(container)

    assert container.wait() == 137
    assert container.stdout.count("SIGNAL TERM") == 1
    assert container.stderr.count("sent SIGKILL") == 1


@pytest.mark.behaviour("death-policy", "stop-times-do-not-change")
def test_a_second_death_changes_nothing(kubexit: Kubexit) -> None:
    """A dependency that dies, is reborn and dies again stops the command once, at its first death."""
    container = running(kubexit, exits="", DEATH_DEPS="a", GRACE_PERIOD="1s", POLL_INTERVAL="0")
    for _ in range(2):
        kubexit.carve("a", Born=True, Died=True, ExitCode=0)
        container.wait_line("SIGNAL TERM")
        kubexit.carve("a", Born=True)

    assert container.wait() == 137
    assert container.stdout.count("SIGNAL TERM") == 1


@pytest.mark.behaviour("death-policy")
def test_all_with_conditions(kubexit: Kubexit) -> None:
    """With all, each dependency must be dead in the way that is named."""
    container = running(
        kubexit, DEATH_DEPS="a:succeeded,b:failed", DEATH_POLICY="all", LOG_LEVEL="debug", POLL_INTERVAL="0"
    )
    kubexit.carve("b", Died=True, ExitCode=1)
    kubexit.carve("a", Died=True, ExitCode=1)
    container.wait_line("dependency a: died with exit code 1", stream="stderr")
    kubexit.carve("a", Died=True, ExitCode=0)
    container.wait()

    assert container.stdout.count("SIGNAL") == 1
    container.wait_line("dependency a: died with exit code 0", stream="stderr")
