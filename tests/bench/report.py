"""A run on the terminal: the median of each figure, with its spread."""

from collections.abc import Iterator

from bench.measures import MEASURES, group, shown
from bench.results import Results

GROUPS = ("time", "pod", "memory", "hundred", "storm", "api", "size")


def lines(results: Results) -> Iterator[str]:
    """Tables, then what was counted, then what was left out."""
    for name in GROUPS:
        measures = [measure for measure in group(name) if results.measured(measure.name)]
        if not measures:
            continue
        yield f"\n  {'':14}" + "".join(f"{measure.title:>24}" for measure in measures)
        for program in results.programs:
            cells = [cell(results, measure.name, program) for measure in measures]
            if any(cells):
                yield f"  {program:14}" + "".join(f"{text or '-':>24}" for text in cells)
    for name, counts in results.counts.items():
        yield f"\n  {name}"
        for program, values in counts.items():
            yield f"  {program:24}" + "  ".join(f"{key} {value:g}" for key, value in values.items())
    for program, reason in results.skipped.items():
        yield f"\n  NOT MEASURED: {program}: {reason}"


def cell(results: Results, measure: str, program: str) -> str:
    """The median ± the median absolute deviation; empty when nothing was measured."""
    benchmark = results.benchmark(measure, program)
    if benchmark is None:
        return ""
    unit = MEASURES[measure].unit
    if benchmark.get_nvalue() == 1:
        return shown(benchmark.median(), unit)
    return f"{shown(benchmark.median(), unit)} ± {shown(benchmark.median_abs_dev(), unit)}"
