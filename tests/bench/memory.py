"""Memory of a supervisor whose command runs."""

from pathlib import Path

from bench.pod import pod
from bench.programs import Program

FIELDS = {"pss": "Pss", "rss": "Rss", "dirty": "Private_Dirty"}


def rollup(pid: int) -> dict[str, int]:
    """Bytes by the names of FIELDS, of one process (/proc/PID/smaps_rollup)."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    fields = dict(line.split(":", 1) for line in lines)
    return {name: int(fields[field].split()[0]) * 1024 for name, field in FIELDS.items()}


def memory(program: Program) -> dict[str, int]:
    """Bytes of one supervisor that waits for a dependency's death, alone on the machine with its file."""
    with pod() as opened:
        container = opened.start(program, "sidecar", deps="main")
        container.settle()
        return rollup(container.pid)
