"""The death of a dependency ends the command."""

import pytest

from harness.containers import running
from harness.kubexit import Kubexit


@pytest.mark.behaviour("settings-of-the-original", "exit-after-death-is-written", "stop-signal-then-sigkill")
@pytest.mark.parametrize("code", [0, 1, 255])
def test_any_death_stops_the_command(kubexit: Kubexit, code: int) -> None:
    """A death with any code sends SIGTERM to the command; the tombstone has the reason."""
    container = running(kubexit, exits="TERM=3", DEATH_DEPS="main", POLL_INTERVAL="0")
    kubexit.carve("main", Born=True, Died=True, ExitCode=code)

    assert container.wait() == 3
    assert "SIGNAL TERM" in container.stdout
    assert (kubexit.tombstone("sidecar") or {})["Reason"] == f"dependency main died with exit code {code}"


@pytest.mark.behaviour("exit-after-death-is-written", "death-around-start-not-missed")
def test_of_one_another(kubexit: Kubexit) -> None:
    """A container sees the end of another one that runs under kubexit."""
    container = running(kubexit, DEATH_DEPS="main", POLL_INTERVAL="0")
    main = kubexit.run("true")

    assert main.code == 0
    assert container.wait() == 0


@pytest.mark.behaviour("lists-ignore-blanks-and-repeats")
@pytest.mark.parametrize("deps", ["main", " main ", "main,", ",main,,", "other, main", "main,main"])
def test_written_any_way(kubexit: Kubexit, deps: str) -> None:
    """Extra blanks and commas in the list do no harm."""
    container = running(kubexit, DEATH_DEPS=deps, POLL_INTERVAL="0")
    kubexit.carve("main", Died=True, ExitCode=0)

    assert container.wait() == 0


@pytest.mark.behaviour("names-of-tombstones")
@pytest.mark.parametrize(
    "name", ["-rf", "--", "größe", "x" * 240, "a.b", "$(id)", "*x", "%s%n", "C:".replace(":", ""), "'\"", "~"]
)
def test_hostile_names_work_as_others(kubexit: Kubexit, name: str) -> None:
    """Names that a shell or a careless program would not handle work as any other name."""
    container = running(kubexit, DEATH_DEPS=name, POLL_INTERVAL="0")
    main = running(kubexit, name)
    main.signal(15)

    assert main.wait() == 0
    assert container.wait() == 0
    assert name[:100] in (kubexit.tombstone("sidecar") or {})["Reason"]


@pytest.mark.behaviour("names-of-tombstones")
@pytest.mark.parametrize("dead", ["mai", "main2", "MAIN", "main.tmp", "xmain"])
def test_names_are_compared_as_a_whole(kubexit: Kubexit, dead: str) -> None:
    """The death of a similar name does not count. Shown to fail by writing `main`."""
    container = running(kubexit, DEATH_DEPS="main,fence")
    kubexit.carve(dead, Died=True, ExitCode=0)
    kubexit.carve("fence", Died=True, ExitCode=0)
    container.wait()

    assert "fence" in (kubexit.tombstone("sidecar") or {})["Reason"]


@pytest.mark.behaviour("death-between-fork-and-birth")
def test_a_container_may_have_128_dependencies(kubexit: Kubexit) -> None:
    """A container may depend on 128 others; the last of them counts."""
    names = [f"c{number}" for number in range(128)]
    container = running(kubexit, DEATH_DEPS=",".join(names), POLL_INTERVAL="0")
    kubexit.carve("c127", Died=True, ExitCode=0)

    assert container.wait() == 0
    assert "c127" in (kubexit.tombstone("sidecar") or {})["Reason"]
