"""The measured parts of docs/use/benchmarks.md, and its charts, from recorded results.

A part is between `<!-- measured: NAME -->` and `<!-- end of measured: NAME -->`; NAME is one of PARTS below.
"""

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from bench.charts import LABELS, TITLES, charts
from bench.goals import better, judge, product
from bench.measures import MEASURES, group, shown
from bench.report import cell
from bench.results import Results

PART = re.compile(r"(<!-- measured: (\S+) -->\n).*?(<!-- end of measured: \2 -->)", re.DOTALL)


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Markdown, figures to the right."""
    names = list(header)
    lines = [f"| {' | '.join(names)} |", "|---|" + "---:|" * (len(names) - 1)]
    return "\n".join(lines + [f"| {' | '.join(row)} |" for row in rows])


def label(results: Results, program: str) -> str:
    """A program as the page calls it; ours in bold."""
    name = LABELS.get(program, program)
    return f"**{name}**" if results.programs.get(program, {}).get("kind") == "kubexit" else name


def figures(name: str) -> Callable[[Results], str]:
    """A group of measures: the chart if there is one, what each column says, and the table."""

    def part(results: Results) -> str:
        measures = [measure for measure in group(name) if results.measured(measure.name)]
        if not measures:
            return "*Not measured in this run.*"
        programs = [one for one in results.programs if any(one in results.measured(what.name) for what in measures)]
        rows = [[label(results, one), *(cell(results, what.name, one) for what in measures)] for one in programs]
        chart = f"![{TITLES[name]}](benchmarks/{name}.svg)\n\n" if name in TITLES else ""
        explained = "\n".join(f"- *{measure.title}*: {measure.what}" for measure in measures)
        return f"{chart}{explained}\n\n{table(['', *(measure.title for measure in measures)], rows)}"

    return part


def machine(results: Results) -> str:
    """Where it was measured, and with which versions."""
    rows = [[key.replace("_", " "), str(value)] for key, value in sorted(results.machine.items())]
    rows += [[label(results, name), about["version"]] for name, about in results.programs.items() if about["version"]]
    return table(["machine and versions", ""], rows)


def goals(results: Results) -> str:
    """Each goal, and whether it was met."""
    rows = [[one.title, one.goal, one.figure, "yes" if one.met else "**no**"] for one in judge(results)]
    return f"The goals are for {label(results, product(results))}.\n\n{table(['', 'goal', 'measured', 'met'], rows)}"


def peers(results: Results) -> str:
    """Where a peer is better."""
    rows = [
        [MEASURES[measure].title, program, shown(other, MEASURES[measure].unit), shown(ours, MEASURES[measure].unit)]
        for measure, program, other, ours in better(results)
    ]
    return table(["", "peer", "peer's figure", "kubexit's figure"], rows) if rows else "Nowhere in this run."


def idle(results: Results) -> str:
    """Work while nothing happens."""
    counts = dict(results.counts.get("idle", {}))
    window = counts.pop("window", {"seconds": 0.0})["seconds"]
    rows = [
        [_idle_label(results, name), f"{one['switches']:g}", f"{one['processor_ms']:.2f} ms"]
        for name, one in counts.items()
    ]
    header = ["a minute", "context switches", "processor time"]
    return f"{table(header, rows)}\n\nTaken in a window of {window:g} s and scaled."


def _idle_label(results: Results, name: str) -> str:
    program, _, rest = name.partition(", ")
    return label(results, program) + {"dependency": ", one dependency", "none": ", no dependency"}.get(rest, "")


def counted(name: str) -> Callable[[Results], str]:
    """What is not allowed to happen, as it was counted."""

    def part(results: Results) -> str:
        counts = results.counts.get(name, {})
        sentences = {
            "hundred": "{0}: {watching:g} of {sidecars:g} sidecars had inotify.",
            "storm": "{0}: {missed:g} of {deaths:g} deaths were missed.",
        }
        return "\n".join(f"- {sentences[name].format(label(results, one), **values)}" for one, values in counts.items())

    return part


def skipped(results: Results) -> str:
    """What was left out, and why."""
    return "\n".join(f"- {label(results, name)}: {reason}" for name, reason in results.skipped.items()) or "Nothing."


PARTS: dict[str, Callable[[Results], str]] = {
    "machine": machine,
    "goals": goals,
    "better": peers,
    **{name: figures(name) for name in ("time", "pod", "memory", "hundred", "storm", "api", "size")},
    "hundred-counts": counted("hundred"),
    "storm-counts": counted("storm"),
    "idle": idle,
    "skipped": skipped,
}


def renew(page: Path, results: Results, check: bool) -> int:
    """Write the page and its charts; with `check` only report stale parts, and return 1."""
    stale = []
    for path, text in _files(page, results):
        if path.exists() and path.read_text() == text:
            continue
        stale.append(path.name)
        if not check:
            path.write_text(text)
    print(
        f"  {page.name}: {'stale: ' if check and stale else 'written: '}{', '.join(stale)}"
        if stale
        else "  as recorded"
    )
    if check and stale:
        print("  make bench ARGS=page renews them", file=sys.stderr)
    return 1 if check and stale else 0


def _files(page: Path, results: Results) -> Iterator[tuple[Path, str]]:
    yield page, PART.sub(lambda match: f"{match[1]}{PARTS[match[2]](results)}\n{match[3]}", page.read_text())
    for name, svg in charts(results).items():
        yield page.parent / page.stem / name, svg
