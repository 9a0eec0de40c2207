"""What a supervisor does while nothing happens."""

import time
from collections.abc import Sequence
from contextlib import ExitStack

from bench.pod import Container, pod, processor_ns
from bench.programs import Program
from harness import processes

MINUTE = 60.0


def idle(programs: Sequence[Program], seconds: float) -> dict[str, dict[str, float]]:
    """Context switches and milliseconds of processor time of each program, scaled to a minute.

    All of them are idle at once. A program that has dependencies is measured twice, with one and without.
    """
    with ExitStack() as stack:
        watched: dict[str, Container] = {}
        for program in programs:
            names = [program.name]
            if program.coordinates and program.kind != "floor":
                names = [f"{program.name}, dependency", f"{program.name}, none"]
            for name in names:
                # A separate folder: a graveyard belongs to one pod.
                container = stack.enter_context(pod()).start(program, "sidecar", "main" if "dependency" in name else "")
                watched[name] = container
        for container in watched.values():
            container.settle()
        before = {name: _work(container.pid) for name, container in watched.items()}
        time.sleep(seconds)
        after = {name: _work(container.pid) for name, container in watched.items()}
    scale = MINUTE / seconds
    return {
        name: {
            "switches": round((after[name][0] - before[name][0]) * scale, 1),
            "processor_ms": round((after[name][1] - before[name][1]) / 1e6 * scale, 3),
        }
        for name in watched
    }


def _work(pid: int) -> tuple[int, int]:
    status = processes.status(pid)
    switches = int(status["voluntary_ctxt_switches"]) + int(status["nonvoluntary_ctxt_switches"])
    return switches, processor_ns(pid)
