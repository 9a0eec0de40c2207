"""Times, as clock.c takes them: rounds in which all programs take their turn."""

import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.children import child
from bench.programs import Program

# As `medium: Memory`, which the examples use.
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
ALARM = 300.0  # for one call of the clock
NS = 1e-9


@contextmanager
def graveyard() -> Iterator[Path]:
    """A folder in memory, for one measurement."""
    with tempfile.TemporaryDirectory(prefix="kubexit-bench-", dir=MEMORY) as folder:
        yield Path(folder)


def environment(folder: Path) -> dict[str, str]:
    """What kubexit needs and others ignore; all settings that are not named here have their defaults."""
    return {"PATH": os.environ["PATH"], "KUBEXIT_GRAVEYARD": str(folder)}


def processor() -> int:
    """The one processor that everything runs on while times are taken."""
    return max(os.sched_getaffinity(0))


def times(measure: str, programs: Sequence[Program], rounds: int) -> list[list[float]]:
    """For each program its rounds, in seconds.

    The clock and the containers share one processor: no work can hide on another one, no figure depends on where the
    scheduler happens to put a process, and none has the time in it that an idle processor takes to wake up, which in a
    virtual machine is more than what is measured.
    """
    command = [child("clock"), measure, str(rounds), child("command")]
    for program in programs:
        command += [",", *program.words]
    with graveyard() as folder:
        done = subprocess.run(
            command,
            env=environment(folder),
            capture_output=True,
            text=True,
            timeout=ALARM,
            preexec_fn=lambda: os.sched_setaffinity(0, {processor()}),
        )
    if done.returncode != 0:
        raise RuntimeError(f"clock {measure} ended with {done.returncode}: {done.stderr}")
    samples: list[list[float]] = [[] for _ in programs]
    for line in done.stdout.splitlines():
        number, nanoseconds = (int(word) for word in line.split())
        if nanoseconds <= 0:
            raise RuntimeError(f"clock {measure}: {programs[number].name}: the command did not come or go")
        samples[number].append(nanoseconds * NS)
    return samples
