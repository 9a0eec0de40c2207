"""If no FIFO can be made or used, everything else works."""

import errno
import os
import socket
from pathlib import Path

import pytest

from harness.containers import fenced_off, lines, running
from harness.kubexit import Kubexit
from harness.world import namespaces


@pytest.mark.behaviour("unwritten-birth-continues", "crash-seen-by-peers")
@pytest.mark.parametrize("error", [errno.EPERM, errno.ENOSYS, errno.ENOSPC, errno.EOPNOTSUPP], ids=errno.errorcode.get)
def test_refused_fifos_cost_one_warning(kubexit: Kubexit, error: int) -> None:
    """In a sandbox that makes no FIFOs, kubexit logs one warning and peers do not see its crash; all else works."""
    main = running(kubexit, "main", preexec_fn=namespaces.refuse("mknod", error))
    sidecar = running(kubexit, DEATH_DEPS="main", POLL_INTERVAL="0")
    main.signal(15)

    assert (main.wait(), sidecar.wait()) == (0, 0)
    assert len(lines(main.stderr, "warn")) == 1
    assert sorted(os.listdir(kubexit.graveyard)) == ["main", "sidecar"]


def not_a_fifo(path: Path, kind: str) -> None:
    """Put something else under that name."""
    if kind == "file":
        path.write_text("")
    elif kind == "folder":
        path.mkdir()
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as server:
            os.chdir(path.parent)
            server.bind(path.name)
    elif kind == "dangling link":
        path.symlink_to("nowhere")
    else:
        os.mkfifo(path.with_name("fifo"))
        path.symlink_to("fifo")


@pytest.mark.behaviour("junk-is-no-death", "links-not-followed", "crash-seen-by-peers")
@pytest.mark.parametrize("kind", ["file", "folder", "socket", "dangling link", "link to a FIFO"])
def test_of_a_dependency(kubexit: Kubexit, kind: str) -> None:
    """What is no FIFO says nothing about a dependency. Shown to fail by a FIFO without a reader."""
    kubexit.graveyard.mkdir()
    not_a_fifo(kubexit.graveyard / ".main.alive", kind)
    sidecar = running(kubexit, DEATH_DEPS="main,fence")

    fenced_off(kubexit, sidecar)


@pytest.mark.behaviour("links-not-followed", "crash-seen-by-peers")
def test_through_a_link(kubexit: Kubexit) -> None:
    """A link to a FIFO is not followed: its target is not the dependency. Shown to fail by a hard link."""
    kubexit.graveyard.mkdir()
    os.mkfifo(kubexit.folder / "elsewhere")
    (kubexit.graveyard / ".main.alive").symlink_to(kubexit.folder / "elsewhere")
    reader = os.open(kubexit.folder / "elsewhere", os.O_RDONLY | os.O_NONBLOCK)
    sidecar = running(kubexit, DEATH_DEPS="main,fence")
    os.close(reader)

    fenced_off(kubexit, sidecar)


@pytest.mark.behaviour("junk-is-no-death", "links-not-followed", "crash-seen-by-peers")
@pytest.mark.parametrize("draft", ["", ".tmp"])
@pytest.mark.parametrize("kind", ["file", "folder", "socket", "dangling link", "link to a FIFO"])
def test_of_our_own(kubexit: Kubexit, kind: str, draft: str) -> None:
    """Anything under the FIFO's own name is replaced or logged, and the command runs."""
    kubexit.graveyard.mkdir()
    not_a_fifo(kubexit.graveyard / f".main.alive{draft}", kind)
    finished = kubexit.run("sh", "-c", "exit 3")

    assert finished.code == 3
    assert (kubexit.tombstone() or {})["ExitCode"] == 3
    assert len(lines(finished.stderr, "warn")) == (kind == "folder")


@pytest.mark.behaviour("crash-seen-by-peers")
def test_a_reader_that_is_no_supervisor(kubexit: Kubexit) -> None:
    """A FIFO that another program keeps open counts as life; the tombstone's death counts all the same."""
    kubexit.graveyard.mkdir()
    os.mkfifo(kubexit.graveyard / ".main.alive")
    reader = os.open(kubexit.graveyard / ".main.alive", os.O_RDONLY | os.O_NONBLOCK)
    sidecar = running(kubexit, DEATH_DEPS="main", POLL_INTERVAL="0")
    kubexit.carve("main", Born=True, Died=True, ExitCode=0)

    assert sidecar.wait() == 0
    os.close(reader)


@pytest.mark.behaviour("junk-is-no-death", "crash-seen-by-peers")
def test_no_right_to_open(kubexit: Kubexit) -> None:
    """A FIFO that kubexit may not open says nothing. Shown to fail by killing its holder with the right to open it."""
    namespaces.require_root()
    kubexit.graveyard.mkdir()
    os.mkfifo(kubexit.graveyard / ".main.alive", 0o600)

    os.chown(kubexit.graveyard / ".main.alive", 1000, 1000)
    sidecar = running(kubexit, DEATH_DEPS="main,fence", preexec_fn=namespaces.no_override)

    fenced_off(kubexit, sidecar)
