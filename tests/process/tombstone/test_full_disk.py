"""A full graveyard harms neither the command nor its exit code."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.containers import lines, running
from harness.kubexit import Kubexit
from harness.waiting import eventually
from harness.world import namespaces

PAGE = os.sysconf("SC_PAGE_SIZE")


@pytest.fixture(autouse=True)
def _mounts() -> None:
    namespaces.require_mounts()


def small_disk(graveyard: Path, pages: int, ballast: int, options: str = "") -> Callable[[], None]:
    """A graveyard of `pages` pages, some of them taken already."""

    def fill() -> None:
        if ballast:
            (graveyard / "ballast").write_bytes(b"x" * PAGE * ballast)

    graveyard.mkdir()
    return namespaces.private_mounts(namespaces.tmpfs(graveyard, f"size={PAGE * pages}{options}"), fill)


def read(folder: int, name: str) -> bytes:
    """A file of a mount that may be gone by its path."""
    file = os.open(name, os.O_RDONLY, dir_fd=folder)
    text = os.read(file, PAGE)
    os.close(file)
    return text


@pytest.mark.behaviour("unwritten-death-keeps-code", "unwritten-birth-continues")
def test_an_unwritten_birth_is_a_warning(kubexit: Kubexit) -> None:
    """A birth that cannot be written is a warning; the command lives, and its death is written when there is room."""
    world = small_disk(kubexit.graveyard, 1, 1)
    container = kubexit.start(kubexit.program(), "ready-then-wait", "--exit", "TERM=7", preexec_fn=world)
    container.wait_line("warn .*cannot write tombstone .*/main: No space left on device", stream="stderr")
    container.wait_line("READY")
    folder = os.open(namespaces.inside(container.pid, kubexit.graveyard), os.O_RDONLY)
    os.unlink("ballast", dir_fd=folder)
    container.signal(15)

    assert container.wait() == 7
    assert b"ExitCode: 7\n" in read(folder, "main")
    os.close(folder)


@pytest.mark.behaviour("unwritten-death-keeps-code")
def test_no_room_at_all(kubexit: Kubexit) -> None:
    """If a death cannot be written within a second, kubexit logs an error; the code stays the command's."""
    finished = kubexit.run("sh", "-c", "exit 7", preexec_fn=small_disk(kubexit.graveyard, 1, 1))

    assert finished.code == 7
    (line,) = lines(finished.stderr, "error")
    assert f"{kubexit.graveyard}/main" in line
    assert "No space left on device" in line


@pytest.mark.behaviour("unwritten-death-keeps-code")
def test_the_end_is_logged_after_the_tombstone(kubexit: Kubexit) -> None:
    """Peers wait for the tombstone, so the line about the command comes after the last attempt to write it.

    Fails when the line is logged before the death is written.
    """
    finished = kubexit.run("sh", "-c", "exit 7", preexec_fn=small_disk(kubexit.graveyard, 1, 1))
    messages = finished.stderr.splitlines()
    (failure,) = [
        at for at, line in enumerate(messages) if re.search(" error .*cannot write tombstone .*/main: ", line)
    ]
    (end,) = [at for at, line in enumerate(messages) if "command exited with 7" in line and " info " in line]

    assert failure < end


@pytest.mark.behaviour("unwritten-death-keeps-code")
def test_room_in_time(kubexit: Kubexit) -> None:
    """A disk that is full for a moment only delays the death."""
    container = kubexit.start(
        kubexit.program(), "ready-then-wait", "--exit", "TERM=7", preexec_fn=small_disk(kubexit.graveyard, 2, 0)
    )
    container.wait_line("READY")
    inside = namespaces.inside(container.pid, kubexit.graveyard)
    eventually((inside / "main").exists, "the birth is written")
    (inside / "ballast").write_bytes(b"x" * PAGE)
    folder = os.open(inside, os.O_RDONLY)  # a mount is there for as long as a process holds it
    command = container.command_pid()
    container.signal(15)
    eventually(lambda: not Path(f"/proc/{command}").exists(), "the command is gone")
    os.unlink("ballast", dir_fd=folder)

    assert container.wait() == 7
    assert b"ExitCode: 7\n" in read(folder, "main")
    os.close(folder)


@pytest.mark.behaviour("unwritten-death-keeps-code")
def test_the_death_takes_the_old_tombstones_room(kubexit: Kubexit) -> None:
    """With no room beside the old tombstone, the death takes its place: peers would wait for it in vain."""
    container = kubexit.start(
        kubexit.program(), "ready-then-wait", "--exit", "TERM=7", preexec_fn=small_disk(kubexit.graveyard, 2, 0)
    )
    container.wait_line("READY")
    inside = namespaces.inside(container.pid, kubexit.graveyard)
    eventually((inside / "main").exists, "the birth is written")
    (inside / "ballast").write_bytes(b"x" * PAGE)
    folder = os.open(inside, os.O_RDONLY)
    container.signal(15)

    assert container.wait() == 7
    assert lines(container.stderr, "error") == []
    assert b"ExitCode: 7\n" in read(folder, "main")
    os.close(folder)


@pytest.mark.behaviour("birth-written-later")
def test_a_birth_is_written_when_there_is_room(kubexit: Kubexit) -> None:
    """A birth that could not be written is written as soon as there is room, once, with the time of the birth."""
    world = small_disk(kubexit.graveyard, 1, 1)
    container = kubexit.start(kubexit.program(), "ready-then-wait", "--exit", "TERM=7", preexec_fn=world)
    container.wait_line("warn .*cannot write tombstone .*/main: No space left on device", stream="stderr")
    inside = namespaces.inside(container.pid, kubexit.graveyard)
    (inside / "ballast").unlink()
    eventually((inside / "main").exists, "the birth is written")

    assert container.stderr.count("cannot write tombstone") == 1


@pytest.mark.behaviour("birth-written-later")
def test_readiness_is_written_when_there_is_room(kubexit: Kubexit) -> None:
    """Readiness, for which peers wait, is also written as soon as there is room."""
    ready = kubexit.folder / "ready"
    container = kubexit.start(
        kubexit.program(),
        "ready-then-wait",
        preexec_fn=small_disk(kubexit.graveyard, 2, 0),
        READY_FILE=ready,
        READY_PERIOD="10ms",
    )
    container.wait_line("READY")
    inside = namespaces.inside(container.pid, kubexit.graveyard)
    eventually((inside / "main").exists, "the birth is written")
    (inside / "ballast").write_bytes(b"x" * PAGE)
    ready.touch()
    container.wait_line("warn .*cannot write tombstone .*/main: No space left on device", stream="stderr")
    (inside / "ballast").unlink()

    eventually(lambda: "Ready: " in (inside / "main").read_text(), "readiness is written")


@pytest.mark.behaviour("unwritten-death-keeps-code", "crash-seen-by-peers")
def test_peers_see_a_crash(kubexit: Kubexit) -> None:
    """When a death cannot be written the FIFO stays, so that peers see an end."""
    peer = running(
        kubexit, "peer", "TERM=3", DEATH_DEPS="main", preexec_fn=small_disk(kubexit.graveyard, 2, 0), POLL_INTERVAL="0"
    )
    inside = namespaces.inside(peer.pid, kubexit.graveyard)
    eventually((inside / "peer").exists, "the peer's birth is written")
    (inside / "ballast").write_bytes(b"x" * PAGE)
    main = kubexit.run("sh", "-c", "exit 7", preexec_fn=namespaces.join_mounts(peer.pid))

    assert main.code == 7
    peer.wait_line("SIGNAL TERM")
    peer.wait_line("dependency main crashed", stream="stderr")


@pytest.mark.behaviour("unwritten-death-keeps-code", "crash-seen-by-peers")
def test_a_later_peer_sees_a_crash(kubexit: Kubexit) -> None:
    """A peer that starts behind a death that could not be written finds the FIFO, and does not start its command.

    Shown to fail when the FIFO is removed without a death.
    """
    keeper = running(kubexit, "keeper", preexec_fn=small_disk(kubexit.graveyard, 2, 0))
    inside = namespaces.inside(keeper.pid, kubexit.graveyard)
    eventually((inside / "keeper").exists, "the keeper's birth is written")
    (inside / "ballast").write_bytes(b"x" * PAGE)
    kubexit.run("sh", "-c", "exit 7", preexec_fn=namespaces.join_mounts(keeper.pid))
    peer = kubexit.run(
        "echo", "BORN", name="peer", DEATH_DEPS="main", POLL_INTERVAL="0", preexec_fn=namespaces.join_mounts(keeper.pid)
    )

    assert peer.stdout == ""
    assert "dependency main crashed" in peer.stderr


@pytest.mark.behaviour("unwritten-death-keeps-code", "unwritten-birth-continues")
@pytest.mark.parametrize("inodes", [1, 2], ids="nr_inodes={}".format)
def test_without_inodes_the_command_runs(kubexit: Kubexit, inodes: int) -> None:
    """If not even a file can be made, there is no FIFO either; the command runs and its code stays."""
    finished = kubexit.run("sh", "-c", "exit 7", preexec_fn=small_disk(kubexit.graveyard, 4, 0, f",nr_inodes={inodes}"))

    assert finished.code == 7
    assert "No space left on device" in finished.stderr
