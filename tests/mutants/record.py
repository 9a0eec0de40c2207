"""The record of a run: one line of JSON for each mutant, so that the next run can leave out what was noticed."""

import json
from dataclasses import asdict
from pathlib import Path

from .judge import NOTICED, Verdict
from .mutant import Mutant


class Record:
    """A file of verdicts; without a path, nothing is kept."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._noticed = set()
        if path is not None and path.exists():
            entries = [json.loads(line) for line in path.read_text().splitlines()]
            self._noticed = {entry["digest"] for entry in entries if entry["word"] == NOTICED}

    def has(self, mutant: Mutant) -> bool:
        """Whether this mutant was noticed, with the same sources and the same test."""
        return mutant.digest() in self._noticed

    def add(self, verdict: Verdict) -> None:
        """Append a verdict."""
        if self._path is None:
            return
        entry = {"name": verdict.mutant.name, "digest": verdict.mutant.digest(), **asdict(verdict)}
        del entry["mutant"]
        with self._path.open("a") as file:
            file.write(json.dumps(entry) + "\n")
