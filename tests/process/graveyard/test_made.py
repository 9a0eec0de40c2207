"""A graveyard that is not there is made, then watched."""

import os

import pytest

from harness.containers import lines, running
from harness.kubexit import Kubexit


@pytest.mark.behaviour("graveyard-made-and-watched")
def test_made_and_watched(kubexit: Kubexit) -> None:
    """A death in a graveyard that kubexit made is seen."""
    container = running(kubexit, DEATH_DEPS="main", POLL_INTERVAL="0")
    kubexit.carve("main", Born=True, Died=True, ExitCode=0)

    assert container.wait() == 0


@pytest.mark.behaviour("graveyard-made-and-watched")
def test_missing_parents_are_made_too(kubexit: Kubexit) -> None:
    """Missing folders above the graveyard are made too."""
    deep = kubexit.folder / "a/b/c"
    finished = kubexit.run("true", GRAVEYARD=deep)

    assert finished.code == 0
    assert os.listdir(deep) == ["main"]


@pytest.mark.behaviour("tombstone-readable-by-all", "graveyard-made-and-watched")
@pytest.mark.parametrize("umask", [0, 0o002, 0o022, 0o077], ids="{:03o}".format)
def test_the_umask_limits_its_mode(kubexit: Kubexit, umask: int) -> None:
    """The graveyard is open to other users if the umask allows."""
    kubexit.run("true", preexec_fn=lambda: os.umask(umask))

    assert kubexit.graveyard.stat().st_mode & 0o7777 == 0o777 & ~umask


@pytest.mark.behaviour("graveyard-made-and-watched")
@pytest.mark.parametrize(
    ("settings", "warnings"), [({"DEATH_DEPS": "db"}, 1), ({"BIRTH_DEPS": "db:born", "BIRTH_TIMEOUT": "0"}, 1), ({}, 0)]
)
def test_a_missing_graveyard_of_peers_is_a_warning(kubexit: Kubexit, settings: dict[str, str], warnings: int) -> None:
    """A missing graveyard causes a warning if dependencies should be in it."""
    finished = kubexit.run("true", **settings)

    assert len([line for line in lines(finished.stderr, "warn") if str(kubexit.graveyard) in line]) == warnings


@pytest.mark.behaviour("graveyard-made-and-watched")
def test_an_existing_graveyard_causes_no_warning(kubexit: Kubexit) -> None:
    """An existing graveyard causes no warning. Shown to fail by removing the folder first."""
    kubexit.graveyard.mkdir()
    kubexit.carve("db", Died=True, ExitCode=0)
    finished = kubexit.run("true", DEATH_DEPS="db")

    assert lines(finished.stderr, "warn") == []


@pytest.mark.behaviour("graveyard-made-and-watched")
def test_through_a_link(kubexit: Kubexit) -> None:
    """A graveyard may be reached through a symbolic link, as volumes are at times."""
    real = kubexit.folder / "real"
    real.mkdir()
    kubexit.graveyard.symlink_to(real)
    kubexit.run("true")

    assert os.listdir(real) == ["main"]
