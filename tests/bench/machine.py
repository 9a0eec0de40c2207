"""Where the figures come from: what of a machine they depend on, and nothing that names it."""

import os
import platform
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from bench.children import child
from harness.forms import BUILD, ROOT


def describe() -> dict[str, str | int | float]:
    """The machine, under the names that pyperf gives such facts where it has one."""
    facts: dict[str, str | int | float | None] = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "platform": platform.platform(aliased=True),
        "cpu_model_name": _first(r"^model name\s*: (.*)", "/proc/cpuinfo"),
        "cpu_count": os.cpu_count(),
        "cpu_affinity": ",".join(map(str, sorted(os.sched_getaffinity(0)))),
        "memory": _first(r"^MemTotal:\s*(.*)", "/proc/meminfo"),
        "governor": _read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
        "load_avg_1min": round(load(), 2),
        "virtual": "yes" if "hypervisor" in (_first(r"^flags\s*: (.*)", "/proc/cpuinfo") or "") else "no",
        "system": _first(r'^PRETTY_NAME="(.*)"', "/etc/os-release"),
        "floor": "musl" if _is_musl(child("floor")) else "glibc",
        "gate": _read(BUILD / "gate/how"),
        "commit": _commit(),
    }
    return {key: value for key, value in facts.items() if value not in (None, "")}


def load() -> float:
    """How many processes wanted a processor in the last minute: a busy machine is no place to measure on."""
    return os.getloadavg()[0]


def _read(path: str | Path) -> str | None:
    try:
        return Path(path).read_text().strip()
    except OSError:
        return None


def _first(regex: str, path: str) -> str | None:
    match = re.search(regex, _read(path) or "", re.MULTILINE)
    return match[1].strip() if match else None


def _is_musl(path: str) -> bool:
    return b"GNU C Library" not in Path(path).read_bytes() and b"glibc" not in Path(path).read_bytes()


def _commit() -> str | None:
    """The commit, with a plus when the tree differs from it."""
    command = ["git", "-C", str(ROOT), "describe", "--always", "--dirty=+", "--exclude=*"]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.stdout.strip() or None
