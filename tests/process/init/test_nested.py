"""kubexit that wraps kubexit works."""

import signal

import pytest

from harness.kubexit import Kubexit

pytestmark = pytest.mark.every_form


def inner(kubexit: Kubexit, *command: str, name: str = "inner") -> list[str]:
    """A command line for kubexit under another name."""
    return ["env", f"KUBEXIT_NAME={name}", kubexit.path, *command]


@pytest.mark.behaviour("kubexit-in-kubexit")
def test_code_passes_through_both(kubexit: Kubexit, actor: str) -> None:
    """The code of the innermost command is the code of all."""
    finished = kubexit.run(*inner(kubexit, actor, "exit", "9"))

    assert finished.code == 9
    assert kubexit.tombstone("main")["ExitCode"] == 9
    assert kubexit.tombstone("inner")["ExitCode"] == 9


@pytest.mark.behaviour("signal-death-is-128-plus-n", "kubexit-in-kubexit")
def test_signal_death_passes_through_both(kubexit: Kubexit, actor: str) -> None:
    """128+n of the inner one stays 128+n in the outer one."""
    assert kubexit.run(*inner(kubexit, actor, "die", "KILL")).code == 137


@pytest.mark.behaviour("signals-forwarded", "kubexit-in-kubexit")
def test_signals_pass_through_both(kubexit: Kubexit, actor: str) -> None:
    """A signal to the outer one reaches the innermost command once."""
    supervised = kubexit.start(*inner(kubexit, actor, "ready-then-wait", "--exit", "TERM=7"))
    supervised.wait_line("READY")
    supervised.signal(signal.SIGUSR1)
    supervised.wait_line("SIGNAL USR1")
    supervised.signal(signal.SIGTERM)

    assert supervised.wait() == 7
    assert supervised.stdout.count("SIGNAL") == 2


@pytest.mark.behaviour("kubexit-in-kubexit", "name-already-alive")
def test_same_name_twice(kubexit: Kubexit, actor: str) -> None:
    """Under the same name the inner one warns once, leaves the graveyard alone and supervises as a plain init."""
    finished = kubexit.run(kubexit.path, actor, "exit", "9")

    assert finished.code == 9
    assert finished.stderr.count(" warn ") == 1, finished.stderr
    assert list(kubexit.tombstone()) == ["Born", "Died", "ExitCode", "Life", "Probe"]
    assert [path.name for path in kubexit.graveyard.iterdir()] == ["main"]


@pytest.mark.behaviour("stop-signal-then-sigkill", "kubexit-in-kubexit", "name-already-alive")
def test_same_name_twice_under_a_dependencys_death(kubexit: Kubexit, actor: str) -> None:
    """Under one name a dependency's death sends the innermost command one SIGTERM: only the outer kubexit acts."""
    supervised = kubexit.start(kubexit.path, actor, "ready-then-wait", DEATH_DEPS="db", GRACE_PERIOD="1h")
    supervised.wait_line("READY")
    kubexit.carve("db", Born=True, Died=True, ExitCode=0)
    supervised.wait_line("SIGNAL TERM")
    supervised.signal(signal.SIGUSR1)
    supervised.wait_line("SIGNAL USR1")

    assert supervised.stdout.count("SIGNAL TERM") == 1
