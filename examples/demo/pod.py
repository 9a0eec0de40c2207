"""The pod: containers as processes of this machine, the lines that come out of them, and their ends."""

import os
import queue
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

from demo import life
from demo.life import Life
from demo.screen import Screen

ALARM_SECONDS = 30.0  # far more than the demo takes: an alarm, not a plan
WITHIN = re.compile(r"(?=\d{4}-\d\d-\d\dT[\d:.]+Z (?:debug|info|warn|error) kubexit(?:\[[^]]*\])?: )")
HELD = re.compile(r" kubexit\[.*: waiting for .* to exit first, at most ")
PASSED_ON = re.compile(r" kubexit\[.*: forwarded SIG[A-Z]+ to the command")
INHERITED = ("PATH", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH")  # else a container knows nothing of this machine
END_SECONDS = 3.0  # from SIGTERM to SIGKILL, when the demo is interrupted


@dataclass(frozen=True)
class Container:
    """A process as a container's entry point; its command names kubexit first, or not at all."""

    name: str
    command: tuple[str, ...]
    environment: dict[str, str]
    user: str | int | None = None
    """None: as who runs this."""
    ready_line: str = ""
    """What it prints when it is ready; only for a container without kubexit, which has no tombstone to say so."""


@dataclass
class Pod:
    """Running containers, and what is known of them."""

    graveyard: Path
    screen: Screen
    native: list[str] = field(default_factory=list)
    """Native sidecars: they are stopped when all others have ended."""
    processes: dict[str, subprocess.Popen[str]] = field(default_factory=dict)
    started: dict[str, float] = field(default_factory=dict)
    ready: dict[str, float] = field(default_factory=dict)
    asked: dict[str, float] = field(default_factory=dict)
    ended: dict[str, float] = field(default_factory=dict)
    said: dict[str, list[str]] = field(default_factory=dict)
    lines: queue.SimpleQueue[tuple[Container, str | None, float]] = field(default_factory=queue.SimpleQueue)
    kill_at: float = float("inf")

    def start(self, container: Container) -> None:
        """Start a container."""
        inherited = {key: os.environ[key] for key in INHERITED if key in os.environ}
        self.started[container.name] = time.time()
        self.said[container.name] = []
        process = subprocess.Popen(
            container.command,
            env=inherited | container.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            process_group=0,  # Ctrl-C is for the demo, which ends its containers itself
            user=container.user,
            extra_groups=None if container.user is None else (),
        )
        self.processes[container.name] = process
        assert process.stdout is not None
        threading.Thread(target=self.listen, args=(container, process.stdout), daemon=True).start()

    def listen(self, container: Container, stream: IO[str]) -> None:
        """In a thread: collect what one container says; None is its end."""
        for line in stream:
            for part in parts(line.rstrip()):
                self.lines.put((container, part, time.time()))
        self.lines.put((container, None, time.time()))

    def follow(self, alarm: float = ALARM_SECONDS, seen: Callable[[str, str], None] = lambda *_: None) -> None:
        """Show the lines until every container has ended; TimeoutError if that takes far too long.

        `seen` is called with the name of a container and each line that it says.
        """
        deadline = time.monotonic() + alarm
        while len(self.ended) < len(self.processes):
            try:
                container, line, moment = self.lines.get(timeout=max(self.next_time(deadline), 0))
            except queue.Empty:
                if time.monotonic() < self.kill_at:
                    raise TimeoutError from None
                self.kill()
                continue
            if line is None:
                self.ended[container.name] = moment
                self.stop_native()
                continue
            self.note(container, line, moment)
            self.screen.say(container.name, line, moment)
            seen(container.name, line)
        for process in self.processes.values():
            process.wait()

    def note(self, container: Container, line: str, moment: float) -> None:
        """Remember a line of a container, and what it says about the life of the container."""
        self.said[container.name].append(line)
        if container.ready_line and container.ready_line in line:
            self.ready.setdefault(container.name, moment)
        if HELD.search(line):
            self.asked.pop(container.name, None)
        elif PASSED_ON.search(line):
            self.asked[container.name] = moment

    def next_time(self, deadline: float) -> float:
        """Seconds until the alarm, or until the end of the pod's grace period."""
        return min(deadline, self.kill_at) - time.monotonic()

    def running(self) -> list[subprocess.Popen[str]]:
        """The containers that have not ended."""
        return [process for process in self.processes.values() if process.poll() is None]

    def stop_native(self) -> None:
        """Do what a kubelet does with native sidecars when all other containers have ended: SIGTERM."""
        if all(name in self.ended for name in self.processes if name not in self.native):
            for name in self.native:
                if name not in self.ended:
                    self.screen.write(f"       the others have ended: SIGTERM to the native sidecar {name}")
                    self.processes[name].send_signal(signal.SIGTERM)

    def delete(self, grace_seconds: float) -> None:
        """Do what a kubelet does with a deleted pod: SIGTERM to all at once, then SIGKILL."""
        self.kill_at = time.monotonic() + grace_seconds
        for name, process in self.processes.items():
            if process.poll() is None:
                self.asked[name] = time.time()
                process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Send SIGKILL to all. The kernel also kills the command of each kubexit."""
        self.kill_at = float("inf")
        for process in self.running():
            process.kill()

    def end(self) -> None:
        """Stop what still runs, by pid: SIGTERM, which kubexit forwards, and SIGKILL if that is not enough."""
        self.delete(END_SECONDS)
        for process in self.running():
            try:
                process.wait(max(self.kill_at - time.monotonic(), 0))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def lives(self) -> list[Life]:
        """Print what the tombstones show; of a container without one, what was seen of its process."""
        return [self.life(name) for name in self.processes]

    def life(self, name: str) -> Life:
        """One container's life."""
        stone, started = self.graveyard / name, self.started[name]
        asked = self.asked.get(name)
        if stone.exists():
            return replace(life.read(name, stone.read_bytes(), started), asked=asked)
        return Life(name, started, started, self.ready.get(name), self.ended.get(name), self.code(name), asked=asked)

    def code(self, name: str) -> int | None:
        """How its process ended, 128+n for signal n; None while it runs."""
        code = self.processes[name].returncode
        return 128 - code if code is not None and code < 0 else code


def parts(line: str) -> list[str]:
    """Split a line at a line of kubexit inside of it: what the command wrote before had no line end yet."""
    return [part for part in WITHIN.split(line) if part] or [line]
