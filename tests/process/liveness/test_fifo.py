"""Each supervisor holds a FIFO open for as long as it lives."""

import os
import stat

import pytest

from harness.containers import running, waiting
from harness.kubexit import Kubexit
from harness.observer import Observer
from harness.processes import descriptors


@pytest.mark.behaviour("crash-seen-by-peers", "only-the-tombstone-remains")
def test_while_it_lives(kubexit: Kubexit) -> None:
    """The FIFO is there during the life, has a reader, and is gone afterwards."""
    container = running(kubexit, "main")
    fifo = kubexit.graveyard / ".main.alive"
    assert stat.S_ISFIFO(fifo.lstat().st_mode)
    writer = os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
    os.close(writer)
    container.signal(15)
    container.wait()

    assert not fifo.exists()


@pytest.mark.behaviour("tombstone-readable-by-all", "crash-seen-by-peers")
@pytest.mark.parametrize("umask", [0o022, 0o077], ids="{:03o}".format)
def test_every_user_may_open_the_fifo(kubexit: Kubexit, umask: int) -> None:
    """Every user of the pod may open the FIFO, with any umask."""
    kubexit.graveyard.mkdir()
    running(kubexit, "main", preexec_fn=lambda: os.umask(umask))

    assert (kubexit.graveyard / ".main.alive").stat().st_mode & 0o7777 == 0o666


@pytest.mark.behaviour("crash-seen-by-peers")
def test_during_the_birth_wait(kubexit: Kubexit) -> None:
    """The FIFO is there while the container waits for its birth."""
    waiting(kubexit, "main", BIRTH_DEPS="db:born")

    os.close(os.open(kubexit.graveyard / ".main.alive", os.O_WRONLY | os.O_NONBLOCK))


@pytest.mark.behaviour("crash-seen-by-peers")
def test_never_without_a_reader(kubexit: Kubexit) -> None:
    """The FIFO gets its name when its read end is open: at no moment does a peer find it without a reader.

    The look is repeated for as long as the start takes. Shown to fail by a FIFO that is made under its own name.
    """
    kubexit.graveyard.mkdir()
    for _ in range(10):
        container = kubexit.start("true")
        while container.process.poll() is None:
            try:
                writer = os.open(kubexit.graveyard / ".main.alive", os.O_WRONLY | os.O_NONBLOCK)
            except FileNotFoundError:
                continue
            except OSError:
                # Between unlink and exit its name would be gone; a name without a reader means a written death.
                assert "Died" in (kubexit.tombstone() or {})
                continue
            os.close(writer)


@pytest.mark.behaviour("crash-seen-by-peers")
def test_made_in_a_draft(kubexit: Kubexit) -> None:
    """The FIFO is made under another name and renamed."""
    eye = Observer(kubexit.graveyard)
    running(kubexit, "main")
    eye.until(lambda event: event.file == ".main.alive")

    assert eye.of(".main.alive") == ["IN_MOVED_TO"]


@pytest.mark.behaviour("no-descriptor-inherited")
@pytest.mark.parametrize(
    "settings",
    [{}, {"DEATH_DEPS": "a,b"}, {"DEATH_DEPS": "peer"}, {"READY_NOTIFY": "true"}, {"BIRTH_DEPS": "peer:born"}],
    ids=str,
)
def test_the_command_has_no_descriptor_of_ours(kubexit: Kubexit, settings: dict[str, str]) -> None:
    """Beyond stdin, stdout and stderr the command inherits nothing from kubexit."""
    running(kubexit, "peer")
    kubexit.wait_tombstone("peer", "Born")

    assert kubexit.run(kubexit.program(), "fds", **settings).stdout == "fd 0\nfd 1\nfd 2\n"


@pytest.mark.behaviour("crash-seen-by-peers")
def test_nobody_reads_or_writes_it(kubexit: Kubexit) -> None:
    """kubexit only opens the FIFO: it never reads what a peer writes to it."""
    container = running(kubexit, "main")
    writer = os.open(kubexit.graveyard / ".main.alive", os.O_WRONLY | os.O_NONBLOCK)
    with pytest.raises(BlockingIOError):
        while True:
            os.write(writer, b"x" * 65536)
    container.signal(15)

    assert container.wait() == 0
    os.close(writer)


@pytest.mark.behaviour("silent-deaths-polled")
def test_without_dependencies_nothing_is_watched(kubexit: Kubexit) -> None:
    """A container without dependencies has no watch: its own descriptors are signals, the folder and the FIFO."""
    container = running(kubexit, "main")
    kubexit.wait_tombstone("main", "Born")

    assert "anon_inode:inotify" not in descriptors(container.pid)
