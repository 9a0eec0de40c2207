"""What a machine has instead of a disk: a cpio archive in the form that the kernel unpacks (newc)."""

import gzip
import os
import stat
from pathlib import Path


class Initramfs:
    """Files and folders, in the order in which they are added."""

    def __init__(self) -> None:
        self._entries: list[bytes] = []
        self._folders: set[str] = set()

    def folder(self, name: str) -> None:
        """Add a folder, after the folders above it."""
        parent = str(Path(name).parent)
        if parent != ".":
            self.folder(parent)
        if name not in self._folders:
            self._folders.add(name)
            self._add(name, stat.S_IFDIR | 0o755, b"")

    def file(self, name: str, content: bytes, mode: int = 0o755) -> None:
        """Add a file."""
        parent = str(Path(name).parent)
        if parent != ".":
            self.folder(parent)
        self._add(name, stat.S_IFREG | mode, content)

    def device(self, name: str, major: int, minor: int) -> None:
        """Add a character device."""
        self.folder(str(Path(name).parent))
        self._add(name, stat.S_IFCHR | 0o600, b"", (major, minor))

    def tree(self, name: str, folder: Path) -> None:
        """Add all files of a folder."""
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                self.file(
                    f"{name}/{path.relative_to(folder)}",
                    path.read_bytes(),
                    0o755 if os.access(path, os.X_OK) else 0o644,
                )

    def _add(self, name: str, mode: int, content: bytes, device: tuple[int, int] = (0, 0)) -> None:
        """Add an entry: 13 numbers in hexadecimal, name and content, each filled up to a multiple of four bytes."""
        fields = [len(self._entries) + 1, mode, 0, 0, 1, 0, len(content), 0, 0, *device, len(name) + 1, 0]
        header = b"070701" + b"".join(b"%08x" % field for field in fields) + name.encode() + b"\0"
        self._entries.append(filled(header) + filled(content))

    def packed(self) -> bytes:
        """Return the whole archive, compressed lightly: an emulated machine unpacks it."""
        trailer = Initramfs()
        trailer._add("TRAILER!!!", 0, b"")
        return gzip.compress(b"".join([*self._entries, *trailer._entries]), compresslevel=1, mtime=0)


def filled(data: bytes) -> bytes:
    """Fill up with zeros to a multiple of four bytes."""
    return data + b"\0" * (-len(data) % 4)
