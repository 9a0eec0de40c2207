"""What kubexit wants to cost at most, judged by a run."""

from collections.abc import Iterator
from dataclasses import dataclass

from bench.measures import MEASURES, shown
from bench.results import Results

MIB = 1 << 20


@dataclass(frozen=True)
class Judged:
    """One goal, and whether it is met."""

    title: str
    goal: str
    figure: str
    met: bool


def product(results: Results) -> str:
    """The form that is judged: the static file where it was measured, else the gate."""
    return "static" if "static" in results.programs else "gate"


def judge(results: Results) -> Iterator[Judged]:
    """Each goal whose figures were measured."""
    ours = product(results)
    for measure, peer, factor, more, goal in (
        ("start", "tini-static", 1.0, 0.0, "at most static tini, although it writes a tombstone"),
        ("end", "tini-static", 1.0, 0.0, "at most static tini, although it writes a tombstone"),
        ("signal", "tini-static", 1.0, 0.0, "at most static tini"),
        ("death", "original", 0.35, 0.0, "at most 0.35 times the original"),
        ("death", "floor", 1.5, 0.0, "at most 1.5 times bare C"),
        ("hundred", "floor", 2.0, 0.0, "at most 2 times bare C"),
        ("ready", "original", 1.0, 0.0, "at most the original"),
        ("ready", "client-go", 1.0, 0.0, "at most a client in Go"),
        ("readiness", "proa", 1.0, 0.0, "at most proa"),
        ("waiting", "proa", 1.0, 0.0, "at most proa, and gone afterwards"),
    ):
        figure, other = results.median(measure, ours), results.median(measure, peer)
        if figure and other:
            what = MEASURES[measure]
            text = f"{shown(figure, what.unit)}, {peer} {shown(other, what.unit)}"
            yield Judged(f"{what.title}: {what.what}", goal, text, figure <= other * factor + more)
    for measure, most, goal in (
        ("crash", 2e-3, "at most 2 ms"),
        ("pss", 0.7 * MIB, "at most 0.7 MiB"),
        ("ready", 0.025, "at most 25 ms, which the original needed in 2026-11"),
        ("size", 10.5 * MIB, "at most 10.5 MiB"),
    ):
        figure = results.median(measure, ours)
        if figure:
            what = MEASURES[measure]
            yield Judged(f"{what.title}: {what.what}", goal, shown(figure, what.unit), figure <= most)
    for name, most, goal in (("none", 0, "0"), ("dependency", 36, "at most 36 (the poll)")):
        counted = results.counts.get("idle", {}).get(f"{ours}, {name}")
        if counted:
            title = f"wake-ups a minute when nothing happens, {'without' if name == 'none' else 'with'} a dependency"
            yield Judged(title, goal, f"{counted['switches']:g}", counted["switches"] <= most)


def better(results: Results) -> Iterator[tuple[str, str, float, float]]:
    """Where a peer is better by more than a twentieth: measure, peer, its median, ours."""
    ours = product(results)
    for measure in MEASURES:
        figure = results.median(measure, ours)
        for program, about in results.programs.items():
            other = results.median(measure, program)
            if figure and other and about["kind"] not in ("floor", "kubexit") and other < 0.95 * figure:
                yield measure, program, other, figure
