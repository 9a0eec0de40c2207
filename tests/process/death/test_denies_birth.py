"""A dead dependency that the birth depends on too is a failure, even if others are dead too."""

import pytest

from harness.containers import waiting
from harness.kubexit import Kubexit

UNAVAILABLE = 69


@pytest.mark.behaviour("dead-before-start", "crashed-proxy-is-no-success")
@pytest.mark.parametrize("policy", ["any", "all"])
@pytest.mark.parametrize("deaths", ["logger,proxy", "proxy,logger"])
@pytest.mark.parametrize("birth", ["proxy", "proxy:born", "proxy:died", "proxy:succeeded"])
def test_both_dead_before_start(kubexit: Kubexit, policy: str, deaths: str, birth: str) -> None:
    """In any order of the list, a main without its proxy does not look like a success."""
    kubexit.carve("logger", Born=True, Died=True, ExitCode=0)
    kubexit.carve("proxy", Born=True, Died=True, ExitCode=1)
    finished = kubexit.run(
        "echo", "BORN", DEATH_DEPS=deaths, DEATH_POLICY=policy, BIRTH_DEPS=birth, BIRTH_SOURCE="graveyard"
    )

    assert (finished.code, finished.stdout) == (UNAVAILABLE, "")
    assert (kubexit.tombstone() or {})["ExitCode"] == UNAVAILABLE


@pytest.mark.behaviour("death-during-birth-wait", "crashed-proxy-is-no-success")
@pytest.mark.parametrize("order", ["logger proxy", "proxy logger"])
def test_both_die_during_the_wait(kubexit: Kubexit, order: str) -> None:
    """The order of the deaths does not matter either, if both are needed."""
    container = waiting(
        kubexit,
        "main",
        DEATH_DEPS="logger,proxy",
        DEATH_POLICY="all",
        BIRTH_DEPS="proxy:ready",
        BIRTH_SOURCE="graveyard",
    )
    for name in order.split():
        kubexit.carve(name, Born=True, Died=True, ExitCode=0)

    assert container.wait() == UNAVAILABLE
    assert container.stdout == ""


@pytest.mark.behaviour("dead-before-start")
@pytest.mark.parametrize("policy", ["any", "all"])
def test_neither_is_a_birth_dependency(kubexit: Kubexit, policy: str) -> None:
    """If no dead dependency is a birth dependency, nothing is left to do, which is no failure."""
    for name in ("logger", "proxy"):
        kubexit.carve(name, Born=True, Died=True, ExitCode=1)
    finished = kubexit.run("echo", "BORN", DEATH_DEPS="logger,proxy", DEATH_POLICY=policy, BIRTH_DEPS="db:born")

    assert (finished.code, finished.stdout) == (0, "")
