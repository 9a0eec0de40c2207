"""Lives as a picture in SVG that can be read alone: title, axis, bars, arrows from cause to effect, legend, and each
event in words. Its colours follow the reader's choice of light or dark."""

from collections.abc import Iterator
from html import escape

from kubectl_kubexit.draw.moments import MEANINGS, clock, offset, parts, span, ticks
from kubectl_kubexit.lives.events import BORN, STOP, Event, events
from kubectl_kubexit.lives.life import Container, History
from kubectl_kubexit.lives.moment import timestamp

WIDTH = 900
MARGIN = 24
LETTER = 7.4  # pixels of a letter at 12 px, on average
NAME = 28  # letters; a longer name is cut
TOP = 84  # of the first row
ROW = 40
BAR = 18
LINE = 17  # pixels of a line of text
TICKS = 8
FIXED = (
    "text{font:12px system-ui,sans-serif}.title{font-size:15px;font-weight:600}.end{text-anchor:end}"
    ".middle{text-anchor:middle}.time{font-variant-numeric:tabular-nums}.arrow{stroke-width:1.2}"
)
LIGHT = {
    ".back": "fill:#fff", "text": "fill:#1d1d1f", ".note": "fill:#5f6368", ".grid": "stroke:#e3e5e8",
    ".waiting": "fill:#c3c7cc", ".starting": "fill:#f2b233", ".running": "fill:#2e9e5b", ".stopping": "fill:#9a5fc4",
    ".arrow": "fill:none;stroke:#b3261e", ".head": "fill:#b3261e",
}  # fmt: skip
DARK = {
    ".back": "fill:#16181c", "text": "fill:#e8eaed", ".note": "fill:#a8adb4", ".grid": "stroke:#33373d",
    ".waiting": "fill:#5b6068", ".starting": "fill:#d99a1c", ".running": "fill:#3fb36e", ".stopping": "fill:#b184d6",
    ".arrow": "fill:none;stroke:#ff8a80", ".head": "fill:#ff8a80",
}  # fmt: skip


def style() -> str:
    """Return the style sheet. Colours are written out twice: not every viewer knows variables or media queries."""
    light, dark = ("".join(f"{name}{{{rule}}}" for name, rule in part.items()) for part in (LIGHT, DARK))
    return f"{FIXED}{light}@media(prefers-color-scheme:dark){{{dark}}}"


class Scale:
    """Where moments and rows are drawn."""

    def __init__(self, history: History) -> None:
        longest = max((len(cut(one.name)) for one in history.containers), default=0)
        ends = max((len(one.ending(history.live)) for one in history.containers), default=0)
        self.left = MARGIN + longest * LETTER + 14
        self.right = WIDTH - MARGIN - ends * LETTER - 12
        self.begin, self.end = span(history)
        self.rows = {one.name: index for index, one in enumerate(history.containers)}

    def x(self, at: float) -> float:
        """Return the place of a moment."""
        share = (at - self.begin) / (self.end - self.begin)
        return self.left + min(max(share, 0.0), 1.0) * (self.right - self.left)

    def y(self, name: str) -> float:
        """Return the upper edge of a bar."""
        return TOP + self.rows[name] * ROW


def timeline(history: History) -> str:
    """Return the lives of the containers of a pod as an SVG document."""
    found = events(history)
    scale = Scale(history)
    bottom = TOP + len(history.containers) * ROW
    noted = [one for one in history.containers if one.note and not one.lives]
    height = bottom + 34 + LINE * (len(found) + len(noted)) + MARGIN
    name = f"{history.title}, from {(timestamp(history.begin) or '')[:19].replace('T', ' ')} UTC"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" role="img">',
        f"<title>{escape(name)}</title><style>{style()}</style>",
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path class="head" d="M0 0L8 4L0 8z"/></marker></defs>',
        f'<rect class="back" width="{WIDTH}" height="{height}"/>',
        f'<text class="title" x="{MARGIN}" y="30">{escape(name)}</text>',
        *axis(scale, bottom),
        *(line for one in history.containers for line in row(one, history, scale)),
        *(arrow(event, scale) for event in found if event.cause and event.kind in {BORN, STOP}),
        *legend(scale, bottom + 14),
        *story(history, found, noted, bottom + 46),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def axis(scale: Scale, bottom: float) -> Iterator[str]:
    """Return labels, each with a line through all rows."""
    for seconds in ticks(scale.end - scale.begin, TICKS):
        x = scale.x(scale.begin + seconds)
        yield f'<path class="grid" d="M{x:.1f} {TOP - 14}V{bottom - 10}"/>'
        yield f'<text class="note middle" x="{x:.1f}" y="{TOP - 22}">{clock(seconds)}</text>'


def row(one: Container, history: History, scale: Scale) -> Iterator[str]:
    """Return the name of a container, its bar, and how it ended."""
    y = scale.y(one.name)
    middle = y + BAR / 2 + 4
    yield f'<text x="{MARGIN}" y="{middle:.1f}">{escape(cut(one.name))}<title>{escape(one.name)}</title></text>'
    for life in one.lives:
        for part in parts(life, history.end):
            x, behind = scale.x(part.begin), scale.x(part.end)
            spent = offset(part.end - part.begin)
            yield (
                f'<rect class="{part.kind}" x="{x:.1f}" y="{y:.1f}" width="{max(behind - x, 1.5):.1f}" height="{BAR}">'
                f"<title>{escape(one.name)}: {MEANINGS[part.kind]} for {spent}</title></rect>"
            )
    yield f'<text x="{scale.right + 12:.1f}" y="{middle:.1f}">{escape(one.ending(history.live))}</text>'


def arrow(event: Event, scale: Scale) -> str:
    """Return an arrow from a cause to its effect, or nothing if one of them has no row."""
    cause = event.cause
    if cause is None or cause.container not in scale.rows:
        return ""
    down = scale.y(cause.container) < scale.y(event.container)
    start, end = scale.y(cause.container) + (BAR if down else 0), scale.y(event.container) + (0 if down else BAR)
    x, to = scale.x(cause.at), scale.x(event.at)
    bend = (end - start) / 2
    curve = f"M{x:.1f} {start:.1f}C{x:.1f} {start + bend:.1f} {to:.1f} {end - bend:.1f} {to:.1f} {end:.1f}"
    title = escape(f"{event.container} {event.words}")
    return f'<path class="arrow" d="{curve}" marker-end="url(#head)"><title>{title}</title></path>'


def legend(scale: Scale, y: float) -> Iterator[str]:
    """Return what the colours and the arrows mean."""
    x = scale.left
    for kind, meaning in MEANINGS.items():
        yield f'<rect class="{kind}" x="{x:.1f}" y="{y - 10:.1f}" width="12" height="12"/>'
        yield f'<text class="note" x="{x + 18:.1f}" y="{y:.1f}">{meaning}</text>'
        x += 18 + len(meaning) * LETTER + 16
    yield f'<path class="arrow" d="M{x:.1f} {y - 4:.1f}H{x + 24:.1f}" marker-end="url(#head)"/>'
    yield f'<text class="note" x="{x + 32:.1f}" y="{y:.1f}">causes</text>'


def story(history: History, found: list[Event], noted: list[Container], y: float) -> Iterator[str]:
    """Return a line for each event, and for each container that has no life."""
    rows = [(offset(event.at - history.begin), event.container, event.words) for event in found]
    rows += [("", one.name, one.note) for one in noted]
    column = MARGIN + 62 + max((len(cut(row[1])) for row in rows), default=0) * LETTER + 12
    room = int((WIDTH - MARGIN - column) / (LETTER * 0.85))
    for time, name, words in rows:
        yield f'<text class="note end time" x="{MARGIN + 48}" y="{y}">{time}</text>'
        yield f'<text x="{MARGIN + 62}" y="{y}">{escape(cut(name))}</text>'
        said = words if len(words) <= room else words[: room - 1] + "…"
        yield f'<text x="{column:.1f}" y="{y}">{escape(said)}<title>{escape(words)}</title></text>'
        y += LINE


def cut(name: str) -> str:
    """Return a name that fits beside the bars."""
    return name if len(name) <= NAME else name[: NAME - 1] + "…"
