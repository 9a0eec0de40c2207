"""A graveyard that is lost during the run costs the command nothing."""

import shutil

import pytest

from harness.containers import lines, running
from harness.kubexit import Kubexit
from harness.world import namespaces


@pytest.mark.behaviour("unwritten-death-keeps-code", "graveyard-replaced")
def test_a_removed_graveyard_is_made_for_the_death(kubexit: Kubexit) -> None:
    """A graveyard that was removed is made again for the death, for peers that may still read it."""
    container = running(kubexit, "main", "TERM=7")
    kubexit.wait_tombstone("main", "Born")
    shutil.rmtree(kubexit.graveyard)
    container.signal(15)

    assert container.wait() == 7
    assert (kubexit.tombstone() or {}).get("ExitCode") == 7


@pytest.mark.behaviour("unwritten-death-keeps-code")
def test_read_only_by_now(kubexit: Kubexit) -> None:
    """If a volume becomes read-only, kubexit logs an error; the code stays the command's."""
    namespaces.require_mounts()
    kubexit.graveyard.mkdir()
    world = namespaces.private_mounts(namespaces.bind(kubexit.graveyard, kubexit.graveyard))
    finished = kubexit.run("sh", "-c", f"mount -o remount,bind,ro {kubexit.graveyard} && exit 7", preexec_fn=world)

    assert finished.code == 7
    assert "Read-only file system" in lines(finished.stderr, "error")[0]


@pytest.mark.behaviour("unwritten-death-keeps-code", "graveyard-replaced")
def test_a_file_by_now(kubexit: Kubexit) -> None:
    """If a file takes the graveyard's place, kubexit logs an error; the code stays the command's."""
    container = running(kubexit, "main", "TERM=7")
    kubexit.wait_tombstone("main", "Born")
    shutil.rmtree(kubexit.graveyard)
    kubexit.graveyard.write_text("")
    container.signal(15)

    assert container.wait() == 7
    assert str(kubexit.graveyard) in lines(container.stderr, "error")[0]


@pytest.mark.behaviour("deletion-is-no-death")
def test_own_tombstone_removed(kubexit: Kubexit) -> None:
    """A removed tombstone of the container itself comes back with its death."""
    container = running(kubexit, "main", "TERM=7")
    kubexit.wait_tombstone("main", "Born")
    (kubexit.graveyard / "main").unlink()
    (kubexit.graveyard / ".main.alive").unlink()
    container.signal(15)

    assert container.wait() == 7
    stone = kubexit.wait_tombstone("main")
    assert list(stone) == ["Born", "Died", "ExitCode", "Life", "Reason", "Probe"]
