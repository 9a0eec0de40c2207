"""What is measured: the names under which results are kept, and the words with which they are shown."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """One figure of a program; less is better in every one of them."""

    name: str
    title: str  # on charts and as a heading
    what: str  # from where to where, in the page's tables
    unit: str = "second"  # as pyperf knows it: second, byte
    group: str = "time"  # the table and the chart that it stands in


MEASURES = {
    measure.name: measure
    for measure in (
        Measure("start", "start", "exec of the program → `main` of the command"),
        Measure("end", "end", "the command's end → the parent sees the program's end"),
        Measure("signal", "signal", "TERM to the program → TERM at the command"),
        Measure("death", "death", "rename of the dependency's tombstone → TERM at the command", group="pod"),
        Measure("chain", "chain", "end of main's command → TERM at the sidecar's command", group="pod"),
        Measure("crash", "crash", "KILL to main's supervisor → TERM at the sidecar's command", group="pod"),
        Measure("pss", "PSS", "its share of all memory", "byte", "memory"),
        Measure("rss", "RSS", "all its memory, shared with others or not", "byte", "memory"),
        Measure("dirty", "private dirty", "memory that exists for it alone", "byte", "memory"),
        Measure("hundred", "last TERM", "end of main's command → TERM at the last sidecar's command", group="hundred"),
        Measure("hundred-cpu", "processor", "of all sidecars and commands, from then to their end", group="hundred"),
        Measure("storm", "TERM in the storm", "rename of the tombstone in its middle → TERM", group="storm"),
        Measure("storm-cpu", "processor", "of one supervisor for the whole storm", group="storm"),
        Measure("ready", "ready already", "exec → command; the dependency is ready", group="api"),
        Measure("readiness", "becomes ready", "status change sent → command", group="api"),
        Measure("waiting", "memory while waiting", "PSS of all its processes", "byte", "api"),
        Measure("size", "file", "as it is installed", "byte", "size"),
        Measure("image", "image", "a layer with this file alone, gzip", "byte", "size"),
    )
}


def group(name: str) -> list[Measure]:
    """The measures that are shown together."""
    return [measure for measure in MEASURES.values() if measure.group == name]


def shown(value: float, unit: str) -> str:
    """A figure in the unit that suits it, with three digits that count."""
    scales = ((1024.0**2, "MiB"), (1024.0, "KiB")) if unit == "byte" else ((1e-3, "ms"), (1e-6, "µs"))
    scale, suffix = scales[0] if value >= scales[0][0] else scales[1]
    number = value / scale
    digits = 0 if number >= 100 else 1 if number >= 10 else 2
    return f"{number:.{digits}f} {suffix}"
