"""Each way in which a run ends writes a death, with the code that kubexit returns."""

import signal
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from harness.containers import waiting
from harness.kubexit import Kubexit
from harness.waiters import Waiter

pytestmark = pytest.mark.every_form


@dataclass(frozen=True)
class End:
    """One way to end."""

    command: tuple[str, ...]
    code: int
    born: bool = True
    settings: dict[str, str] = field(default_factory=dict)


POD = {"POD_NAME": "pod", "NAMESPACE": "ns", "BIRTH_DEPS": "db"}
ENDS = {
    "zero": End(("true",), 0),
    "one": End(("false",), 1),
    "255": End(("sh", "-c", "exit 255"), 255),
    "by signal": End(("sh", "-c", "kill -TERM $$"), 143),
    "by KILL": End(("sh", "-c", "kill -KILL $$"), 137),
    "not found": End(("/no/such/command",), 127, born=False),
    "not in the path": End(("no-such-command",), 127, born=False),
    "a folder": End(("/",), 126, born=False),
    "timeout": End(("echo",), 69, born=False, settings={"BIRTH_DEPS": "db:born", "BIRTH_TIMEOUT": "10ms"}),
    "bad setting": End(("echo",), 2, born=False, settings={"GRACE_PERIOD": "30"}),
    "own name": End(("echo",), 2, born=False, settings={"DEATH_DEPS": "main"}),
    "no pod": End(("echo",), 2, born=False, settings={"BIRTH_DEPS": "db"}),
}


def assert_died(kubexit: Kubexit, code: int, born: bool) -> None:
    """Assert that exactly this death is written."""
    stone = kubexit.tombstone()
    assert stone is not None
    assert stone["ExitCode"] == code
    assert "Died" in stone
    assert ("Born" in stone) == born


@pytest.mark.behaviour(
    "bad-setting-exits-with-2",
    "every-exit-writes-a-death",
    "exit-after-death-is-written",
    "tombstone-has-exit-code",
    "exit-codes-passed-on",
    "signal-death-is-128-plus-n",
    "codes-of-kubexit",
)
@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_every_exit_writes_its_code(kubexit: Kubexit, end: End) -> None:
    """The tombstone has the code that kubexit returns, and Born only if the command ran."""
    finished = kubexit.run(*end.command, **end.settings)

    assert finished.code == end.code
    assert finished.stdout == ""
    assert_died(kubexit, end.code, end.born)


@pytest.mark.behaviour("every-exit-writes-a-death", "codes-of-kubexit")
@pytest.mark.parametrize(
    ("verdict", "code"), [(2, 2), (69, 69), (70, 70), (77, 77), (1, 70), (3, 70), (127, 70), (143, 70), (255, 70)]
)
def test_a_refusing_waiter_sets_the_code(kubexit: Kubexit, tmp_path: Path, verdict: int, code: int) -> None:
    """A waiter that refuses ends kubexit with its code, or with 70 when the code has no meaning."""
    finished = kubexit.run("echo", waiter=Waiter(tmp_path, f"exit {verdict}"), **POD)

    assert finished.code == code
    assert finished.stdout == ""
    assert_died(kubexit, code, born=False)


@pytest.mark.behaviour("every-exit-writes-a-death", "other-stop-signals", "signal-during-birth-wait")
@pytest.mark.parametrize(
    "number", [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP], ids=lambda number: number.name
)
def test_signal_during_birth(kubexit: Kubexit, number: signal.Signals) -> None:
    """For a signal that ends the birth wait, the code is 128 plus its number."""
    container = waiting(kubexit, "main", BIRTH_DEPS="db:born")
    container.signal(number)

    assert container.wait() == 128 + number
    assert container.stdout == ""
    assert_died(kubexit, 128 + number, born=False)


@pytest.mark.behaviour("every-exit-writes-a-death", "dead-before-start")
@pytest.mark.parametrize(("births", "code"), [("", 0), ("db", 69), ("db:born", 69), ("other:born", 0)])
def test_an_earlier_death_sets_the_code(kubexit: Kubexit, births: str, code: int) -> None:
    """For a dependency that is dead already, the code is 0, or 69 when its birth was awaited too."""
    kubexit.carve("db", Died=True, ExitCode=0)
    finished = kubexit.run("echo", DEATH_DEPS="db", BIRTH_DEPS=births, BIRTH_SOURCE="graveyard")

    assert finished.code == code
    assert finished.stdout == ""
    assert_died(kubexit, code, born=False)


@pytest.mark.behaviour("every-exit-writes-a-death", "dead-before-start", "death-during-birth-wait")
@pytest.mark.parametrize(("births", "code"), [("other:born", 0), ("db", 69), ("db,other:born", 69)])
def test_a_death_during_the_wait_sets_the_code(kubexit: Kubexit, births: str, code: int) -> None:
    """For a dependency that dies during the birth wait, the code is the same."""
    container = waiting(kubexit, "main", DEATH_DEPS="db", BIRTH_DEPS=births, BIRTH_SOURCE="graveyard")
    kubexit.carve("db", Died=True, ExitCode=0)

    assert container.wait() == code
    assert container.stdout == ""
    assert_died(kubexit, code, born=False)
