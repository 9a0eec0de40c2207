"""If the graveyard cannot be used at start, kubexit exits with 73, and the command does not start."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.kubexit import Kubexit
from harness.supervised import Finished
from harness.world import namespaces

NOBODY = 65534


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Make a folder that every user may enter and write to."""
    folder = Path(tempfile.mkdtemp(prefix="kubexit-"))
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


def assert_unusable(finished: Finished, path: Path | str) -> None:
    """Assert that kubexit exits with 73, starts nothing, and logs one error line that names the path."""
    assert finished.code == 73
    assert finished.stdout == ""
    assert [line for line in finished.stderr.splitlines() if " error " in line and str(path) in line]


@pytest.mark.behaviour("graveyard-not-a-folder")
def test_a_file_is_no_graveyard(kubexit: Kubexit) -> None:
    """A file is no graveyard."""
    kubexit.graveyard.write_text("")

    assert_unusable(kubexit.run("echo", "BORN"), kubexit.graveyard)


@pytest.mark.behaviour("graveyard-not-a-folder")
def test_below_a_file(kubexit: Kubexit) -> None:
    """A graveyard cannot be made below a file."""
    kubexit.graveyard.write_text("")

    assert_unusable(kubexit.run("echo", "BORN", GRAVEYARD=kubexit.graveyard / "below"), kubexit.graveyard)


@pytest.mark.behaviour("graveyard-not-a-folder")
def test_a_link_to_nowhere(kubexit: Kubexit) -> None:
    """A dangling symbolic link is not replaced."""
    kubexit.graveyard.symlink_to("nowhere")

    assert_unusable(kubexit.run("echo", "BORN"), kubexit.graveyard)
    assert kubexit.graveyard.is_symlink()


@pytest.mark.behaviour("unwritten-death-keeps-code")
@pytest.mark.parametrize("liveness", [True, False])
def test_read_only_volume(kubexit: Kubexit, liveness: bool) -> None:
    """A read-only volume is refused at start."""
    namespaces.require_mounts()
    kubexit.graveyard.mkdir()
    world = namespaces.private_mounts(namespaces.read_only(kubexit.graveyard))

    assert_unusable(kubexit.run("echo", "BORN", preexec_fn=world, LIVENESS=liveness), kubexit.graveyard)


@pytest.mark.behaviour("unwritten-death-keeps-code")
@pytest.mark.parametrize("mode", [0o755, 0o555, 0o000], ids="{:03o}".format)
@pytest.mark.parametrize("liveness", [True, False])
def test_no_right_to_write(kubexit: Kubexit, open_folder: Path, mode: int, liveness: bool) -> None:
    """A folder of another user without write permission is refused."""
    namespaces.require_other_users(kubexit.program(), *kubexit_programs(kubexit))
    folder = open_folder / "graveyard"
    folder.mkdir()
    folder.chmod(mode)
    finished = kubexit.run(
        "/bin/echo", "BORN", GRAVEYARD=folder, preexec_fn=namespaces.user(NOBODY, NOBODY), LIVENESS=liveness
    )

    assert_unusable(finished, folder)


@pytest.mark.behaviour("unwritten-death-keeps-code", "graveyard-made-and-watched")
def test_no_right_to_make(kubexit: Kubexit, open_folder: Path) -> None:
    """A graveyard that this user may not make is refused."""
    namespaces.require_other_users(*kubexit_programs(kubexit))
    open_folder.chmod(0o755)
    finished = kubexit.run(
        "/bin/echo", "BORN", GRAVEYARD=open_folder / "graveyard", preexec_fn=namespaces.user(NOBODY, NOBODY)
    )

    assert_unusable(finished, open_folder / "graveyard")


@pytest.mark.behaviour("graveyard-not-a-folder")
def test_a_folder_under_our_name(kubexit: Kubexit) -> None:
    """A directory where the tombstone should be makes the graveyard unusable for this name, and is not touched."""
    (kubexit.graveyard / "main" / "kept").mkdir(parents=True)

    assert_unusable(kubexit.run("echo", "BORN"), kubexit.graveyard / "main")
    assert (kubexit.graveyard / "main" / "kept").is_dir()
    assert os.listdir(kubexit.graveyard) == ["main"]


def kubexit_programs(kubexit: Kubexit) -> list[str]:
    """What another user must be able to run."""
    if kubexit.is_native:
        return [kubexit.path]
    return [kubexit.path, os.fspath(Path(kubexit.path).with_name("python"))]
