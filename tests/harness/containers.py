"""Containers as the graveyard tests need them most often, and the fence that ends a test of what must not happen."""

from pathlib import Path
from typing import Any

from . import processes
from .kubexit import Kubexit
from .supervised import Supervised
from .waiting import eventually


def running(kubexit: Kubexit, name: str = "sidecar", exits: str = "TERM=0", **keywords: Any) -> Supervised:
    """Start a container and wait until its command runs; `exits` maps signals to exit codes (`SIG=CODE …`)."""
    command = [kubexit.program(), "ready-then-wait"]
    for pair in exits.split():
        command += ["--exit", pair]
    container = kubexit.start(*command, name=name, **keywords)
    container.wait_line("^READY$")
    return container


def born(kubexit: Kubexit, name: str = "main", exits: str = "TERM=0", **keywords: Any) -> Supervised:
    """Start a container and wait until its command runs and its birth is written."""
    container = running(kubexit, name, exits, **keywords)
    kubexit.wait_tombstone(name, "Born")
    return container


def waiting(kubexit: Kubexit, name: str = "app", **keywords: Any) -> Supervised:
    """Start a container that waits for its birth; its command prints BORN and exits with 0."""
    keywords.setdefault("BIRTH_TIMEOUT", "infinite")
    container = kubexit.start("echo", "BORN", name=name, **keywords)
    fifo = kubexit.graveyard / f".{name}.alive"
    eventually(lambda: fifo.exists() or container.process.poll() is not None, f"{fifo} is there")
    return container


def fenced_off(kubexit: Kubexit, container: Supervised, name: str = "sidecar") -> dict[str, Any]:
    """Let the dependency `fence` die and return the container's tombstone: its `Reason` names what ended it.

    Events of a graveyard are read in their order. If something before the fence had counted as a death, that would
    be the reason.
    """
    kubexit.carve("fence", Born=True, Died=True, ExitCode=0)
    container.wait()
    stone = kubexit.tombstone(name)
    assert stone is not None
    assert "fence" in stone["Reason"], stone
    return stone


def lines(text: str, level: str) -> list[str]:
    """The log lines of one level."""
    return [line for line in text.splitlines() if f" {level} kubexit[" in line]


def put(path: Path, text: bytes) -> None:
    """Write as the original does: in place, truncated first, one write."""
    with path.open("wb", buffering=0) as file:
        file.write(text)


def sleeps(pid: int) -> int:
    """How often a process has gone to sleep so far; -1 when it has ended."""
    return int(processes.status(pid).get("voluntary_ctxt_switches", "-1"))
