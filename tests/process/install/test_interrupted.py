"""Copies that are killed, stopped, or made side by side: a file that has the name is always a whole one."""

import fcntl
import os
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from harness import single_file
from harness.kubexit import Kubexit
from harness.single_file import drafts, install, resume
from harness.supervised import Supervised
from harness.waiting import eventually

pytestmark = [pytest.mark.every_form, pytest.mark.single_file]


@pytest.fixture
def shared(kubexit: Kubexit) -> Path:
    """The folder that containers share."""
    folder = kubexit.folder / "shared"
    folder.mkdir()
    return folder


def stopped(kubexit: Kubexit, shared: Path, fact: Callable[[], bool], *injections: str) -> Supervised:
    """A copy under way, below strace, that is stopped by one of the injections; the fact is true at that moment."""
    traced = single_file.traced(kubexit, *injections)
    copying = traced.start(options=["--install", shared], name=None, GRAVEYARD=None)
    eventually(fact, "the copy has come so far")
    return copying


def is_written(shared: Path) -> bool:
    """Whether there is a draft that has its mode: next it is synchronised, then renamed."""
    return any(stat.S_IMODE((shared / draft).stat().st_mode) == 0o555 for draft in drafts(shared))


@pytest.mark.behaviour("installs-itself")
def test_the_draft_of_a_killed_copy_is_removed(kubexit: Kubexit, shared: Path) -> None:
    """The next copy removes the draft of a copy that was killed."""
    install(single_file.traced(kubexit, "fsync:signal=KILL"), shared)
    assert len(drafts(shared)) == 1
    assert os.listdir(shared) == drafts(shared)

    assert install(kubexit, shared).code == 0
    assert os.listdir(shared) == ["kubexit"]


@pytest.mark.behaviour("installs-itself")
def test_a_terminated_copy_is_finished_first(kubexit: Kubexit, shared: Path) -> None:
    """A copy that gets SIGTERM is finished first: that takes milliseconds, and nothing is left half done."""
    finished = install(single_file.traced(kubexit, "fsync:signal=TERM"), shared)

    assert finished.code == 0
    assert os.listdir(shared) == ["kubexit"]


@pytest.mark.behaviour("installs-itself")
def test_draft_of_the_living(kubexit: Kubexit, shared: Path) -> None:
    """A draft that a process has locked is not removed as a leftover."""
    with (shared / f"{single_file.DRAFTS}1").open("w") as draft:
        fcntl.flock(draft, fcntl.LOCK_EX)

        assert install(kubexit, shared).code == 0
        assert drafts(shared) == [f"{single_file.DRAFTS}1"]
    assert install(kubexit, shared).code == 0
    assert drafts(shared) == []


@pytest.mark.behaviour("installs-itself")
def test_two_copies_at_once_succeed(kubexit: Kubexit, shared: Path) -> None:
    """A copy under way is left alone by another one; both succeed."""
    copying = stopped(kubexit, shared, lambda: is_written(shared), "fsync:signal=STOP")
    draft = drafts(shared)

    assert install(kubexit, shared).code == 0
    assert drafts(shared) == draft
    assert resume(copying) == 0
    assert os.listdir(shared) == ["kubexit"]
    assert (shared / "kubexit").read_bytes() == Path(kubexit.path).read_bytes()


@pytest.mark.behaviour("installs-itself")
def test_without_locks_a_lost_draft_is_made_again(kubexit: Kubexit, shared: Path) -> None:
    """On a file system without locks a copy under way may lose its draft to another one; it makes a new one."""
    faults = ("flock:error=EOPNOTSUPP", "fsync:signal=STOP:when=1")
    copying = stopped(kubexit, shared, lambda: is_written(shared), *faults)
    assert install(kubexit, shared).code == 0
    assert drafts(shared) == []

    assert resume(copying) == 0
    assert os.listdir(shared) == ["kubexit"]
    assert (shared / "kubexit").read_bytes() == Path(kubexit.path).read_bytes()


@pytest.mark.behaviour("installs-itself")
def test_executable_at_once(kubexit: Kubexit, shared: Path) -> None:
    """From the moment it has its name the file can be executed: no process has it open for writing.

    Shown to fail by closing the draft after the rename: then this is ETXTBSY.
    """
    copying = stopped(kubexit, shared, (shared / "kubexit").exists, "renameat:signal=STOP")

    assert subprocess.run([shared / "kubexit", "--version"], timeout=20, capture_output=True).returncode == 0
    assert resume(copying) == 0


@pytest.mark.behaviour("installs-itself")
def test_side_by_side(kubexit: Kubexit, shared: Path) -> None:
    """When many copies run at a time, all succeed, a reader always sees a whole file, and no draft is left."""
    whole = Path(kubexit.path).read_bytes()
    install(kubexit, shared)
    copies = [kubexit.start(options=["--install", shared], name=None, GRAVEYARD=None) for _ in range(8)]
    looks = 0
    while looks == 0 or any(copy.process.poll() is None for copy in copies):
        assert (shared / "kubexit").read_bytes() == whole
        looks += 1

    assert [copy.wait() for copy in copies] == [0] * 8
    assert os.listdir(shared) == ["kubexit"]
