"""A copy that fails logs one line that says why, and leaves nothing behind."""

import errno
import os
import re
import resource
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness import single_file
from harness.containers import running
from harness.kubexit import Kubexit
from harness.single_file import drafts, install
from harness.supervised import Finished
from harness.world import namespaces

pytestmark = [pytest.mark.every_form, pytest.mark.single_file]

NOBODY = 65_534


@pytest.fixture
def shared(kubexit: Kubexit) -> Path:
    """The folder that containers share, with an older kubexit."""
    folder = kubexit.folder / "shared"
    folder.mkdir()
    (folder / "kubexit").write_text("older")
    return folder


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can reach."""
    folder = Path(tempfile.mkdtemp(prefix="kubexit-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def error_line(finished: Finished) -> str:
    """Return the only line, which is an error."""
    (line,) = finished.stderr.splitlines()
    assert " error kubexit: cannot " in line
    return line


def on_small_disk(kubexit: Kubexit, shared: Path, *steps: namespaces.Step) -> tuple[Finished, list[str]]:
    """Install to a disk of 64 KiB; return what is in it afterwards."""
    namespaces.require_mounts()
    world = namespaces.private_mounts(namespaces.tmpfs(shared, "size=64k"))
    holder = running(kubexit, "holder", preexec_fn=world)
    entered = namespaces.in_turn(namespaces.join_mounts(holder.pid), *steps)
    finished = install(kubexit, shared, preexec_fn=entered)
    return finished, os.listdir(namespaces.inside(holder.pid, shared))


@pytest.mark.behaviour("codes-of-kubexit", "installs-itself")
def test_a_full_disk_is_reported_before_writing(kubexit: Kubexit, shared: Path) -> None:
    """A disk with too little room is reported in bytes, before anything is written: a copy would be killed here."""
    finished, left = on_small_disk(single_file.traced(kubexit, "flock:signal=KILL"), shared)

    assert finished.code == 73
    size = os.stat(kubexit.path).st_size
    assert f"{shared}/kubexit: it needs {size} bytes, but only 65536 are free" in error_line(finished)
    assert left == []


@pytest.mark.behaviour("codes-of-kubexit", "installs-itself")
def test_disk_fills_up(kubexit: Kubexit, shared: Path) -> None:
    """A disk that becomes full during the write is reported too; the draft is removed."""
    finished, left = on_small_disk(kubexit, shared, namespaces.refuse("fstatfs", errno.ENOSYS))

    assert finished.code == 73
    assert f"No space left on device; it needs {os.stat(kubexit.path).st_size} bytes" in error_line(finished)
    assert left == []


@pytest.mark.behaviour("installs-itself")
def test_disk_without_bound(kubexit: Kubexit, shared: Path) -> None:
    """A file system that knows no size, such as a tmpfs without a limit, is not full."""
    namespaces.require_mounts()
    finished = install(kubexit, shared, preexec_fn=namespaces.private_mounts(namespaces.tmpfs(shared, "size=0")))

    assert finished.code == 0


@pytest.mark.behaviour("codes-of-kubexit", "installs-itself")
@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        ("fsync", errno.EDQUOT, "uota exceeded; it needs"),
        ("fsync", errno.EIO, "/O error|/output error"),
        ("rename", errno.EACCES, "Permission denied"),
    ],
    ids=str,
)
def test_late_errors_keep_the_older_file(kubexit: Kubexit, shared: Path, call: str, error: int, words: str) -> None:
    """After an error at the end, as on a network disk, the older file stays in place, and there is no draft."""
    finished = install(kubexit, shared, preexec_fn=namespaces.refuse(call, error))

    assert finished.code == 73
    assert re.search(words, error_line(finished))
    assert os.listdir(shared) == ["kubexit"]
    assert (shared / "kubexit").read_text() == "older"


@pytest.mark.behaviour("installs-itself")
def test_disk_without_sync(kubexit: Kubexit, shared: Path) -> None:
    """A file system that has nothing to synchronise does not count as one that fails (fsync(2), EINVAL)."""
    assert install(kubexit, shared, preexec_fn=namespaces.refuse("fsync", errno.EINVAL)).code == 0


@pytest.mark.behaviour("codes-of-kubexit", "installs-itself")
def test_file_size_limit(kubexit: Kubexit, shared: Path) -> None:
    """A limit for file sizes causes an error line, not a signal that would leave a draft."""
    finished = install(
        kubexit, shared, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    )

    assert finished.code == 73
    assert "File too large" in error_line(finished)
    assert os.listdir(shared) == ["kubexit"]


@pytest.mark.behaviour("codes-of-kubexit", "installs-itself")
def test_a_read_only_volume_is_reported(kubexit: Kubexit, shared: Path) -> None:
    """A read-only volume is reported."""
    namespaces.require_mounts()
    finished = install(kubexit, shared, preexec_fn=namespaces.private_mounts(namespaces.read_only(shared)))

    assert finished.code == 73
    why = "Read-only file system; the volume must be mounted without readOnly here"
    assert f"{shared}/kubexit: {why}" in error_line(finished)


@pytest.mark.behaviour("codes-of-kubexit", "installs-itself")
@pytest.mark.parametrize("path", ["shared", "shared/new"])
def test_folder_of_another_user(kubexit: Kubexit, open_folder: Path, path: str) -> None:
    """A folder that this user may not write to is reported, with the user and a word on fsGroup."""
    namespaces.require_other_users(kubexit.path)
    (open_folder / "shared").mkdir(mode=0o755)
    finished = install(kubexit, open_folder / path, preexec_fn=namespaces.user(NOBODY, NOBODY))

    assert finished.code == 73
    assert f"{open_folder / path}/kubexit: Permission denied; " in error_line(finished)
    assert f"user {NOBODY}, group {NOBODY}" in finished.stderr
    assert "use an emptyDir, or set fsGroup on the pod" in finished.stderr
    assert os.listdir(open_folder / "shared") == []


@pytest.mark.behaviour("codes-of-kubexit", "installs-itself")
@pytest.mark.parametrize("path", ["shared/kubexit", "shared/kubexit/below", "dangling"])
def test_a_target_that_is_no_folder_is_left_alone(kubexit: Kubexit, shared: Path, path: str) -> None:
    """A target that is no folder is reported, and stays as it is."""
    (kubexit.folder / "dangling").symlink_to("nowhere")
    finished = install(kubexit, kubexit.folder / path)

    assert finished.code == 73
    assert f"{kubexit.folder / path}/kubexit: " in error_line(finished)
    assert (shared / "kubexit").read_text() == "older"
    assert not (kubexit.folder / "nowhere").exists()


@pytest.mark.behaviour("codes-of-kubexit", "installs-itself")
def test_folder_has_the_name(kubexit: Kubexit, shared: Path) -> None:
    """A folder that is called kubexit is not replaced."""
    (shared / "kubexit").unlink()
    (shared / "kubexit").mkdir()
    finished = install(kubexit, shared)

    assert finished.code == 73
    assert "Is a directory" in error_line(finished)
    assert drafts(shared) == []


@pytest.mark.behaviour("codes-of-kubexit", "installs-itself")
def test_path_too_long(kubexit: Kubexit) -> None:
    """A path above the system's limit is reported."""
    finished = install(kubexit, "/x" * 2047)

    assert finished.code == 73
    assert "name too long" in error_line(finished)


@pytest.mark.behaviour("codes-of-kubexit", "installs-itself")
def test_file_that_cannot_be_read(kubexit: Kubexit, open_folder: Path) -> None:
    """If the file may be executed and not read, the message says which mode it needs."""
    namespaces.require_other_users(kubexit.path)
    shutil.copy(kubexit.path, open_folder / "secret")
    (open_folder / "secret").chmod(0o111)
    (open_folder / "shared").mkdir()
    os.chown(open_folder / "shared", NOBODY, NOBODY)
    secret = kubexit.under(open_folder / "secret")
    finished = install(secret, open_folder / "shared", preexec_fn=namespaces.user(NOBODY, NOBODY))

    assert finished.code == 70
    assert f"{open_folder}/secret: Permission denied; set its mode to 0555" in error_line(finished)
    assert os.listdir(open_folder / "shared") == []
