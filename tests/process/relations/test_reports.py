"""When kubexit reports that a dependency is not there: at 10 s, 30 s, 1 min, then every 5 min, by a frozen clock."""

import re
from pathlib import Path

import pytest

from harness.clock import FrozenClock
from harness.containers import born, waiting
from harness.kubexit import Kubexit
from harness.supervised import Supervised

pytestmark = pytest.mark.behaviour("missing-name-reported")

DUE = [10, 30, 60, 360, 660, 960]  # seconds after the first look
MOMENT = 0.001
FILES = 2000
MOST_NAMED = 512


def wake(kubexit: Kubexit, container: Supervised, number: int) -> None:
    """Let the container look at its graveyard and its clock, and wait until it has done so."""
    kubexit.carve(f"fence{number}", Born=True, Died=True, ExitCode=1)
    container.wait_line(f"dependency fence{number} died with exit code 1", "stderr")


def reports(container: Supervised, text: str) -> int:
    """How often a line was logged so far."""
    return container.stderr.count(text)


def test_a_birth_that_is_awaited_in_vain(kubexit: Kubexit, tmp_path: Path) -> None:
    """A wait without a time limit is reported at these times, and at no other."""
    clock = FrozenClock(tmp_path)
    fences = ",".join(f"fence{number}:succeeded" for number in range(2 * len(DUE)))
    app = waiting(clock.kubexit(kubexit), BIRTH_DEPS=f"dbb:born,{fences}", env=clock.environment)
    wake(kubexit, app, 0)
    passed = 0.0
    for number, due in enumerate(DUE, 1):
        clock.advance(due - MOMENT - passed)
        wake(kubexit, app, 2 * number - 1)
        early = reports(app, "dependency dbb has not appeared in")
        clock.advance(MOMENT)
        passed = due
        kubexit.carve("other", Born=True)
        app.wait_line("dependency dbb has not appeared in", "stderr", count=number)

        assert early == number - 1
        assert reports(app, "dependency dbb has not appeared in") == number
        assert reports(app, "still waiting for birth dependencies: ") == number


def test_a_death_that_is_awaited_in_vain(kubexit: Kubexit, tmp_path: Path) -> None:
    """A command that runs is reported in the same way, if its death dependency does not appear."""
    clock = FrozenClock(tmp_path)
    sidecar = born(clock.kubexit(kubexit), "sidecar", DEATH_DEPS="mainn", env=clock.environment)
    passed = 0
    for number, due in enumerate(DUE, 1):
        clock.advance(due - passed)
        passed = due
        kubexit.carve("other", Born=True)
        sidecar.wait_line("dependency mainn has not appeared in", "stderr", count=number)

        assert reports(sidecar, "dependency mainn has not appeared in") == number


def test_a_folder_with_many_files(kubexit: Kubexit, tmp_path: Path) -> None:
    """Of a graveyard with many files only the first are read, since a signal waits meanwhile. The line says so."""
    clock = FrozenClock(tmp_path)
    sidecar = born(clock.kubexit(kubexit), "sidecar", DEATH_DEPS="mainn", env=clock.environment)
    for number in range(FILES):
        (kubexit.graveyard / f"file{number}").touch()
    clock.advance(DUE[0])
    kubexit.carve("other", Born=True)
    line = sidecar.wait_line("dependency mainn has not appeared in", "stderr").string

    found = re.search(r"(\S+, ){7}\S+ and at least (\d+) more$", line)
    assert found is not None, line
    assert int(found[2]) < MOST_NAMED
