"""KUBEXIT_EXIT_CODE_ON_STOP sets the exit code after a stop by kubexit, and only then."""

import os
import signal
from collections.abc import Callable

import pytest

from harness import processes
from harness.containers import running
from harness.kubexit import Kubexit
from harness.stepper import Before, Stepper
from harness.waiting import eventually


@pytest.mark.behaviour("tombstone-has-exit-code", "signal-death-is-128-plus-n", "exit-code-on-stop")
@pytest.mark.parametrize(
    ("setting", "dependency", "returned"),
    [
        ("keep", 5, 3),
        ("zero", 5, 0),
        ("0", 5, 0),
        ("77", 5, 77),
        ("255", 5, 255),
        ("dependency", 5, 5),
        ("dependency", 0, 0),
        ("dependency", 143, 143),
        ("dependency", -1, 255),
        ("dependency", None, 255),
    ],
)
def test_a_stop_returns_the_set_code(kubexit: Kubexit, setting: str, dependency: int | None, returned: int) -> None:
    """kubexit returns the code that is set, and writes the command's own beside it."""
    container = running(kubexit, exits="TERM=3", DEATH_DEPS="main", EXIT_CODE_ON_STOP=setting)
    kubexit.carve("main", Born=True, Died=True, ExitCode=dependency)

    assert container.wait() == returned
    stone = kubexit.tombstone("sidecar") or {}
    assert stone["ExitCode"] == returned
    assert stone.get("CommandExitCode", returned) == 3
    assert ("CommandExitCode" in stone) == (returned != 3)


@pytest.mark.behaviour("tombstone-has-exit-code", "codes-of-kubexit", "exit-code-on-stop")
@pytest.mark.parametrize("dependency", [256, 300, 65536, 2147483647, -2, -256])
def test_code_that_no_process_has(kubexit: Kubexit, dependency: int) -> None:
    """If a foreign tombstone has a code that no process can have, kubexit exits with 255, never with 0 by accident."""
    container = running(kubexit, exits="TERM=3", DEATH_DEPS="main", EXIT_CODE_ON_STOP="dependency")
    kubexit.carve("main", Born=True, Died=True, ExitCode=dependency)

    assert container.wait() == 255
    assert (kubexit.tombstone("sidecar") or {})["ExitCode"] == 255


@pytest.mark.behaviour("exit-code-on-stop")
@pytest.mark.parametrize(("setting", "returned"), [("keep", 137), ("zero", 0), ("dependency", 5)])
def test_a_kill_returns_the_set_code(kubexit: Kubexit, setting: str, returned: int) -> None:
    """kubexit also returns the set code after a SIGKILL, for which the tombstone has an extra key."""
    container = running(kubexit, exits="", DEATH_DEPS="main", EXIT_CODE_ON_STOP=setting, GRACE_PERIOD="10ms")
    kubexit.carve("main", Born=True, Died=True, ExitCode=5)

    assert container.wait() == returned
    stone = kubexit.tombstone("sidecar") or {}
    assert stone["ExitCode"] == returned
    assert stone["Killed"] is True
    assert stone.get("CommandExitCode", returned) == 137


@pytest.mark.behaviour("crash-seen-by-peers", "exit-code-on-stop")
def test_a_crash_counts_as_137(kubexit: Kubexit) -> None:
    """A crashed dependency counts as 137."""
    main = running(kubexit, "main")
    container = running(kubexit, exits="TERM=3", DEATH_DEPS="main", EXIT_CODE_ON_STOP="dependency")
    main.kill()

    assert container.wait() == 137


@pytest.mark.behaviour("death-policy", "exit-code-on-stop")
def test_a_second_death_changes_nothing(kubexit: Kubexit) -> None:
    """A dependency that is born and dies again during the grace period changes neither the code nor the reason."""
    container = running(kubexit, exits="USR1=3", DEATH_DEPS="main", EXIT_CODE_ON_STOP="dependency")
    kubexit.carve("main", Born=True, Died=True, ExitCode=5)
    container.wait_line("SIGNAL TERM")
    kubexit.carve("main", Born=True)
    kubexit.carve("main", Born=True, Died=True, ExitCode=9)
    container.signal(signal.SIGUSR1)

    assert container.wait() == 5
    assert (kubexit.tombstone("sidecar") or {})["Reason"] == "dependency main died with exit code 5"


@pytest.mark.behaviour("exit-code-on-stop")
@pytest.mark.parametrize("setting", ["zero", "dependency", "9"])
def test_a_command_that_ends_keeps_its_code(kubexit: Kubexit, setting: str) -> None:
    """A command that ends by itself keeps its code. Shown to fail by letting the dependency die first."""
    finished = kubexit.run("sh", "-c", "exit 3", DEATH_DEPS="peer", EXIT_CODE_ON_STOP=setting)

    assert finished.code == 3
    assert list(kubexit.tombstone("main") or {}) == ["Born", "Died", "ExitCode", "Life", "Probe"]
    assert "Killed" not in (kubexit.tombstone("main") or {})


@pytest.mark.behaviour("exit-code-on-stop")
@pytest.mark.parametrize("setting", ["zero", "dependency", "9"])
def test_asked_from_outside(kubexit: Kubexit, setting: str) -> None:
    """A SIGTERM from outside that came first keeps the command's code, also when a dependency dies after it."""
    container = running(kubexit, exits="USR1=3", DEATH_DEPS="main", EXIT_CODE_ON_STOP=setting)
    container.signal(signal.SIGTERM)
    container.wait_line("SIGNAL TERM")
    kubexit.carve("main", Born=True, Died=True, ExitCode=5)
    container.wait_line("dependency main died", stream="stderr")
    container.signal(signal.SIGUSR1)

    assert container.wait() == 3
    assert container.stdout.count("SIGNAL TERM") == 1


@pytest.mark.behaviour("exit-code-on-stop")
def test_ended_before_the_signal(kubexit: Kubexit, steps: Callable[..., Stepper]) -> None:
    """A command that failed on its own before the stop signal keeps its code.

    kubexit is stopped before it reads that the dependency has died, and the command ends meanwhile. Shown to fail by
    letting the command live, and by sending the signal without a look at the command.
    """
    reads = steps(Before("read,pread64", "main"))
    container = running(kubexit, exits="USR1=3", steps=reads, DEATH_DEPS="main", EXIT_CODE_ON_STOP="zero")
    command = container.command_pid()
    kubexit.carve("main", Born=True, Died=True, ExitCode=0)
    reads.reached()
    os.kill(command, signal.SIGUSR1)
    eventually(lambda: processes.state(command) == "Z", "the command has ended")
    reads.resume()

    assert container.wait() == 3
    assert list(kubexit.tombstone("sidecar") or {}) == ["Born", "Died", "ExitCode", "Life", "Probe"]


@pytest.mark.behaviour("exit-code-on-stop")
@pytest.mark.parametrize(("ignore", "returned"), [("true", 0), ("false", 3), ("1", 0), ("tRuE", 0), ("fAlSe", 3)])
def test_the_cortexlabs_name_means_zero(kubexit: Kubexit, ignore: str, returned: int) -> None:
    """KUBEXIT_IGNORE_CODE_ON_DEATH_DEPS is another name for zero."""
    container = running(kubexit, exits="TERM=3", DEATH_DEPS="main", IGNORE_CODE_ON_DEATH_DEPS=ignore)
    kubexit.carve("main", Born=True, Died=True, ExitCode=5)

    assert container.wait() == returned
