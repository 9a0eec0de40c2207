"""Tombstones that are written in place, as the original does, are read when they are complete."""

from pathlib import Path

import pytest

from harness.containers import put, running
from harness.kubexit import Kubexit

DEATH = b'Born: "2020-04-28T10:41:46.9926314Z"\nDied: "2020-04-28T10:41:47.0498724Z"\nExitCode: 0\n'
ORIGINAL = Path(__file__).parents[2] / "recorded/original"
DEATHS = sorted(path for path in ORIGINAL.iterdir() if b"Died" in path.read_bytes())


@pytest.mark.behaviour("tombstone-lines", "reader-accepts-many-forms", "original-and-kubexit-see-each-other")
@pytest.mark.parametrize("path", DEATHS, ids=lambda path: path.name)
def test_deaths_of_the_original_count(kubexit: Kubexit, path: Path) -> None:
    """Each death that the original writes, over its own birth, is a death."""
    put(kubexit_folder(kubexit) / "main", (ORIGINAL / "born").read_bytes())
    container = running(kubexit, DEATH_DEPS="main", POLL_INTERVAL="0")
    put(kubexit.graveyard / "main", path.read_bytes())

    assert container.wait() == 0


@pytest.mark.behaviour("junk-is-no-death", "original-and-kubexit-see-each-other")
@pytest.mark.parametrize("hold", [True, False], ids=["one open file", "opened for each byte"])
def test_byte_by_byte(kubexit: Kubexit, hold: bool) -> None:
    """A writer that stops after each byte is understood at the end."""
    container = running(kubexit, DEATH_DEPS="main", POLL_INTERVAL="0")
    if hold:
        with (kubexit.graveyard / "main").open("wb", buffering=0) as file:
            for at in range(len(DEATH)):
                file.write(DEATH[at : at + 1])
    else:
        for at in range(len(DEATH)):
            with (kubexit.graveyard / "main").open("ab", buffering=0) as file:
                file.write(DEATH[at : at + 1])

    assert container.wait() == 0
    assert container.stdout.count("SIGNAL TERM") == 1


@pytest.mark.behaviour("junk-is-no-death", "original-and-kubexit-see-each-other")
def test_an_empty_moment_is_no_death(kubexit: Kubexit) -> None:
    """An empty file in the middle of a write is neither a death nor the last state."""
    put(kubexit_folder(kubexit) / "main", DEATH[:38])
    container = running(kubexit, DEATH_DEPS="main", POLL_INTERVAL="0")
    put(kubexit.graveyard / "main", b"")
    put(kubexit.graveyard / "main", DEATH)

    assert container.wait() == 0


@pytest.mark.behaviour("original-and-kubexit-see-each-other")
def test_through_a_hard_link(kubexit: Kubexit) -> None:
    """A tombstone that is linked into place is a death too."""
    container = running(kubexit, DEATH_DEPS="main", POLL_INTERVAL="0")
    put(kubexit.folder / "elsewhere", DEATH)
    (kubexit.graveyard / "main").hardlink_to(kubexit.folder / "elsewhere")

    assert container.wait() == 0


@pytest.mark.behaviour("original-and-kubexit-see-each-other")
def test_a_death_moved_in_counts(kubexit: Kubexit) -> None:
    """A tombstone that is moved in from another folder is a death too."""
    container = running(kubexit, DEATH_DEPS="main", POLL_INTERVAL="0")
    put(kubexit.folder / "elsewhere", DEATH)
    (kubexit.folder / "elsewhere").rename(kubexit.graveyard / "main")

    assert container.wait() == 0


def kubexit_folder(kubexit: Kubexit) -> Path:
    """Make the graveyard beforehand."""
    kubexit.graveyard.mkdir()
    return kubexit.graveyard
