"""Archives that are equal whenever their contents are: sorted by the caller, one time, one owner, no names of users.

zlib may compress differently from release to release. So the release is made by the interpreter that is also inside the
static file (build/release.sh), whose zlib is pinned.
"""

import io
import tarfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

GZIP = 31  # zlib's name for the format of gzip(1); the header has no time and no file name


@dataclass(frozen=True)
class Entry:
    """One file of an archive; a link if `link` is its target."""

    name: str
    data: bytes = b""
    mode: int = 0o644
    link: str = ""


def folder(path: Path, prefix: str = "") -> list[Entry]:
    """Return the files of a folder and of its folders, sorted, with their names behind a prefix."""
    files = sorted(file for file in path.rglob("*") if file.is_file())
    return [
        Entry(f"{prefix}{file.relative_to(path).as_posix()}", file.read_bytes(), 0o755 if _runs(file) else 0o644)
        for file in files
    ]


def tar(entries: Iterable[Entry], epoch: int, folders: bool = False) -> bytes:
    """Return a tar archive of these entries in their order; with an entry for each folder above them, if asked."""
    out = io.BytesIO()
    seen: set[str] = set()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for entry in entries:
            above = [str(path) for path in reversed(PurePosixPath(entry.name).parents) if str(path) != "."]
            for name in above if folders else []:
                if name not in seen:
                    seen.add(name)
                    archive.addfile(_header(name, tarfile.DIRTYPE, 0o755, epoch))
            header = _header(entry.name, tarfile.SYMTYPE if entry.link else tarfile.REGTYPE, entry.mode, epoch)
            header.linkname, header.size = entry.link, len(entry.data)
            archive.addfile(header, io.BytesIO(entry.data))
    return out.getvalue()


def gzip(data: bytes) -> bytes:
    """Return data as gzip(1) compresses it, without a time."""
    return zlib.compress(data, 9, GZIP)


def _header(name: str, kind: bytes, mode: int, epoch: int) -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    header.type, header.mode, header.mtime = kind, mode, epoch
    return header


def _runs(file: Path) -> bool:
    return bool(file.stat().st_mode & 0o100)
