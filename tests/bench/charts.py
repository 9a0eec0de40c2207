"""Charts as SVG: one for each group of measures, a panel a measure, one below the other, a bar a program.

A chart is as wide as the screen of a phone, so that its letters are not made smaller there.

They have a background card, and a style sheet inside changes its colours with the reader's theme: an image in a page
cannot know the colour of that page.
"""

import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from bench.measures import Measure, group
from bench.results import Results

# Name → colour in light and in dark. Each is the only one of its value, so that it can be found in the SVG.
PALETTE = {
    "card": ("#fdfdfe", "#161b22"),
    "ink": ("#1f2329", "#e6edf4"),
    "faint": ("#d8dee5", "#343b44"),
    "kubexit": ("#1a73c9", "#58a6fe"),
    "coordinator": ("#b3581d", "#e8935a"),
    "init": ("#7d8792", "#8b96a3"),
    "floor": ("#b9c1ca", "#4d5661"),
}
TITLES = {
    "time": "Start, end and signals: microseconds, less is better",
    "pod": "Containers that end each other: microseconds, less is better",
    "memory": "Memory of the supervisor while its command runs: KiB, less is better",
}
LABELS = {
    "floor": "bare C",
    "gate": "kubexit (gate)",
    "static": "kubexit (static)",
    "installed": "kubexit (pip)",
    "original": "kubexit (Go)",
    "client-go": "a client in Go",
}
_WIDTH_INCHES = 4.8
_PANEL_INCHES = 0.6  # of its title and axis
_ROW_INCHES = 0.24
_STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "kubexit",  # the same figures make the same file
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],  # matplotlib brings it: the layout is the same everywhere
    "font.size": 9,
}


def charts(results: Results) -> dict[str, str]:
    """File name → SVG, for each group that was measured."""
    drawn = {}
    with mpl.rc_context(_STYLE):
        for name in TITLES:
            measures = [measure for measure in group(name) if results.measured(measure.name)]
            if measures:
                drawn[f"{name}.svg"] = _svg(_figure(name, measures, results, 0), TITLES[name])
    return drawn


def preview(results: Results, folder: Path) -> None:
    """The same as PNG, in both colours, to be looked at."""
    folder.mkdir(parents=True, exist_ok=True)
    with mpl.rc_context(_STYLE):
        for name in TITLES:
            for theme, label in enumerate(("light", "dark")):
                measures = [measure for measure in group(name) if results.measured(measure.name)]
                if measures:
                    _figure(name, measures, results, theme).savefig(folder / f"{name}-{label}.png", dpi=110)


def _figure(name: str, measures: Sequence[Measure], results: Results, theme: int) -> Figure:
    colour = {key: pair[theme] for key, pair in PALETTE.items()}
    # What starts an interpreter would leave no room for the others; the tables have it.
    programs = [
        one
        for one in results.programs
        if one != "installed" and any(one in results.measured(measure.name) for measure in measures)
    ]
    figure = Figure(
        figsize=(_WIDTH_INCHES, 0.4 + len(measures) * (_PANEL_INCHES + _ROW_INCHES * len(programs))),
        layout="constrained",
        facecolor=colour["card"],
    )
    figure.suptitle(TITLES[name], color=colour["ink"], fontsize=10, x=0.01, ha="left")
    for axes, measure in zip(figure.subplots(len(measures), squeeze=False)[:, 0], measures, strict=True):
        _panel(axes, measure, programs, results, colour)
    return figure


def _panel(axes: Any, measure: Measure, programs: list[str], results: Results, colour: dict[str, str]) -> None:
    """Medians as bars, the middle half of all values as a line."""
    scale = 1024 if measure.unit == "byte" else 1e-6
    for row, program in enumerate(programs):
        benchmark = results.benchmark(measure.name, program)
        if benchmark is None:
            continue
        median, low, high = (value / scale for value in _quartiles(benchmark))
        axes.barh(row, median, color=colour[results.programs[program]["kind"]], height=0.62)
        axes.plot([low, high], [row, row], color=colour["ink"], linewidth=1)
        axes.annotate(
            f"{median:.0f}",
            (max(median, high), row),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            color=colour["ink"],
            fontsize=8,
        )
    axes.set_title(measure.title, color=colour["ink"], fontsize=9, loc="left")
    axes.set_yticks(range(len(programs)), [LABELS.get(program, program) for program in programs], color=colour["ink"])
    axes.invert_yaxis() if not axes.yaxis_inverted() else None
    axes.margins(x=0.16)
    axes.set_xlim(left=0)
    axes.set_facecolor(colour["card"])
    axes.tick_params(axis="x", colors=colour["ink"], labelsize=8, length=0)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color=colour["faint"], linewidth=0.7)
    axes.set_axisbelow(True)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _quartiles(benchmark: Any) -> tuple[float, float, float]:
    return benchmark.median(), benchmark.percentile(25), benchmark.percentile(75)


def _svg(figure: Figure, title: str) -> str:
    """The file's text with a title, its colours as classes that follow the reader's theme."""
    file = io.StringIO()
    figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    text = re.sub(r'style="([^"]*)"', _classes, file.getvalue())
    rules = {theme: "".join(_rules(key, pair[theme]) for key, pair in PALETTE.items()) for theme in (0, 1)}
    sheet = f"<style>{rules[0]}@media (prefers-color-scheme: dark){{{rules[1]}}}</style>"
    return re.sub(r"(<svg[^>]*>)", lambda match: f"{match[1]}\n <title>{title}</title>\n {sheet}", text, count=1)


def _rules(name: str, value: str) -> str:
    return f".{name}-fill{{fill:{value}}}.{name}-stroke{{stroke:{value}}}"


def _classes(match: re.Match[str]) -> str:
    """A style attribute without the colours of the palette, and these as classes."""
    kept, classes = [], []
    names = {pair[0]: name for name, pair in PALETTE.items()}
    for declaration in match[1].split(";"):
        key, _, value = (part.strip() for part in declaration.partition(":"))
        if key in ("fill", "stroke") and value in names:
            classes.append(f"{names[value]}-{key}")
        elif key:
            kept.append(f"{key}: {value}")
    attributes = [f'class="{" ".join(classes)}"'] if classes else []
    attributes += [f'style="{"; ".join(kept)}"'] if kept else []
    return " ".join(attributes)
