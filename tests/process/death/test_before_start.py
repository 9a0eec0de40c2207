"""If a dependency is dead already, the command does not start."""

import pytest

from harness.containers import lines
from harness.kubexit import Kubexit
from harness.supervised import Finished


def assert_not_started(finished: Finished, code: int) -> None:
    """Assert that the command printed nothing, and that the exit code is the expected one."""
    assert finished.stdout == ""
    assert finished.code == code


@pytest.mark.behaviour("dead-before-start", "dead-dependency-exits-quietly")
@pytest.mark.parametrize("code", [0, 1, 143, -1])
def test_a_dead_dependency_prevents_the_start(kubexit: Kubexit, code: int) -> None:
    """kubexit exits with 0, for any code of the dependency, and the tombstone says why."""
    kubexit.carve("main", Born=True, Died=True, ExitCode=code)
    finished = kubexit.run("echo", "BORN", name="sidecar", DEATH_DEPS="main")

    assert_not_started(finished, 0)
    stone = kubexit.tombstone("sidecar")
    assert stone is not None
    assert "main" in stone["Reason"]
    assert "Born" not in stone


@pytest.mark.behaviour("dead-dependency-exits-quietly")
def test_repeated_starts_stay_quiet(kubexit: Kubexit) -> None:
    """A sidecar that the kubelet starts again and again exits with 0, without a warning: one line at its first start,
    two after a restart, since it waits then."""
    kubexit.carve("main", Born=True, Died=True, ExitCode=0)
    for expected in (1, 2, 2):
        finished = kubexit.run("echo", "BORN", name="sidecar", DEATH_DEPS="main", REBIRTH_TIMEOUT="50ms")

        assert_not_started(finished, 0)
        assert lines(finished.stderr, "warn") + lines(finished.stderr, "error") == []
        assert len(finished.stderr.splitlines()) == expected


@pytest.mark.behaviour("dead-before-start", "dead-dependency-exits-quietly")
def test_without_waiting_for_births(kubexit: Kubexit) -> None:
    """kubexit does not wait for births first."""
    kubexit.carve("main", Born=True, Died=True, ExitCode=0)
    finished = kubexit.run(
        "echo", "BORN", name="sidecar", DEATH_DEPS="main", BIRTH_DEPS="db:born", BIRTH_TIMEOUT="infinite"
    )

    assert_not_started(finished, 0)


@pytest.mark.behaviour("dead-before-start", "crashed-proxy-is-no-success")
@pytest.mark.parametrize("births", ["proxy", "proxy:born", "proxy:died", "proxy:succeeded", "db:born,proxy"])
@pytest.mark.parametrize("code", [0, 1])
def test_a_dead_birth_dependency_exits_with_69(kubexit: Kubexit, births: str, code: int) -> None:
    """kubexit exits with 69 if it also waits for that birth: a main without its proxy has not done its work."""
    kubexit.carve("proxy", Born=True, Died=True, ExitCode=code)
    finished = kubexit.run(
        "echo", "BORN", DEATH_DEPS="proxy", BIRTH_DEPS=births, BIRTH_SOURCE="graveyard", BIRTH_TIMEOUT="infinite"
    )

    assert_not_started(finished, 69)


@pytest.mark.behaviour("dead-before-start", "death-policy")
@pytest.mark.parametrize(("dead", "started"), [(("a",), True), (("a", "b"), False)])
def test_with_all_every_death_is_needed(kubexit: Kubexit, dead: tuple[str, ...], started: bool) -> None:
    """With the policy all, the start is prevented only when all of them are dead."""
    for name in dead:
        kubexit.carve(name, Born=True, Died=True, ExitCode=0)
    finished = kubexit.run("echo", "BORN", name="sidecar", DEATH_DEPS="a,b", DEATH_POLICY="all")

    assert (finished.stdout == "BORN\n") == started
    assert finished.code == 0


@pytest.mark.behaviour("restarted-dependency-has-old-death", "dead-before-start")
@pytest.mark.parametrize(
    ("condition", "code", "started"),
    [
        ("died", 0, False),
        ("died", 1, False),
        ("failed", 0, True),
        ("failed", 1, False),
        ("succeeded", 0, False),
        ("succeeded", 1, True),
    ],
)
def test_only_the_named_kind_of_death_counts(kubexit: Kubexit, condition: str, code: int, started: bool) -> None:
    """With a condition, only a death of that kind counts: a main that failed and is started again keeps its sidecar."""
    kubexit.carve("main", Born=True, Died=True, ExitCode=code)
    finished = kubexit.run("echo", "BORN", name="sidecar", DEATH_DEPS=f"main:{condition}")

    assert (finished.stdout == "BORN\n") == started


@pytest.mark.behaviour("dead-before-start")
def test_a_living_dependency_is_no_obstacle(kubexit: Kubexit) -> None:
    """A dependency that lives does not prevent the start."""
    kubexit.carve("main", Born=True)

    assert kubexit.run("echo", "BORN", name="sidecar", DEATH_DEPS="main").stdout == "BORN\n"
