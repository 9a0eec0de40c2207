"""A hundred sidecars on one graveyard, whose main ends."""

import os
import signal
from dataclasses import dataclass

from bench.clock import NS
from bench.pod import Container, pod, processor_ns
from bench.programs import Program
from harness.processes import watches

SIDECARS = 100


@dataclass(frozen=True)
class Ended:
    """How it went."""

    seconds: float  # from the exit of main's command to the last sidecar's SIGTERM
    processor: float  # seconds, of all sidecars and their commands, from then to their end
    watching: int  # sidecars that had inotify, instead of polling


def hundred(program: Program) -> Ended:
    """One round."""
    with pod() as opened:
        main = opened.start(program, "main")
        main.settle()
        sidecars = [opened.start(program, f"sidecar-{number}", "main") for number in range(SIDECARS)]
        for sidecar in sidecars:
            sidecar.settle()
        watching = sum(watches(sidecar.pid) > 0 for sidecar in sidecars)
        before = sum(_had(sidecar) for sidecar in sidecars)
        os.kill(main.command, signal.SIGTERM)
        after = sum(sidecar.wait() for sidecar in sidecars)
        last = max(sidecar.stopped_at for sidecar in sidecars)
        return Ended((last - main.stopped_at) * NS, max(after - before, NS), watching)


def _had(sidecar: Container) -> float:
    return (processor_ns(sidecar.pid) + processor_ns(sidecar.command)) * NS
