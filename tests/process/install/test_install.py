"""`kubexit --install DIR` copies the one file that kubexit is to DIR/kubexit."""

import os
import stat
import subprocess
from pathlib import Path

import pytest

from harness import single_file
from harness.kubexit import Kubexit
from harness.single_file import drafts, install
from harness.world import namespaces

pytestmark = [pytest.mark.every_form, pytest.mark.single_file]


def is_whole(kubexit: Kubexit, copy: Path) -> bool:
    """Whether a copy has the bytes and the mode that it ought to have."""
    status = copy.lstat()
    return (
        stat.S_ISREG(status.st_mode)
        and stat.S_IMODE(status.st_mode) == 0o555
        and copy.read_bytes() == Path(kubexit.path).read_bytes()
        and drafts(copy.parent) == []
    )


@pytest.fixture
def shared(kubexit: Kubexit) -> Path:
    """The folder that containers share."""
    folder = kubexit.folder / "shared"
    folder.mkdir()
    return folder


@pytest.mark.behaviour("installs-itself")
@pytest.mark.parametrize("umask", [0o022, 0o077, 0o777], ids="{:03o}".format)
def test_the_copy_is_whole_and_executable(kubexit: Kubexit, shared: Path, umask: int) -> None:
    """The copy has all bytes and mode 0555, with any umask; it runs, and nothing else is in the folder."""
    finished = install(kubexit, shared, preexec_fn=lambda: os.umask(umask) and None)

    assert finished.code == 0
    assert finished.stderr.endswith(
        f" info kubexit: installed {shared}/kubexit, {os.stat(kubexit.path).st_size} bytes\n"
    )
    assert is_whole(kubexit, shared / "kubexit")
    assert os.listdir(shared) == ["kubexit"]
    assert subprocess.run([shared / "kubexit", "--version"], timeout=20, check=True, capture_output=True).stdout


@pytest.mark.behaviour("installs-itself")
def test_by_the_copy(kubexit: Kubexit, shared: Path) -> None:
    """A copy can copy itself; over itself it stays unchanged."""
    install(kubexit, shared)
    copy = kubexit.under(shared / "kubexit")
    before = (shared / "kubexit").stat()

    assert install(copy, kubexit.folder / "next").code == 0
    assert is_whole(kubexit, kubexit.folder / "next" / "kubexit")
    assert install(copy, shared).code == 0
    assert (shared / "kubexit").stat() == before


@pytest.mark.behaviour("installs-itself")
def test_it_can_be_run_again(kubexit: Kubexit, shared: Path) -> None:
    """The option can be used again and again, as an init container does; each time the file is replaced."""
    inodes = set()
    for _ in range(3):
        assert install(kubexit, shared).code == 0
        assert is_whole(kubexit, shared / "kubexit")
        inodes.add((shared / "kubexit").stat().st_ino)

    assert len(inodes) > 1


@pytest.mark.behaviour("installs-itself")
def test_over_one_that_runs(kubexit: Kubexit, shared: Path) -> None:
    """An older file is replaced also while it is executed, and continues to run."""
    (shared / "kubexit").write_bytes(Path(kubexit.path).read_bytes() + b"older")
    (shared / "kubexit").chmod(0o755)
    older = kubexit.under(shared / "kubexit")
    container = older.start(kubexit.program(), "ready-then-wait", "--exit", "TERM=7")
    container.wait_line("READY")
    finished = install(kubexit, shared)

    assert finished.code == 0
    assert is_whole(kubexit, shared / "kubexit")
    container.signal(15)
    assert container.wait() == 7


@pytest.mark.behaviour("installs-itself")
def test_folder_is_made(kubexit: Kubexit, shared: Path) -> None:
    """A missing folder is made, with all folders above it; that causes a warning."""
    finished = install(kubexit, shared / "a" / "b")

    assert finished.code == 0
    assert is_whole(kubexit, shared / "a" / "b" / "kubexit")
    assert f" warn kubexit: folder {shared}/a/b did not exist" in finished.stderr


@pytest.mark.behaviour("installs-itself")
@pytest.mark.parametrize("path", ["shared", "shared/", "./shared//", ".", "link", "link/"])
def test_the_line_names_the_absolute_path(kubexit: Kubexit, shared: Path, path: str) -> None:
    """The line names the file by its absolute path: for a relative path, slashes at the end, or a link."""
    (kubexit.folder / "link").symlink_to(shared)
    finished = install(kubexit, path, cwd=kubexit.folder)
    target = kubexit.folder / path / "kubexit"

    assert finished.code == 0
    assert is_whole(kubexit, target)
    assert f" installed {target}, " in finished.stderr
    assert " warn " not in finished.stderr


@pytest.mark.behaviour("installs-itself")
def test_the_root_folder_is_a_folder(kubexit: Kubexit, shared: Path) -> None:
    """The root folder is one like any other, but it cannot be written to here."""
    namespaces.require_mounts()
    world = namespaces.private_mounts(namespaces.read_only(Path("/")))
    finished = install(kubexit, "/", preexec_fn=world)

    assert finished.code == 73
    assert " cannot install /kubexit: Read-only file system" in finished.stderr


@pytest.mark.behaviour("installs-itself")
def test_over_a_link_to_itself(kubexit: Kubexit, shared: Path) -> None:
    """A link to the running file is replaced: in another container that sees the folder it may lead nowhere."""
    (shared / "kubexit").symlink_to(kubexit.path)

    assert install(kubexit, shared).code == 0
    assert is_whole(kubexit, shared / "kubexit")


@pytest.mark.behaviour("installs-itself")
def test_over_a_link(kubexit: Kubexit, shared: Path) -> None:
    """A link with the name is replaced; its target is not changed."""
    outside = kubexit.folder / "outside"
    outside.write_text("precious")
    (shared / "kubexit").symlink_to(outside)

    assert install(kubexit, shared).code == 0
    assert is_whole(kubexit, shared / "kubexit")
    assert outside.read_text() == "precious"


@pytest.mark.behaviour("installs-itself")
def test_draft_that_is_a_link(kubexit: Kubexit, shared: Path) -> None:
    """Only files are taken for drafts of killed copies: links and folders of such a name stay, and are not followed."""
    outside = kubexit.folder / "outside"
    outside.write_text("precious")
    (shared / f"{single_file.DRAFTS}1").symlink_to(outside)
    (shared / f"{single_file.DRAFTS}2").mkdir()
    os.mkfifo(shared / f"{single_file.DRAFTS}3")
    before = sorted(os.listdir(shared))

    assert install(kubexit, shared).code == 0
    assert sorted(os.listdir(shared)) == [*before, "kubexit"]
    assert outside.read_text() == "precious"


@pytest.mark.behaviour("installs-itself", "disabled-executes-only")
def test_settings_do_not_matter(kubexit: Kubexit, shared: Path) -> None:
    """Settings for the supervision of a command, good or bad, have no effect; no tombstone is written."""
    env = {"KUBEXIT_NAME": "main", "KUBEXIT_GRACE_PERIOD": "bad", "KUBEXIT_DISABLED": "true"}
    finished = kubexit.run(options=["--install", shared], env=env)

    assert finished.code == 0
    assert is_whole(kubexit, shared / "kubexit")
    assert not kubexit.graveyard.exists()
