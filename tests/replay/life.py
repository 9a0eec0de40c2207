"""One life of a container: a real kubexit that is stopped before each system call that is a step of the model."""

import math
import os
import select
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from harness import processes
from harness.kubexit import Kubexit
from harness.stepper import Before, Stepper
from harness.supervised import Supervised
from harness.waiting import ALARM, eventually

WAITS = "waits"
LOOKS = ("peer-fifo", "peer-stone")
KILLED = 128 + signal.SIGKILL
FAILURE = 3
PPOLL = "271"
"""The number of the system call on amd64."""


class MismatchError(AssertionError):
    """The real kubexit does not do what the model says."""


def expect(what: str, real: object, model: object) -> None:
    """MismatchError if the two differ."""
    if real != model:
        raise MismatchError(f"{what}: {real}, in the model {model}")


def calls(name: str, other: str) -> dict[str, Before]:
    """The system calls of a container that are steps of the model, and the one in which it waits for events."""

    def each(names: str, file: str = "") -> Before:
        return Before(names, file, count=0)

    return {
        "own-fifo-looked-at": each("open,openat", f".{name}.alive"),
        "watch": each("inotify_add_watch"),
        "fifo-put": each("renameat,renameat2", f".{name}.alive.tmp"),
        "stone-removed": each("unlinkat", name),
        "stone-put": each("renameat,renameat2", f".{name}.tmp"),
        "fifo-removed": each("unlinkat", f".{name}.alive"),
        "peer-fifo": each("open,openat", f".{other}.alive"),
        "peer-stone": each("open,openat", other),
        "exit": each("exit_group"),
        WAITS: each("ppoll"),
    }


class Life:
    """kubexit with a command that ends when the test says so."""

    def __init__(self, kubexit: Kubexit, steps: Callable[..., Stepper], name: str, other: str, **settings: Any) -> None:
        self.name = name
        self.at = ""
        """The call that it is stopped before; empty when it has ended."""
        self.code = 0
        self.killed = False
        self.wait_ends = math.inf
        """When its wait can be over, by the monotonic clock."""
        self.acted = False
        """A death of the other container has ended it."""
        self.crash_seen = False
        """One of its looks has found a crash."""
        self.acted_on_crash = False
        self._looked_at_crash = False
        self._ends = False
        self._calls = calls(name, other)
        self._stepper = steps(*self._calls.values())
        self.supervised: Supervised = kubexit.start(
            kubexit.program(), "ready-then-wait", "--exit", "TERM=0", "--exit", "USR1=0", "--exit", f"USR2={FAILURE}",
            name=name, steps=self._stepper, POLL_INTERVAL="0", **settings,
        )  # fmt: skip
        self._follow()

    def go(self) -> None:
        """Let it make the call that it is stopped before, and run to the next one, or to its end."""
        self._stepper.resume()
        self._follow()

    def make(self, call: str) -> None:
        """Let it make this call, which must be the next. Before an end it can wait for its command."""
        while self.at == WAITS and (self._ends or self.acted):
            self.go()
        expect(f"the next call of {self.name}", self.at or "none: it has ended", call)
        self.go()

    def look(self) -> None:
        """Let it see what has happened, up to the first call of its look."""
        self._looked_at_crash = False
        while self.at == WAITS:
            self.go()
        if self.at not in LOOKS:
            raise MismatchError(f"{self.name} is about to make {self.at}, not to look")

    def see_crash(self) -> None:
        """Note that this look has found a crash, in the model."""
        self.crash_seen = self._looked_at_crash = True

    def act(self) -> None:
        """Note that what the last look has found ends it, in the model."""
        self.acted = True
        self.acted_on_crash = self._looked_at_crash

    def sleep_through(self) -> None:
        """Let the time of its wait pass, with all looks up to that."""
        while self.at in (WAITS, *LOOKS):
            self.go()

    def end_command(self, number: int) -> None:
        """Send the command a signal, to which it exits with a code."""
        self.supervised.wait_line("^READY$")
        command = self.supervised.command_pid()
        os.kill(command, number)
        eventually(lambda: processes.state(command) == "Z", "the command has ended")
        self._ends = True

    def kill(self) -> None:
        """Send SIGKILL, in front of the call that it is stopped before."""
        expect(f"exit code of {self.name}", self.supervised.kill(), KILLED)
        self.at = ""

    def rest(self) -> None:
        """Let it wait, and see that it sleeps. It can look before: events from before its first look are left."""
        while self.at == WAITS:
            self._stepper.resume()
            eventually(lambda: self._has_stopped() or self._sleeps(), f"{self.name} looks, or sleeps")
            if not self._has_stopped():
                return
            self._follow()
            while self.at in LOOKS:
                self.go()
        raise MismatchError(f"{self.name} is about to make {self.at}; in the model nothing happens any longer")

    def _follow(self) -> None:
        """Wait until it is stopped before a call, or has ended."""
        ended = os.pidfd_open(self.supervised.process.pid)
        try:
            ready, _, _ = select.select([self._stepper.reports, ended], [], [], ALARM)
        finally:
            os.close(ended)
        if not ready:
            raise MismatchError(f"{self.name} makes no further call after {self.at}, and sleeps")
        if self._stepper.reports in ready:
            rule = self._stepper.reached()
            self.at = next(what for what, call in self._calls.items() if call == rule)
        else:
            self.at = ""
            self.code = self.supervised.wait()

    def _has_stopped(self) -> bool:
        return bool(select.select([self._stepper.reports], [], [], 0)[0])

    def _sleeps(self) -> bool:
        pid = self.supervised.pid
        return processes.state(pid) == "S" and Path(f"/proc/{pid}/syscall").read_text().split()[0] == PPOLL
