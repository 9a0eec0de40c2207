"""A kubexit that is stopped between two of its system calls, killed there, or refused one of them: ptrace(2).

So a test meets a moment that otherwise comes by chance:

    looks = steps(Before("openat", "main|.main.alive", count=2))
    sidecar = kubexit.start("true", name="sidecar", steps=looks, DEATH_DEPS="main")
    looks.reached()     # it has made the first of the two looks, and has not begun the second
    ...
    looks.resume()

`tests/programs/stepper.c` is between the test and kubexit, and exits with its code (128 + n if signal n ended it).
"""

import errno
import os
import select
from dataclasses import dataclass

from .programs import program
from .waiting import ALARM


@dataclass(frozen=True)
class Before:
    """What happens before the count-th of these system calls (0: before each) that is about one of these files.

    The action is `stop`; `kill`: SIGKILL instead of the call; `end`: SIGKILL behind it; or the name of an errno, with
    which the call fails. A file is the last part of its path, or a pattern of it; several calls are separated by
    commas, files by "|".
    """

    calls: str
    files: str = ""
    count: int = 1
    action: str = "stop"

    @property
    def rule(self) -> str:
        action = self.action if self.action in ("stop", "kill", "end") else str(getattr(errno, self.action))
        return f"{self.calls}:{self.files}:{self.count}:{action}"


class Stepper:
    """Follows one kubexit through its system calls: `kubexit.start(…, steps=…)`."""

    def __init__(self, *rules: Before) -> None:
        self._rules = rules
        self.reports, reports = os.pipe()
        """Readable when a rule has matched that reached() has not returned yet."""
        orders, self._orders = os.pipe()
        self.descriptors = (reports, orders)
        """What the program inherits."""
        self.around = [str(program("stepper")), str(reports), str(orders), *(rule.rule for rule in rules), "--"]
        """What is written in front of kubexit."""

    def reached(self, timeout: float = ALARM) -> Before:
        """The next rule that matched: kubexit waits there, if its action is `stop`."""
        if not select.select([self.reports], [], [], timeout)[0]:
            raise AssertionError(
                f"no call was reached in {timeout:g} s: {', '.join(rule.rule for rule in self._rules)}"
            )
        (index,) = os.read(self.reports, 1)
        return self._rules[index]

    def resume(self) -> None:
        """Let kubexit make the call that it was stopped before."""
        os.write(self._orders, b"\n")

    def close(self) -> None:
        """Let go of it."""
        for descriptor in (self.reports, self._orders, *self.descriptors):
            os.close(descriptor)
