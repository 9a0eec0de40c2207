"""The C programs that take the times, compiled when their source is newer; and the board that they write on."""

import mmap
import os
import shutil
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

from harness.forms import BUILD

SOURCES = Path(__file__).parent
OUT = BUILD / "bench"

_LAYOUT = struct.Struct("@qqi")  # moments_t in board.h
_SEAT = (_LAYOUT.size + 7) // 8 * 8
_BYTES = 4096
SEATS = _BYTES // _SEAT


def child(name: str) -> str:
    """The path of one of the C programs, static; with musl where that is installed, as kubexit itself."""
    source, binary = SOURCES / f"{name}.c", OUT / name
    newest = max(path.stat().st_mtime for path in (source, *SOURCES.glob("*.h")))
    if not binary.exists() or binary.stat().st_mtime < newest:
        OUT.mkdir(parents=True, exist_ok=True)
        draft = binary.with_suffix(f".{os.getpid()}.tmp")
        # Nothing is changed between vfork(2) and exec(2), so nothing can be clobbered.
        flags = ["-O2", "-Wall", "-Wextra", "-Werror", "-Wno-clobbered", "-static"]
        subprocess.run([*_compiler(), *flags, "-o", str(draft), str(source)], check=True, timeout=120)
        draft.rename(binary)
    return str(binary)


def _compiler() -> list[str]:
    if shutil.which("musl-gcc") is None:
        return [os.environ.get("CC", "cc")]
    # The kernel's own headers, which musl does not bring.
    machine = subprocess.run(["gcc", "-print-multiarch"], check=True, capture_output=True, text=True).stdout.strip()
    return ["musl-gcc", "-idirafter", "/usr/include", "-idirafter", f"/usr/include/{machine}"]


@dataclass(frozen=True)
class Moments:
    """What one container wrote on the board, in nanoseconds of CLOCK_MONOTONIC; 0: not yet."""

    begun: int
    ended: int
    pid: int


class Board:
    """A page of memory that C programs, which inherit its descriptor, write moments on."""

    def __init__(self) -> None:
        self.descriptor = os.memfd_create("board", 0)
        os.ftruncate(self.descriptor, _BYTES)
        self._page = mmap.mmap(self.descriptor, _BYTES)

    def __getitem__(self, seat: int) -> Moments:
        return Moments(*_LAYOUT.unpack_from(self._page, seat * _SEAT))

    def clear(self) -> None:
        """Forget all moments."""
        self._page[:] = bytes(_BYTES)

    def close(self) -> None:
        """Let go of the page."""
        self._page.close()
        os.close(self.descriptor)
