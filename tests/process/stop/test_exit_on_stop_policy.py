"""KUBEXIT_EXIT_CODE_ON_STOP: which code kubexit exits with when kubexit itself stopped the command."""

import signal
from typing import Any

import pytest

from harness.kubexit import Kubexit


def stopped(
    kubexit: Kubexit, actor: str, died: int = 0, code: int = 7, **settings: Any
) -> tuple[int, dict[str, Any] | None]:
    """Stop a command by a dependency's death; return kubexit's exit code and tombstone."""
    supervised = kubexit.start(actor, "ready-then-wait", "--exit", f"TERM={code}", DEATH_DEPS="db", **settings)
    supervised.wait_line("READY")
    kubexit.carve("db", Born=True, Died=True, ExitCode=died)
    return supervised.wait(), kubexit.tombstone()


@pytest.mark.behaviour("exit-code-on-stop")
@pytest.mark.parametrize("settings", [{}, {"EXIT_CODE_ON_STOP": "keep"}], ids=["default", "keep"])
def test_by_default_the_commands_code_is_kept(kubexit: Kubexit, actor: str, settings: dict[str, Any]) -> None:
    """By default the command's own code is kept."""
    code, tombstone = stopped(kubexit, actor, **settings)

    assert code == 7
    assert tombstone["ExitCode"] == 7
    assert "CommandExitCode" not in tombstone
    assert "db" in tombstone["Reason"]


@pytest.mark.behaviour("tombstone-has-exit-code", "exit-code-on-stop")
@pytest.mark.parametrize(
    "settings", [{"EXIT_CODE_ON_STOP": "zero"}, {"IGNORE_CODE_ON_DEATH_DEPS": "true"}], ids=["zero", "ignore"]
)
def test_zero_exits_with_0_and_keeps_the_code(kubexit: Kubexit, actor: str, settings: dict[str, Any]) -> None:
    """`zero` exits with 0 and keeps the command's code in an extra key; the cortexlabs name means the same."""
    code, tombstone = stopped(kubexit, actor, **settings)

    assert code == 0
    assert tombstone["ExitCode"] == 0
    assert tombstone["CommandExitCode"] == 7


@pytest.mark.behaviour("tombstone-has-exit-code", "exit-code-on-stop")
@pytest.mark.parametrize("number", [0, 42, 255])
def test_a_number_is_the_code(kubexit: Kubexit, actor: str, number: int) -> None:
    """With a number, kubexit exits with that number."""
    code, tombstone = stopped(kubexit, actor, EXIT_CODE_ON_STOP=number)

    assert (code, tombstone["ExitCode"], tombstone["CommandExitCode"]) == (number, number, 7)


@pytest.mark.behaviour("signal-death-is-128-plus-n", "exit-code-on-stop")
@pytest.mark.parametrize(("died", "expected"), [(0, 0), (3, 3), (143, 143), (-1, 255)])
def test_dependency_exits_as_the_dependency_did(kubexit: Kubexit, actor: str, died: int, expected: int) -> None:
    """With `dependency`, kubexit exits as the dependency did; the -1 of the original's signal deaths is 255."""
    code, tombstone = stopped(kubexit, actor, died=died, EXIT_CODE_ON_STOP="dependency")

    assert (code, tombstone["ExitCode"], tombstone["CommandExitCode"]) == (expected, expected, 7)


@pytest.mark.behaviour("two-deaths-stop-once", "exit-code-on-stop")
def test_dependency_that_died_first(kubexit: Kubexit, actor: str) -> None:
    """`dependency` means the one whose death stopped the command, even if one that is named before it dies later.

    Fails when a death counts in a phase in which the table has no row for it.
    """
    supervised = kubexit.start(
        actor,
        "ready-then-wait",
        "--exit",
        "USR1=7",
        DEATH_DEPS="cache,db",
        EXIT_CODE_ON_STOP="dependency",
        GRACE_PERIOD="1h",
    )
    supervised.wait_line("READY")
    kubexit.carve("db", Born=True, Died=True, ExitCode=3)
    supervised.wait_line("SIGNAL TERM")
    kubexit.carve("cache", Born=True, Died=True, ExitCode=4)
    supervised.signal(signal.SIGUSR1)

    assert supervised.wait() == 3
    assert kubexit.tombstone()["CommandExitCode"] == 7


@pytest.mark.behaviour("crash-seen-by-peers", "exit-code-on-stop")
def test_dependency_that_crashed(kubexit: Kubexit, actor: str) -> None:
    """With `dependency`, kubexit exits with 137 when the dependency's supervisor was killed."""
    dependency = kubexit.start(actor, "plain", name="db")
    dependency.wait_line("READY")
    supervised = kubexit.start(
        actor, "ready-then-wait", "--exit", "TERM=7", DEATH_DEPS="db", EXIT_CODE_ON_STOP="dependency"
    )
    supervised.wait_line("READY")
    dependency.kill()

    assert supervised.wait() == 137


@pytest.mark.behaviour("tombstone-has-exit-code")
def test_same_code_is_told_once(kubexit: Kubexit, actor: str) -> None:
    """`CommandExitCode` is there only when it differs from `ExitCode`."""
    _, tombstone = stopped(kubexit, actor, code=0, EXIT_CODE_ON_STOP="zero")

    assert "CommandExitCode" not in tombstone


@pytest.mark.behaviour("exit-code-on-stop")
def test_killed_after_grace(kubexit: Kubexit, actor: str) -> None:
    """The policy covers a command that was killed; the tombstone says so in a key."""
    supervised = kubexit.start(actor, "ready-then-wait", DEATH_DEPS="db", GRACE_PERIOD="50ms", EXIT_CODE_ON_STOP="zero")
    supervised.wait_line("READY")
    kubexit.carve("db", Born=True, Died=True, ExitCode=0)

    assert supervised.wait() == 0
    tombstone = kubexit.tombstone()
    assert (tombstone["ExitCode"], tombstone["CommandExitCode"], tombstone["Killed"]) == (0, 137, True)


@pytest.mark.behaviour("exit-code-on-stop")
@pytest.mark.parametrize("policy", ["zero", "42", "dependency"])
def test_not_without_a_stop(kubexit: Kubexit, actor: str, policy: str) -> None:
    """A command that ends by itself keeps its code."""
    assert kubexit.run(actor, "exit", "3", DEATH_DEPS="db", EXIT_CODE_ON_STOP=policy).code == 3


@pytest.mark.behaviour("exit-code-on-stop")
def test_not_after_a_stop_from_outside(kubexit: Kubexit, actor: str) -> None:
    """A command that ends at a SIGTERM from outside keeps its code."""
    supervised = kubexit.start(actor, "ready-then-wait", "--exit", "TERM=3", DEATH_DEPS="db", EXIT_CODE_ON_STOP="zero")
    supervised.wait_line("READY")
    supervised.signal(signal.SIGTERM)

    assert supervised.wait() == 3
    assert kubexit.tombstone()["Reason"].startswith("SIGTERM from pid ")


@pytest.mark.behaviour("exit-code-on-stop")
def test_not_when_the_command_failed_before_our_signal(kubexit: Kubexit, actor: str) -> None:
    """A command that fails by itself during the stop delay keeps its code: no stop signal was sent."""
    supervised = kubexit.start(
        actor, "ready-then-wait", "--exit", "USR1=3",
        DEATH_DEPS="db", STOP_DELAY="1h", EXIT_CODE_ON_STOP="zero",
    )  # fmt: skip
    supervised.wait_line("READY")
    kubexit.carve("db", Born=True, Died=True, ExitCode=0)
    supervised.wait_line("db.*died", "stderr")
    supervised.signal(signal.SIGUSR1)

    assert supervised.wait() == 3
    tombstone = kubexit.tombstone()
    assert tombstone["ExitCode"] == 3
    assert "Reason" not in tombstone


@pytest.mark.behaviour("bad-setting-exits-with-2", "exit-code-on-stop")
@pytest.mark.parametrize(
    "settings",
    [
        {"EXIT_CODE_ON_STOP": "keep", "IGNORE_CODE_ON_DEATH_DEPS": "true"},
        {"EXIT_CODE_ON_STOP": "7", "IGNORE_CODE_ON_DEATH_DEPS": "true"},
        {"EXIT_CODE_ON_STOP": "nought"},
        {"EXIT_CODE_ON_STOP": "256"},
        {"EXIT_CODE_ON_STOP": "-1"},
        {"IGNORE_CODE_ON_DEATH_DEPS": "yes"},
    ],
)
def test_unknown_and_contradicting_policies_are_refused(kubexit: Kubexit, actor: str, settings: dict[str, Any]) -> None:
    """For an unknown policy, or one that contradicts its other name, kubexit exits with 2 and starts no command."""
    finished = kubexit.run(actor, "exit", "0", **settings)

    assert finished.code == 2
    assert any(f"KUBEXIT_{key}" in finished.stderr for key in settings)
    assert kubexit.tombstone()["ExitCode"] == 2
