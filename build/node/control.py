"""Orders to process 1 of the node, and commands in its namespaces."""

import json
import os
import socket
from pathlib import Path

from node.layout import Layout

ALARM = 60.0


class Control:
    """A running node, as seen from outside of its namespaces."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def stop(self, name: str) -> None:
        """End a daemon as a crash would; return when it is gone."""
        self._order(f"stop {name}")

    def start(self, name: str) -> None:
        """Start it again."""
        self._order(f"start {name}")

    def _order(self, line: str) -> None:
        # The path of a socket is short; the tree may be deep.
        folder = os.open(self._layout.folder, os.O_PATH)
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(ALARM)
                connection.connect(f"/proc/self/fd/{folder}/{self._layout.control.name}")
                connection.sendall(f"{line}\n".encode())
                answer = connection.recv(16)
        finally:
            os.close(folder)
        if answer != b"done\n":
            raise RuntimeError(f"{line}: the node answered {answer!r}")


def process_one(layout: Layout) -> int | None:
    """Return the number of process 1 as it is seen from outside; None if the node does not run."""
    return _noted(layout, "inside")


def holder(layout: Layout) -> int | None:
    """Return the number of the process outside that holds the namespaces; None if the node does not run."""
    return _noted(layout, "outside")


def note(layout: Layout, outside: int, inside: int) -> None:
    """Keep both numbers, with the times of their start: a number may be used again."""
    made = {"outside": [outside, _start(outside)], "inside": [inside, _start(inside)]}
    layout.processes.write_text(json.dumps(made))


def inside(layout: Layout, *words: str) -> list[str]:
    """Return the words with which a command runs in the node's namespaces."""
    pid = process_one(layout)
    if pid is None:
        raise RuntimeError("the node does not run")
    runtime = ("CONTAINERD_ADDRESS=/run/containerd/containerd.sock", "CONTAINERD_NAMESPACE=k8s.io")
    settings = (f"KUBECONFIG={layout.etc}/admin.kubeconfig", *runtime, f"PATH={layout.bin}:{os.environ['PATH']}")
    return ["nsenter", "-t", str(pid), "-n", "-m", "-p", "-i", "-u", "env", *settings, *words]


def _noted(layout: Layout, key: str) -> int | None:
    try:
        pid, start = json.loads(layout.processes.read_text())[key]
    except (FileNotFoundError, NotADirectoryError):
        return None
    return int(pid) if _start(pid) == start else None


def _start(pid: int) -> str:
    """When a process started, in ticks of the kernel; empty if it does not exist."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return ""
