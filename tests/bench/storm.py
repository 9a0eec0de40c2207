"""A storm of foreign tombstones: what it costs to look past them, and whether a death among them is seen."""

import subprocess
from dataclasses import dataclass

from bench.children import child
from bench.clock import NS
from bench.pod import ALARM, Container, pod, processor_ns
from bench.programs import Program
from harness.waiting import eventually

WRITES = 20_000
STORM_SEAT = 100


@dataclass(frozen=True)
class Weathered:
    """How it went."""

    seconds: float  # from the rename of main's tombstone, in the middle of the storm, to SIGTERM; 0: it never came
    processor: float  # seconds of one supervisor for the whole storm
    missed: int  # of two deaths, one in the storm and one after it


def storm(program: Program) -> Weathered:
    """One round: one sidecar depends on a main that dies in the storm, another on one that dies after it."""
    with pod() as opened:
        early, late = opened.start(program, "early", "main"), opened.start(program, "late", "last")
        for sidecar in (early, late):
            sidecar.settle()
        before = processor_ns(late.pid)
        subprocess.run(
            [child("storm"), str(WRITES), str(opened.board.descriptor), str(STORM_SEAT)],
            check=True,
            env={"KUBEXIT_GRAVEYARD": str(opened.graveyard)},
            pass_fds=[opened.board.descriptor],
            timeout=ALARM,
        )
        late.settle()
        processor = (processor_ns(late.pid) - before) * NS
        draft = opened.graveyard / ".last.tmp"
        draft.write_text('Died: "2026-01-01T00:00:01Z"\nExitCode: 0\n')
        draft.rename(opened.graveyard / "last")
        missed = [sidecar for sidecar in (early, late) if not _stopped(sidecar)]
        seconds = 0.0 if early in missed else (early.stopped_at - opened.board[STORM_SEAT].begun) * NS
        return Weathered(seconds, max(processor, NS), len(missed))


def _stopped(sidecar: Container) -> bool:
    try:
        eventually(lambda: sidecar.stopped_at, "TERM", ALARM)
    except AssertionError:
        return False
    return True
