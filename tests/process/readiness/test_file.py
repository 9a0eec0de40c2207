"""KUBEXIT_READY_FILE: the command is ready when this file is newer than its start."""

import os
import shutil
import signal
import time

import pytest

from harness.containers import running
from harness.kubexit import Kubexit


@pytest.mark.behaviour("tombstone-lines")
def test_a_file_that_appears_is_readiness(kubexit: Kubexit) -> None:
    """A file that appears is readiness."""
    file = kubexit.folder / "ready"
    running(kubexit, "db", READY_FILE=file, READY_PERIOD="10ms")
    file.touch()

    kubexit.wait_tombstone("db", "Ready")


def test_an_old_file_is_no_readiness(kubexit: Kubexit) -> None:
    """A file that is older than the start is no readiness until it is touched."""
    file = kubexit.folder / "ready"
    file.touch()
    os.utime(file, (time.time() - 5, time.time() - 5))
    running(kubexit, "db", READY_FILE=file, READY_PERIOD="10ms", LOG_LEVEL="debug")
    stone = kubexit.wait_tombstone("db", "Born")
    assert "Ready" not in stone
    os.utime(file)

    kubexit.wait_tombstone("db", "Ready")


def test_old_one_stays_old(kubexit: Kubexit) -> None:
    """A file of an earlier run never counts for this one. Shown to fail by touching it."""
    file = kubexit.folder / "ready"
    file.touch()
    os.utime(file, (time.time() - 5, time.time() - 5))
    kubexit.run("sleep", "0.1", name="db", READY_FILE=file, READY_PERIOD="10ms")

    assert "Ready" not in (kubexit.tombstone("db") or {})


def test_made_by_the_command(kubexit: Kubexit) -> None:
    """A file that the command makes first of all counts: the different resolution of clocks does not hide it."""
    file = kubexit.folder / "ready"
    for _ in range(5):
        file.unlink(missing_ok=True)
        db = kubexit.start("sh", "-c", f"> {file}; exec sleep 60", name="db", READY_FILE=file, READY_PERIOD="10ms")
        kubexit.wait_tombstone("db", "Ready")
        db.signal(15)
        db.wait()


@pytest.mark.parametrize("kind", ["folder", "fifo", "link"])
def test_any_kind_of_file_counts(kubexit: Kubexit, kind: str) -> None:
    """Any kind of file with that name counts if it is new enough."""
    file = kubexit.folder / "ready"
    running(kubexit, "db", READY_FILE=file, READY_PERIOD="10ms")
    if kind == "folder":
        file.mkdir()
    elif kind == "fifo":
        os.mkfifo(file)
    else:
        (kubexit.folder / "target").touch()
        file.symlink_to("target")

    kubexit.wait_tombstone("db", "Ready")


def test_a_relative_path_starts_at_the_working_folder(kubexit: Kubexit) -> None:
    """A relative path begins at the working folder."""
    running(kubexit, "db", READY_FILE="ready", READY_PERIOD="10ms", cwd=kubexit.folder)
    (kubexit.folder / "ready").touch()

    kubexit.wait_tombstone("db", "Ready")


@pytest.mark.behaviour("unwritten-death-keeps-code", "unwritten-birth-continues")
def test_a_deleted_graveyard_is_reported(kubexit: Kubexit) -> None:
    """Readiness that cannot be written, since the folder was deleted, is logged with its reason; the command lives."""
    ready = kubexit.folder / "ready"
    container = running(kubexit, "main", READY_FILE=ready, READY_PERIOD="10ms")
    kubexit.wait_tombstone("main", "Born")
    shutil.rmtree(kubexit.graveyard)
    ready.touch()
    container.wait_line("cannot write tombstone .*graveyard/main: No such file or directory$", stream="stderr")
    container.signal(signal.SIGTERM)

    assert container.wait() == 0
    assert (kubexit.tombstone() or {})["ExitCode"] == 0


def test_a_file_of_a_far_year_counts(kubexit: Kubexit) -> None:
    """A file is new enough in any later year, even in one that 64 bits of nanoseconds do not hold."""
    file = kubexit.folder / "ready"
    file.touch()
    os.utime(file, (10**10, 10**10))
    if os.stat(file).st_mtime < 10**10:
        pytest.skip("YEAR 2286 NOT TESTED: the file system does not keep it")
    running(kubexit, "db", READY_FILE=file, READY_PERIOD="10ms")

    kubexit.wait_tombstone("db", "Ready")
