"""A graveyard that is deleted, replaced or covered during the run is found again; later deaths are seen."""

import os
import shutil
import subprocess

import pytest

from harness.containers import born, fenced_off, running, waiting
from harness.kubexit import Kubexit
from harness.supervised import Supervised
from harness.world import namespaces


def inside(container: Supervised, *command: object) -> None:
    """Run a program in the mount namespace of a container."""
    subprocess.run(
        [os.fspath(word) for word in command], preexec_fn=namespaces.join_mounts(container.pid), check=True, timeout=20
    )


@pytest.mark.behaviour("graveyard-replaced")
@pytest.mark.parametrize("poll", ["20ms", "0"])
def test_deleted_and_made_again(kubexit: Kubexit, poll: str) -> None:
    """A folder that is deleted and made again is watched again, also when the backstop poll is off."""
    container = born(kubexit, "sidecar", DEATH_DEPS="main", POLL_INTERVAL=poll)
    shutil.rmtree(kubexit.graveyard)
    kubexit.carve("main", Born=True, Died=True, ExitCode=0)

    assert container.wait() == 0
    assert "main" in (kubexit.tombstone("sidecar") or {})["Reason"]


@pytest.mark.behaviour("graveyard-replaced")
def test_no_death_of_anybody(kubexit: Kubexit) -> None:
    """The removal of a folder is not a death. Shown to fail by writing main's death into the new one."""
    kubexit.carve("main", Born=True)
    container = born(kubexit, "sidecar", DEATH_DEPS="main,fence", POLL_INTERVAL="20ms", LOG_LEVEL="debug")
    shutil.rmtree(kubexit.graveyard)
    container.wait_line("graveyard .* (is gone|was replaced)", stream="stderr")

    fenced_off(kubexit, container)


@pytest.mark.behaviour("graveyard-replaced")
def test_nothing_is_carved_again(kubexit: Kubexit) -> None:
    """A birth is written once: it is not written to the new folder. The death is."""
    container = born(kubexit, "sidecar", DEATH_DEPS="fence", POLL_INTERVAL="20ms")
    shutil.rmtree(kubexit.graveyard)
    kubexit.graveyard.mkdir()
    container.wait_line("was replaced", stream="stderr")

    assert os.listdir(kubexit.graveyard) == []
    assert "Born" in fenced_off(kubexit, container)
    assert sorted(os.listdir(kubexit.graveyard)) == ["fence", "sidecar"]


@pytest.mark.behaviour("graveyard-replaced")
@pytest.mark.parametrize("poll", ["20ms", "0"])
def test_a_replaced_folder_is_left_for_the_new(kubexit: Kubexit, poll: str) -> None:
    """If a folder is moved away and replaced by another, kubexit uses the new one."""
    container = born(kubexit, "sidecar", DEATH_DEPS="main,fence", POLL_INTERVAL=poll)
    kubexit.graveyard.rename(kubexit.folder / "old")
    kubexit.graveyard.mkdir()
    container.wait_line("was replaced", stream="stderr")
    (kubexit.folder / "old/main").write_text('Died: "2020-04-28T10:41:47Z"\nExitCode: 0\n')

    fenced_off(kubexit, container)


@pytest.mark.behaviour("graveyard-replaced")
def test_a_death_in_the_new_folder_counts(kubexit: Kubexit) -> None:
    """A death that the new folder already holds counts at once."""
    container = born(kubexit, "sidecar", DEATH_DEPS="main", POLL_INTERVAL="0")
    new = kubexit.folder / "new"
    new.mkdir()
    (new / "main").write_text('Died: "2020-04-28T10:41:47Z"\nExitCode: 0\n')
    kubexit.graveyard.rename(kubexit.folder / "old")
    new.rename(kubexit.graveyard)

    assert container.wait() == 0


@pytest.mark.behaviour("graveyard-replaced")
def test_a_link_that_is_turned(kubexit: Kubexit) -> None:
    """The backstop finds a graveyard behind a symbolic link whose target changes."""
    for name in ("one", "two"):
        (kubexit.folder / name).mkdir()
    kubexit.graveyard.symlink_to("one")
    container = born(kubexit, "sidecar", DEATH_DEPS="main", POLL_INTERVAL="10ms")
    (kubexit.folder / "link").symlink_to("two")
    (kubexit.folder / "link").rename(kubexit.graveyard)
    kubexit.carve("main", Died=True, ExitCode=0)

    assert container.wait() == 0


@pytest.mark.behaviour("graveyard-replaced", "silent-deaths-polled")
def test_covered_by_a_mount(kubexit: Kubexit) -> None:
    """The backstop finds a volume that is mounted over the graveyard, of which inotify reports nothing."""
    namespaces.require_mounts()
    kubexit.graveyard.mkdir()
    container = running(kubexit, DEATH_DEPS="main", POLL_INTERVAL="10ms", preexec_fn=namespaces.private_mounts())
    inside(container, "mount", "-t", "tmpfs", "late", kubexit.graveyard)
    death = namespaces.inside(container.pid, kubexit.graveyard / "main")
    death.write_text('Died: "2020-04-28T10:41:47Z"\nExitCode: 0\n')

    assert container.wait() == 0


@pytest.mark.behaviour("graveyard-replaced")
def test_the_folder_below_a_volume_counts(kubexit: Kubexit) -> None:
    """When the volume is unmounted, the folder below it counts."""
    namespaces.require_mounts()
    kubexit.graveyard.mkdir()
    world = namespaces.private_mounts(namespaces.tmpfs(kubexit.graveyard, "size=64k"))
    container = running(kubexit, DEATH_DEPS="main", POLL_INTERVAL="10ms", preexec_fn=world)
    kubexit.carve("main", Died=True, ExitCode=0)
    inside(container, "umount", "-l", kubexit.graveyard)

    assert container.wait() == 0


@pytest.mark.behaviour("crash-seen-by-peers", "graveyard-replaced")
def test_liveness_survives_a_replaced_folder(kubexit: Kubexit) -> None:
    """A peer whose FIFO was open before the folder was replaced is still known to be alive, and to crash."""
    main = running(kubexit, "main")
    container = born(kubexit, "sidecar", DEATH_DEPS="main", POLL_INTERVAL="20ms", LOG_LEVEL="debug")
    container.wait_line("dependency main: born", stream="stderr")
    shutil.rmtree(kubexit.graveyard)
    kubexit.graveyard.mkdir()
    container.wait_line("was replaced", stream="stderr")
    main.kill()

    assert container.wait() == 0
    assert "crashed" in (kubexit.tombstone("sidecar") or {})["Reason"]


@pytest.mark.behaviour("death-during-birth-wait", "graveyard-replaced")
def test_during_the_birth_wait(kubexit: Kubexit) -> None:
    """The birth wait finds a replaced folder too."""
    app = waiting(kubexit, BIRTH_DEPS="db:born", POLL_INTERVAL="10ms")
    shutil.rmtree(kubexit.graveyard)
    kubexit.carve("db", Born=True)

    assert app.wait() == 0
    assert app.stdout == "BORN\n"


@pytest.mark.behaviour("graveyard-replaced")
def test_again_and_again(kubexit: Kubexit) -> None:
    """The folder can be replaced several times."""
    container = born(kubexit, "sidecar", DEATH_DEPS="main", POLL_INTERVAL="10ms", LOG_LEVEL="debug")
    for count in range(1, 4):
        shutil.rmtree(kubexit.graveyard)
        kubexit.carve("other", Born=True)
        container.wait_line("was replaced", stream="stderr", count=count)
    kubexit.carve("main", Died=True, ExitCode=0)

    assert container.wait() == 0
