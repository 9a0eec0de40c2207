"""Readiness through a real API server, measured by bench.apiserver in the developers' environment."""

import json
import os
import subprocess
from collections.abc import Sequence

from bench.programs import Program
from harness.forms import BUILD

ALARM = 600.0


class UnavailableError(Exception):
    """Why there are no such figures."""


def measure(programs: Sequence[Program], rounds: int) -> dict[str, dict[str, list[float]]]:
    """By measure and program: seconds, or bytes."""
    words = {program.name: list(program.words) for program in programs}
    done = subprocess.run(
        [BUILD / "venv/bin/python", "-P", "-m", "bench.apiserver", str(rounds), json.dumps(words)],
        env={**os.environ},
        capture_output=True,
        text=True,
        timeout=ALARM,
    )
    if done.returncode != 0:
        raise UnavailableError((done.stderr.strip().splitlines() or ["it ended without a word"])[-1])
    answer: dict[str, dict[str, list[float]]] = json.loads(done.stdout)
    if "unavailable" in answer:
        raise UnavailableError(str(answer["unavailable"]))
    return answer
