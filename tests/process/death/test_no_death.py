"""What is no death does not end the command. Each of these is shown to fail by writing a death in its place."""

import os

import pytest

from harness.containers import fenced_off, put, running
from harness.kubexit import Kubexit


@pytest.mark.behaviour("deletion-is-no-death")
def test_removing_a_tombstone_is_no_death(kubexit: Kubexit) -> None:
    """A tombstone that is removed is no death."""
    kubexit.carve("main", Born=True)
    container = running(kubexit, DEATH_DEPS="main,fence")
    (kubexit.graveyard / "main").unlink()

    fenced_off(kubexit, container)


@pytest.mark.behaviour("deletion-is-no-death")
def test_moving_a_tombstone_is_no_death(kubexit: Kubexit) -> None:
    """A tombstone that is moved away is no death."""
    kubexit.carve("main", Born=True)
    container = running(kubexit, DEATH_DEPS="main,fence")
    (kubexit.graveyard / "main").rename(kubexit.folder / "main")

    fenced_off(kubexit, container)


@pytest.mark.behaviour("unseen-is-not-dead")
def test_a_dependency_never_seen_is_not_dead(kubexit: Kubexit) -> None:
    """A dependency that never appears is no death."""
    container = running(kubexit, DEATH_DEPS="never,fence")

    fenced_off(kubexit, container)


@pytest.mark.behaviour("unseen-is-not-dead")
def test_a_birth_is_no_death(kubexit: Kubexit) -> None:
    """A birth is no death, and neither is a second birth."""
    container = running(kubexit, DEATH_DEPS="main,fence")
    kubexit.carve("main", Born=True)
    kubexit.carve("main", Born=True, Ready=True)
    kubexit.carve("main", Born=True)

    fenced_off(kubexit, container)


@pytest.mark.behaviour("unseen-is-not-dead")
def test_code_without_death(kubexit: Kubexit) -> None:
    """An exit code without a time of death is no death."""
    container = running(kubexit, DEATH_DEPS="main,fence")
    kubexit.carve("main", Born=True, ExitCode=0)

    fenced_off(kubexit, container)


@pytest.mark.behaviour("unseen-is-not-dead")
def test_deaths_of_others_are_ignored(kubexit: Kubexit) -> None:
    """kubexit ignores the deaths of containers that it does not depend on, and its own old death."""
    kubexit.carve("sidecar", Born=True, Died=True, ExitCode=1)
    container = running(kubexit, DEATH_DEPS="main,fence")
    kubexit.carve("other", Born=True, Died=True, ExitCode=1)
    put(kubexit.graveyard / "sidecar", b'Died: "2020-04-28T10:41:47Z"\nExitCode: 1\n')

    fenced_off(kubexit, container)


@pytest.mark.behaviour("unseen-is-not-dead")
def test_touching_a_tombstone_is_no_death(kubexit: Kubexit) -> None:
    """A tombstone that is touched, or whose mode changes, is no death."""
    kubexit.carve("main", Born=True)
    container = running(kubexit, DEATH_DEPS="main,fence")
    os.utime(kubexit.graveyard / "main")
    (kubexit.graveyard / "main").chmod(0)

    fenced_off(kubexit, container)
