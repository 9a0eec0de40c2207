"""A kubexit of which each system call is seen, and one fails, is cut short, or is where it is killed or stopped.

`tests/programs/faulter.c` is between the test and kubexit, and exits with its code (128 + n if signal n ended it).
"""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache

from .programs import program


@cache
def call_names() -> dict[int, str]:
    """The number of each system call of this machine and its name, as the C compiler knows them."""
    compiler = shutil.which(os.environ.get("CC", "cc")) or "gcc"
    text = subprocess.run(
        [compiler, "-E", "-dM", "-include", "sys/syscall.h", "-"], input="", capture_output=True, check=True, text=True
    ).stdout
    return {int(number): name for name, number in re.findall(r"^#define __NR_(\w+) (\d+)$", text, re.MULTILINE)}


@dataclass(frozen=True)
class Place:
    """A system call of a life: the count-th one like this by the task (0: kubexit, 1: its first child …).

    `file` is the last part of a path, or of what a descriptor leads to; of ppoll, whether it has a time limit.
    """

    task: int
    call: str
    file: str
    count: int

    def __str__(self) -> str:
        who = f"child {self.task} " if self.task else ""
        return f"{who}{self.call}({self.file}) {self.count}"


class Faulter:
    """Follows one kubexit through its system calls: `kubexit.start(…, steps=…)`.

    The action is one of faulter.c: `fail=ERRNO`, `made=ERRNO`, `short=BYTES`, `kill`, `stop`, `none`.
    """

    def __init__(self, place: Place | None = None, action: str = "none") -> None:
        self._reports, reports = os.pipe()
        os.set_blocking(self._reports, False)
        numbers = {name: number for number, name in call_names().items()}
        rule = (place.task, numbers[place.call], place.file, place.count, action) if place else (0, -1, "", 0, action)
        self.descriptors = (reports,)
        """What the program inherits."""
        self.around = [str(program("faulter")), str(reports), *map(str, rule), "--"]
        """What is written in front of kubexit."""
        self.place, self.action = place, action
        """What is done, and where."""
        self.pid = 0
        """kubexit's; 0 if it has not been started yet."""
        self.places: list[Place] = []
        """The calls that were made so far."""
        self.happened = self.stopped = False
        self._rest = b""
        self._counts: dict[tuple[int, str, str], int] = {}

    def take(self) -> None:
        """Read what has happened since the last time."""
        while True:
            try:
                chunk = os.read(self._reports, 65536)
            except BlockingIOError:
                return
            if not chunk:
                return
            *lines, self._rest = (self._rest + chunk).split(b"\n")
            for line in lines:
                self._take_line(line.decode("utf-8", "replace"))

    def count(self, call: str) -> int:
        """How often kubexit has made a call."""
        return sum(count for (task, name, _), count in self._counts.items() if (task, name) == (0, call))

    def close(self) -> None:
        """Let go of it."""
        for descriptor in (self._reports, *self.descriptors):
            os.close(descriptor)

    def _take_line(self, line: str) -> None:
        kind, _, rest = line.partition(" ")
        if kind == "pid":
            self.pid = int(rest)
        elif kind == "fault":
            self.happened = True
        elif kind == "stopped":
            self.stopped = True
        else:
            task, number, file = rest.split(" ", 2)
            name = call_names().get(int(number), f"call-{number}")
            key = (int(task), name, file)
            self._counts[key] = self._counts.get(key, 0) + 1
            self.places.append(Place(int(task), name, file, self._counts[key]))
