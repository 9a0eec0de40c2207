"""The graveyard of a replay, in the words of the model."""

import os
from pathlib import Path

from harness import graveyard
from model.order import Left

from .life import Life

EARLIER = "2020-01-01T00:00:00.000000Z"


class Folder:
    """What the files of a container show."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def stone(self, name: str) -> str:
        """Return the kind of its tombstone."""
        stone = graveyard.read(self._path / name)
        if stone is None:
            return "NO_STONE"
        return next(kind for kind, key in (("DEAD", "Died"), ("BORN", "Born"), ("WAITING", "Waiting")) if key in stone)

    def of_death(self, name: str, key: str) -> object:
        """Return a value of its tombstone; None without one."""
        return (graveyard.read(self._path / name) or {}).get(key)

    def has_fifo(self, name: str) -> bool:
        """Whether its FIFO is there."""
        return self._fifo(name).is_fifo()

    def fifo(self, name: str, life: Life | None) -> str:
        """Return what its FIFO shows, by what its process has open: opening the FIFO would be an event."""
        if not self.has_fifo(name):
            return "NONE"
        held = life is not None and self._fifo(name).stat().st_ino in _open_files(life.supervised.pid)
        return "OWNED" if held else "GONE"

    def files(self) -> dict[str, tuple[int, int]]:
        """Return inode and time of each file."""
        found = {path.name: path.lstat() for path in self._path.iterdir()}
        return {name: (status.st_ino, status.st_mtime_ns) for name, status in sorted(found.items())}

    def leave(self, name: str, left: Left) -> None:
        """Put what an earlier run left in place."""
        life = 1
        if left.fifo:
            os.mkfifo(self._fifo(name), 0o666)
            life = graveyard.life(self._fifo(name))
        dead = {"Died": True, "ExitCode": int(left.failed), "Life": f"{life:016x}"} if left.stone == "DEAD" else {}
        graveyard.carve(self._path / name, Born=EARLIER, **dead)

    def _fifo(self, name: str) -> Path:
        return self._path / f".{name}.alive"


def _open_files(pid: int) -> set[int]:
    """The inodes of what a process has open."""
    found = set()
    for descriptor in os.listdir(f"/proc/{pid}/fd"):
        try:
            found.add(os.stat(f"/proc/{pid}/fd/{descriptor}").st_ino)
        except FileNotFoundError:
            continue  # a descriptor of nothing that has a name
    return found
