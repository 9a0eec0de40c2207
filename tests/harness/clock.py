"""A clock that the test sets: kubexit sees minutes pass in no time.

    clock = FrozenClock(tmp_path)
    app = waiting(clock.kubexit(kubexit), BIRTH_DEPS="db:born", env=clock.environment)
    clock.advance(10)
    (kubexit.graveyard / "x").touch()   # something must wake kubexit, which sleeps by the real clock

Only the monotonic clock is frozen, by a library in front of the C library. So kubexit must be a program that loads one:
the installed form.
"""

import mmap
import struct
from pathlib import Path

from .forms import FORMS
from .kubexit import Kubexit
from .programs import program

NANOSECONDS = 10**9


class FrozenClock:
    """Shows the same time until it is advanced."""

    def __init__(self, folder: Path) -> None:
        path = folder / "clock"
        self._time = 1000 * NANOSECONDS
        path.write_bytes(struct.pack("=q", self._time))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), 8)
        self.environment = {
            "LD_PRELOAD": str(program("frozen_clock", "-shared", "-fPIC")),
            "FROZEN_CLOCK": str(path),
        }
        """What kubexit is started with."""

    def kubexit(self, kubexit: Kubexit) -> Kubexit:
        """Return the form of kubexit that can load the library."""
        return kubexit.of_form(FORMS["installed"])

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._time += round(seconds * NANOSECONDS)
        self._map[:] = struct.pack("=q", self._time)
