"""The same name alive twice: the second stays out of the graveyard and supervises like a plain init."""

import signal

import pytest

from harness.containers import lines, running, waiting
from harness.kubexit import Kubexit
from harness.observer import Event, Observer


def changes(eye: Observer) -> list[Event]:
    """Return what happened to the graveyard, except the look at the first's FIFO."""
    return [event for event in eye.so_far() if (event.kind, event.file) != ("IN_CLOSE_WRITE", ".main.alive")]


@pytest.mark.behaviour("name-already-alive")
@pytest.mark.parametrize("code", [0, 3])
def test_a_second_of_the_name_leaves_no_trace(kubexit: Kubexit, code: int) -> None:
    """The second runs its command, returns its code, warns once, and leaves no trace."""
    first = running(kubexit, "main")
    kubexit.wait_tombstone("main", "Born")
    eye = Observer(kubexit.graveyard)
    second = kubexit.run("sh", "-c", f"echo BORN; exit {code}")

    assert (second.code, second.stdout) == (code, "BORN\n")
    assert len(lines(second.stderr, "warn")) == 1
    assert changes(eye) == []
    assert first.process.poll() is None


@pytest.mark.behaviour("kubexit-in-kubexit", "name-already-alive")
def test_nested_kubexit_writes_one_tombstone(kubexit: Kubexit) -> None:
    """kubexit inside kubexit works: one tombstone, the outer one's, with the command's code."""
    finished = kubexit.run(kubexit.path, "sh", "-c", "echo BORN; exit 3")

    assert (finished.code, finished.stdout) == (3, "BORN\n")
    assert (kubexit.tombstone() or {})["ExitCode"] == 3
    assert len(lines(finished.stderr, "warn")) == 1


@pytest.mark.behaviour("name-already-alive")
def test_the_second_forwards_signals(kubexit: Kubexit) -> None:
    """The second forwards signals as any supervisor does."""
    running(kubexit, "main")
    second = running(kubexit, "main", "TERM=5")
    second.signal(signal.SIGTERM)

    assert second.wait() == 5


@pytest.mark.behaviour("name-already-alive")
def test_the_second_ignores_its_dependencies(kubexit: Kubexit) -> None:
    """The second waits for no container and ends for none. Shown to fail by giving it another name."""
    running(kubexit, "main")
    kubexit.carve("db", Born=True, Died=True, ExitCode=0)
    second = kubexit.run("echo", "BORN", DEATH_DEPS="db", BIRTH_DEPS="other:born", BIRTH_TIMEOUT="0")

    assert (second.code, second.stdout) == (0, "BORN\n")


@pytest.mark.behaviour("name-already-alive")
def test_while_the_first_waits_for_birth(kubexit: Kubexit) -> None:
    """A first that has written nothing yet is alive too."""
    waiting(kubexit, "main", BIRTH_DEPS="db:born")
    second = kubexit.run("true")

    assert second.code == 0
    assert "Born" not in (kubexit.tombstone() or {})


@pytest.mark.behaviour("name-already-alive")
def test_the_crash_of_the_second_is_no_death(kubexit: Kubexit) -> None:
    """The crash of the second is not a death: a peer sees the first's later end."""
    first = running(kubexit, "main", "TERM=4")
    second = running(kubexit, "main")
    sidecar = running(kubexit, DEATH_DEPS="main", POLL_INTERVAL="0")
    second.kill()
    first.signal(signal.SIGTERM)
    first.wait()
    sidecar.wait()

    assert (kubexit.tombstone("sidecar") or {})["Reason"] == "dependency main died with exit code 4"


@pytest.mark.behaviour("bad-setting-exits-with-2", "name-already-alive")
@pytest.mark.parametrize("settings", [{"GRACE_PERIOD": "30"}, {"DEATH_DEPS": "main"}, {"DISABLED": "perhaps"}], ids=str)
def test_a_second_with_bad_settings_writes_nothing(kubexit: Kubexit, settings: dict[str, str]) -> None:
    """A second with bad settings is refused and writes nothing over the living first."""
    running(kubexit, "main")
    kubexit.wait_tombstone("main", "Born")
    eye = Observer(kubexit.graveyard)
    second = kubexit.run("echo", "BORN", **settings)

    assert (second.code, second.stdout) == (2, "")
    assert changes(eye) == []


@pytest.mark.behaviour("name-already-alive")
def test_a_second_without_command_writes_nothing(kubexit: Kubexit) -> None:
    """A second without a command writes nothing either, for example after a mistyped kubectl exec."""
    running(kubexit, "main")
    kubexit.wait_tombstone("main", "Born")
    eye = Observer(kubexit.graveyard)

    assert kubexit.run().code == 2
    assert changes(eye) == []


@pytest.mark.behaviour("name-already-alive")
def test_after_the_first(kubexit: Kubexit) -> None:
    """When the first has ended, the name is free."""
    first = running(kubexit, "main")
    first.signal(signal.SIGTERM)
    first.wait()
    second = kubexit.run("sh", "-c", "exit 9")

    assert lines(second.stderr, "warn") == []
    assert (kubexit.tombstone() or {})["ExitCode"] == 9


@pytest.mark.behaviour("name-already-alive")
def test_the_second_stays_outside_without_fifos(kubexit: Kubexit) -> None:
    """Without FIFOs the second stays outside too, and a peer does not take its end for the first's."""
    first = running(kubexit, "main", "TERM=4", LIVENESS="false")
    kubexit.wait_tombstone("main", "Born")
    eye = Observer(kubexit.graveyard)
    second = kubexit.run("sh", "-c", "echo BORN; exit 9", LIVENESS="false")

    assert (second.code, second.stdout) == (9, "BORN\n")
    assert len(lines(second.stderr, "warn")) == 1
    assert changes(eye) == []
    first.signal(signal.SIGTERM)
    assert first.wait() == 4
    assert (kubexit.tombstone() or {})["ExitCode"] == 4


@pytest.mark.behaviour("kubexit-in-kubexit", "name-already-alive")
def test_nested_kubexit_works_without_fifos(kubexit: Kubexit) -> None:
    """kubexit inside kubexit works without FIFOs too: one tombstone, the outer one's."""
    main = kubexit.start(
        "sh", "-c", f"{kubexit.path} true; exec {kubexit.program()} ready-then-wait --exit TERM=3", LIVENESS="false"
    )
    main.wait_line("^READY$")

    assert "Died" not in kubexit.wait_tombstone("main", "Born")
    main.signal(signal.SIGTERM)
    assert main.wait() == 3


@pytest.mark.behaviour("bad-setting-exits-with-2", "name-already-alive")
def test_a_refused_second_writes_nothing_without_fifos(kubexit: Kubexit) -> None:
    """Without FIFOs, a second with bad settings writes nothing over the living first either."""
    running(kubexit, "main", LIVENESS="false")
    kubexit.wait_tombstone("main", "Born")
    second = kubexit.run("echo", "BORN", LIVENESS="false", GRACE_PERIOD="30")

    assert second.code == 2
    assert "Died" not in (kubexit.tombstone() or {})


@pytest.mark.behaviour("name-already-alive")
def test_a_killed_run_frees_the_name_without_fifos(kubexit: Kubexit) -> None:
    """A birth that a killed run left does not mean that the name is in use."""
    first = running(kubexit, "main", LIVENESS="false")
    kubexit.wait_tombstone("main", "Born")
    first.kill()
    second = kubexit.run("sh", "-c", "exit 9", LIVENESS="false")

    assert lines(second.stderr, "warn") == []
    assert (kubexit.tombstone() or {})["ExitCode"] == 9


@pytest.mark.behaviour("name-already-alive")
def test_long_names_that_begin_alike_are_two(kubexit: Kubexit) -> None:
    """Two long names are two names, even if they differ in their last letter only."""
    running(kubexit, "x" * 239 + "1", LIVENESS="false")
    other = kubexit.run("true", name="x" * 239 + "2", LIVENESS="false")

    assert lines(other.stderr, "warn") == []


@pytest.mark.behaviour("name-already-alive")
@pytest.mark.parametrize("code", ["keep", "zero"])
def test_a_second_without_liveness_respects_the_first(kubexit: Kubexit, code: str) -> None:
    """A second that keeps no FIFO itself respects the first's."""
    running(kubexit, "main")
    kubexit.wait_tombstone("main", "Born")
    second = kubexit.run("sh", "-c", "exit 9", LIVENESS="false", EXIT_CODE_ON_STOP=code)

    assert second.code == 9
    assert "Died" not in (kubexit.tombstone() or {})
    assert (kubexit.graveyard / ".main.alive").exists()
