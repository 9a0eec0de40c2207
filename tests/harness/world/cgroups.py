"""Cgroups of one test, with names as pods and containers have them."""

import contextlib
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from ..waiting import eventually

# A hierarchy of cgroup v1 that limits nothing unless asked, or cgroup v2.
ROOTS = [Path("/sys/fs/cgroup/pids"), Path("/sys/fs/cgroup/unified"), Path("/sys/fs/cgroup")]


class Node:
    """The cgroups of a node's pods, below one folder; each container has a 64-digit ID."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._made: list[Path] = []

    def pod(self) -> Path:
        """A new pod."""
        return self._make(self.folder / f"pod{uuid.uuid4()}")

    def container(self, pod: Path) -> Path:
        """A new container in a pod."""
        return self._make(pod / os.urandom(32).hex())

    def service(self) -> Path:
        """A service of the node itself."""
        return self._make(self.folder / "cron.service")

    def remove(self) -> None:
        """Remove them all; their processes must be on their way out."""
        for path in reversed(self._made):
            eventually(partial(removed, path), f"{path} is empty")

    def _make(self, path: Path) -> Path:
        for folder in (self.folder, path):
            if not folder.exists():
                folder.mkdir()
                self._made.append(folder)
        return path


def removed(path: Path) -> bool:
    """Whether a cgroup could be removed: no process is left in it."""
    with contextlib.suppress(OSError):
        path.rmdir()
    return not path.exists()


@contextmanager
def node() -> Iterator[Node]:
    """A node whose cgroups are gone after the test; skips loudly where none can be made."""
    folder = Path(f"kubexit-{os.getpid()}-{os.urandom(4).hex()}")
    for root in ROOTS:
        if (root / "cgroup.procs").exists() and os.access(root, os.W_OK):
            made = Node(root / folder)
            break
    else:
        pytest.skip("CGROUPS NOT TESTED: none can be made here")
    try:
        yield made
    finally:
        made.remove()


def enter(cgroup: Path) -> Callable[[], None]:
    """A step for `preexec_fn`: go into a cgroup, with all that is started from there."""

    def step() -> None:
        (cgroup / "cgroup.procs").write_text("0")

    return step
