"""Results of a run: a pyperf suite, so that its tools read the file, with our counts beside it.

A benchmark is named "MEASURE: PROGRAM"; one run of it is one block of interleaved rounds. pyperf allows no zero, so
values that can be zero, such as wake-ups and missed deaths, are under `counts`, which pyperf ignores.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pyperf

from bench.measures import MEASURES

Counts = dict[str, dict[str, float]]  # by program, by what is counted

_DIGITS = 7  # tenths of microseconds


@dataclass
class Results:
    """What a run measured."""

    machine: dict[str, str | int | float]
    programs: dict[str, dict[str, str]]  # name → kind, version
    skipped: dict[str, str]
    counts: dict[str, Counts] = field(default_factory=dict)
    _runs: dict[tuple[str, str], list[list[float]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, measure: str, program: str, values: Iterable[float]) -> None:
        """One block of values: seconds or bytes."""
        if block := list(values):
            self._runs[measure, program].append(block)

    def median(self, measure: str, program: str) -> float | None:
        """Return the median of all values, None without values."""
        found = self.benchmark(measure, program)
        return found.median() if found else None

    def benchmark(self, measure: str, program: str) -> pyperf.Benchmark | None:
        """All values with pyperf's statistics on them."""
        runs = self._runs.get((measure, program))
        if not runs:
            return None
        unit = MEASURES[measure].unit
        metadata = {"name": f"{measure}: {program}", "unit": unit, **self.machine}
        rounded = [[round(value, _DIGITS) if unit == "second" else round(value) for value in run] for run in runs]
        return pyperf.Benchmark([pyperf.Run(run, metadata=metadata, collect_metadata=False) for run in rounded])

    def measured(self, measure: str) -> list[str]:
        """The programs for which there are values."""
        return [program for program in self.programs if (measure, program) in self._runs]

    def write(self, path: Path) -> None:
        """Keep it as JSON."""
        benchmarks = [found for key in self._runs if (found := self.benchmark(*key))]
        draft = path.with_suffix(".tmp")
        pyperf.BenchmarkSuite(benchmarks).dump(str(draft), replace=True)
        whole = json.loads(draft.read_text())
        whole |= {"programs": self.programs, "skipped": self.skipped, "counts": self.counts}
        draft.write_text(_lines(whole))
        draft.rename(path)


def read(path: Path) -> Results:
    """What was kept."""
    suite = pyperf.BenchmarkSuite.load(str(path))
    whole = json.loads(path.read_text())
    machine = {key: value for key, value in suite.get_metadata().items() if key not in ("name", "unit")}
    results = Results(machine, whole["programs"], whole["skipped"], whole["counts"])
    for benchmark in suite:
        measure, _, program = benchmark.get_name().partition(": ")
        for run in benchmark.get_runs():
            results.add(measure, program, run.values)
    return results


def _lines(whole: dict[str, object]) -> str:
    """JSON with a line for each benchmark: a recorded file can be compared by eye."""
    benchmarks = whole.pop("benchmarks")
    assert isinstance(benchmarks, list)
    rest = json.dumps(whole, indent=1, ensure_ascii=False).removesuffix("\n}")
    rows = ",\n".join(json.dumps(one, separators=(",", ":"), sort_keys=True) for one in benchmarks)
    return f'{rest},\n "benchmarks": [\n{rows}\n ]\n}}\n'
