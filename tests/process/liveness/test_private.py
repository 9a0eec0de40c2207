"""A FIFO that no other container can see, as gVisor makes it in a folder of the host: it has two links from the start.

No file system of Linux makes such a FIFO. Here it gets its second link from the test, between its making and its look.
"""

import contextlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from harness import single_file
from harness.containers import lines
from harness.kubexit import Kubexit
from harness.supervised import Supervised
from harness.waiting import eventually
from harness.world import namespaces

WARNING = "will not see a crash"
SECOND = ".second"


def linked_twice(kubexit: Kubexit, **settings: str) -> Supervised:
    """Start a container whose FIFO gets a second link while kubexit is stopped in its first rename."""
    kubexit.graveyard.mkdir(exist_ok=True)
    traced = single_file.traced(kubexit, "renameat:signal=STOP:when=1")
    container = traced.start("true", **settings)

    def linked() -> bool:
        for fifo in kubexit.graveyard.glob(".main.alive*"):
            with contextlib.suppress(FileNotFoundError):  # it has its other name already
                os.link(fifo, kubexit.graveyard / SECOND)
                return True
        return False

    eventually(linked, "the FIFO has a second link")
    single_file.resume(container)
    return container


@pytest.mark.single_file
@pytest.mark.behaviour("gvisor")
def test_private_fifo_is_reported(kubexit: Kubexit) -> None:
    """One warning says what peers will not see, and the command runs all the same."""
    container = linked_twice(kubexit)

    (warning,) = lines(container.stderr, "warn")
    assert WARNING in warning
    assert (kubexit.tombstone() or {})["ExitCode"] == 0


@pytest.mark.single_file
@pytest.mark.behaviour("gvisor")
@pytest.mark.parametrize(("dependencies", "count"), [("", 1), ("db", 2)])
def test_no_poll_is_reported(kubexit: Kubexit, dependencies: str, count: int) -> None:
    """Without polling a second warning says what else is not seen, if there is a dependency."""
    kubexit.carve("db", Born=True, Died=True, ExitCode=0)
    container = linked_twice(kubexit, POLL_INTERVAL="0", DEATH_DEPS=dependencies)

    assert len(lines(container.stderr, "warn")) == count


def overlay(target: Path) -> None:
    """Mount an overlay over two folders beside the target, on a tmpfs, where it works on any machine."""
    base = target.parent / "layers"
    namespaces.mount("layers", base, "tmpfs")
    for name in ("lower", "upper", "work"):
        (base / name).mkdir()
    options = f"lowerdir={base}/lower,upperdir={base}/upper,workdir={base}/work"
    namespaces.mount("graveyard", target, "overlay", 0, options)


FILE_SYSTEMS: dict[str, Callable[[Path], None]] = {
    "as it is": lambda target: None,
    "tmpfs": lambda target: namespaces.mount("graveyard", target, "tmpfs"),
    "ramfs": lambda target: namespaces.mount("graveyard", target, "ramfs"),
    "overlay": overlay,
}


@pytest.mark.behaviour("gvisor")
@pytest.mark.parametrize("kind", FILE_SYSTEMS)
def test_no_warning_on_ordinary_volumes(kubexit: Kubexit, kind: str) -> None:
    """On the file systems of ordinary volumes there is no warning. Shown to fail by a second link."""
    namespaces.require_mounts()
    for folder in (kubexit.graveyard, kubexit.folder / "layers"):
        folder.mkdir()
    world = namespaces.private_mounts(lambda: FILE_SYSTEMS[kind](kubexit.graveyard))
    finished = kubexit.run("true", preexec_fn=world)

    assert finished.code == 0
    assert lines(finished.stderr, "warn") == []
