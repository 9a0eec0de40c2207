"""What is measured: the names under which results are kept, and the words with which they are shown."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """One figure of a program; less is better in every one of them."""

    name: str
    title: str  # on charts and as a heading
    what: str  # from where to where, in the tables of the page
    unit: str = "second"  # as pyperf knows it: second, byte
    group: str = "time"  # its table and its chart


MEASURES = {
    measure.name: measure
    for measure in (
        Measure("start", "start", "exec of the program → `main` of the command"),
        Measure("end", "end", "exit of the command → the parent sees the exit of the program"),
        Measure("signal", "signal", "SIGTERM to the program → SIGTERM at the command"),
        Measure("death", "death", "rename of the dependency's tombstone → SIGTERM at the command", group="pod"),
        Measure("chain", "chain", "exit of main's command → SIGTERM at the sidecar's command", group="pod"),
        Measure("crash", "crash", "SIGKILL to main's supervisor → SIGTERM at the sidecar's command", group="pod"),
        Measure("pss", "PSS", "its share of the memory that it uses", "byte", "memory"),
        Measure("rss", "RSS", "all memory that it uses, shared or not", "byte", "memory"),
        Measure("dirty", "private dirty", "memory that only it uses", "byte", "memory"),
        Measure("hundred", "last SIGTERM", "exit of main's command → SIGTERM at the last sidecar", group="hundred"),
        Measure("hundred-cpu", "processor", "of all sidecars and commands, from then to their exit", group="hundred"),
        Measure("storm", "stop", "rename of the tombstone in the middle of the storm → SIGTERM", group="storm"),
        Measure("storm-cpu", "processor", "of one supervisor for the whole storm", group="storm"),
        Measure("ready", "ready already", "exec → command, if the dependency is already ready", group="api"),
        Measure("readiness", "becomes ready", "status change sent → command", group="api"),
        Measure("waiting", "memory while waiting", "PSS of all its processes", "byte", "api"),
        Measure("size", "file", "as installed", "byte", "size"),
        Measure("image", "image", "a layer with only this file, gzip", "byte", "size"),
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
