"""The pod: which containers it has, and running them as processes of this machine."""

import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from kubexit.demo import life
from kubexit.demo.life import Life
from kubexit.demo.screen import Screen

PROGRAMS = Path(__file__).parent
SECONDS_TO_START = 1.2
ALARM_SECONDS = 30.0  # far more than the demo takes: an alarm, not a plan
END_SECONDS = 3.0  # from TERM to KILL, when the demo is interrupted


@dataclass(frozen=True)
class Container:
    """What a manifest says of a container: a program of this folder, its arguments, settings of kubexit."""

    name: str
    arguments: tuple[str, ...]
    settings: dict[str, str]


def containers(logs: Path, client_code: int) -> list[Container]:
    """A main container and two sidecars; the settings are what one would write into the manifest."""
    port, log = str(free_port()), str(logs / "client.log")
    sidecar = {"KUBEXIT_DEATH_DEPS": "client", "KUBEXIT_EXIT_CODE_ON_STOP": "zero"}
    return [
        Container(
            "web",
            (port, str(SECONDS_TO_START)),
            sidecar | {"KUBEXIT_READY_TCP": port, "KUBEXIT_READY_PERIOD": "100ms"},
        ),
        Container(
            "client",
            (port, log, str(client_code)),
            {"KUBEXIT_BIRTH_DEPS": "web", "KUBEXIT_BIRTH_SOURCE": "graveyard"},
        ),
        Container("shipper", (log,), sidecar | {"KUBEXIT_STOP_DELAY": "1s"}),
    ]


def free_port() -> int:
    """A port of loopback that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@dataclass
class Pod:
    """Running containers, and the lines that come out of them."""

    kubexit: Path
    graveyard: Path
    screen: Screen
    processes: dict[str, subprocess.Popen[str]] = field(default_factory=dict)
    started: dict[str, float] = field(default_factory=dict)
    lines: queue.SimpleQueue[tuple[str, str | None, float]] = field(default_factory=queue.SimpleQueue)

    def start(self, container: Container) -> None:
        """Start a container: kubexit, then the command, as its entry point would be."""
        program = [sys.executable, "-I", "-u", str(PROGRAMS / f"{container.name}.py"), *container.arguments]
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("KUBEXIT_")}
        settings = {"KUBEXIT_NAME": container.name, "KUBEXIT_GRAVEYARD": str(self.graveyard), **container.settings}
        self.started[container.name] = time.time()
        process = subprocess.Popen(
            [self.kubexit, "--", *program],
            env=inherited | settings,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            process_group=0,  # Ctrl-C is for the demo, which ends its containers itself
        )
        self.processes[container.name] = process
        assert process.stdout is not None
        threading.Thread(target=self.listen, args=(container.name, process.stdout), daemon=True).start()

    def listen(self, name: str, stream: IO[str]) -> None:
        """In a thread: collect what one container says; None is its end."""
        for line in stream:
            self.lines.put((name, line.rstrip(), time.time()))
        self.lines.put((name, None, time.time()))

    def follow(self) -> None:
        """Show the lines until every container has ended; TimeoutError if that takes far too long."""
        silent: set[str] = set()
        deadline = time.monotonic() + ALARM_SECONDS
        while len(silent) < len(self.processes):
            try:
                name, line, moment = self.lines.get(timeout=max(deadline - time.monotonic(), 0))
            except queue.Empty:
                raise TimeoutError from None
            if line is None:
                silent.add(name)
            else:
                self.screen.say(name, line, moment)
        for process in self.processes.values():
            process.wait()

    def end(self) -> None:
        """End what still runs, by pid: TERM, which kubexit passes on, and KILL when that is not enough."""
        running = [process for process in self.processes.values() if process.poll() is None]
        for process in running:
            process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + END_SECONDS
        for process in running:
            try:
                process.wait(max(deadline - time.monotonic(), 0))
            except subprocess.TimeoutExpired:
                process.kill()  # its command goes with it: kubexit has asked the kernel for that
                process.wait()

    def lives(self) -> list[Life]:
        """What the tombstones tell."""
        return [
            life.read(name, (self.graveyard / name).read_bytes(), self.started[name])
            for name in self.processes
            if (self.graveyard / name).exists()
        ]
