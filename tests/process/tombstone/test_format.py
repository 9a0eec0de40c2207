"""A tombstone has the lines that the original writes, and the lines of kubexit after them, after any run."""

import os
import re
from datetime import UTC, datetime

import pytest

from harness.containers import running
from harness.kubexit import Kubexit

pytestmark = pytest.mark.every_form

TIME = r'"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}Z"'


@pytest.mark.behaviour("tombstone-lines", "times-are-rfc-3339")
def test_a_birth_is_one_line(kubexit: Kubexit) -> None:
    """A birth is written as one line, and the line of the probe."""
    running(kubexit, "main")
    kubexit.wait_tombstone("main", "Born")

    assert re.fullmatch(rf'Born: {TIME}\nProbe: "none"\n', (kubexit.graveyard / "main").read_text())


@pytest.mark.behaviour("tombstone-lines", "times-are-rfc-3339", "tombstone-has-exit-code")
@pytest.mark.parametrize("code", [0, 3])
def test_a_death_is_three_lines(kubexit: Kubexit, code: int) -> None:
    """A death has Born, Died, ExitCode, its life and the probe, and nothing else if the command exited by itself."""
    kubexit.run("sh", "-c", f"exit {code}")
    text = (kubexit.graveyard / "main").read_text()

    assert re.fullmatch(rf'Born: {TIME}\nDied: {TIME}\nExitCode: {code}\nLife: "[0-9a-f]{{16}}"\nProbe: "none"\n', text)


@pytest.mark.behaviour("tombstone-lines")
def test_a_death_without_birth_has_no_born(kubexit: Kubexit) -> None:
    """The death of a container whose command never started has no line Born."""
    kubexit.carve("db", Born=True, Died=True, ExitCode=0)
    kubexit.run("true", DEATH_DEPS="db")

    assert re.match(rf"Died: {TIME}\nExitCode: 0\n", (kubexit.graveyard / "main").read_text())


@pytest.mark.behaviour("times-are-rfc-3339", "died-not-before-born")
def test_times_are_within_the_run(kubexit: Kubexit) -> None:
    """Born and Died lie within the run, in this order."""
    before = datetime.now(UTC)
    kubexit.run("true")
    after = datetime.now(UTC)
    stone = kubexit.tombstone()
    assert stone is not None
    born, died = (datetime.fromisoformat(re.sub(r"(\.\d{6})\d*Z", r"\1+00:00", stone[key])) for key in ("Born", "Died"))

    assert before <= born <= died <= after


@pytest.mark.behaviour("times-are-rfc-3339")
@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "EST5EDT", ":/no/such/zone", "\x01"])
def test_times_are_in_utc(kubexit: Kubexit, zone: str) -> None:
    """Times are UTC in any time zone of the container."""
    kubexit.run("true", env={"TZ": zone})

    assert (kubexit.graveyard / "main").read_text().count('Z"\n') == 2


@pytest.mark.behaviour("tombstone-readable-by-all")
@pytest.mark.parametrize("umask", [0, 0o022, 0o077, 0o777], ids="{:03o}".format)
def test_every_user_may_read_it(kubexit: Kubexit, umask: int) -> None:
    """Every user of the pod may read a tombstone, with any umask, and the command has its umask."""
    kubexit.graveyard.mkdir()
    finished = kubexit.run(kubexit.program(), "stat", preexec_fn=lambda: os.umask(umask))

    assert (kubexit.graveyard / "main").stat().st_mode & 0o7777 == 0o644
    assert f"umask={umask:03o}" in finished.stdout
