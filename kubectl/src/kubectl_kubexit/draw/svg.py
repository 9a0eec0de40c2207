"""The relations of a pod as a picture: columns by the order of the start, arrows with their conditions."""

from dataclasses import dataclass
from html import escape as escape_markup

from kubectl_kubexit.draw.graph import role, short
from kubectl_kubexit.errors import printable
from kubectl_kubexit.relations.graph import ENDS, HOLDS, WAITS, Edge, edges
from kubectl_kubexit.relations.member import Members

BOX = (150, 44)
GAP = (170, 46)
MARGIN = 30
TITLE = 36
LETTER = 7.2  # pixels of a letter at 12 px
COLOURS = {WAITS: "#1f6f43", ENDS: "#b3261e", HOLDS: "#7a6200"}
DASHES = {WAITS: "", ENDS: "6 4", HOLDS: "2 4"}
LEGEND = {WAITS: "starts after", ENDS: "stops with", HOLDS: "keeps SIGTERM until the end of"}
STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#1d1d1f}.title{font-weight:600;font-size:14px}"
    ".note{fill:#5f6368;font-size:11px}"
    "rect{fill:#fff;stroke:#5f6368}.back{fill:#fafafa;stroke:none}"
)


@dataclass(frozen=True)
class Place:
    """Where a container is drawn: its left and upper edge."""

    x: float
    y: float


def graph(pod: Members, title: str) -> str:
    """Return the relations of a pod as an SVG document."""
    found = list(edges(pod))
    names = [member.name for member in pod.all]
    names += [edge.target for edge in found if edge.target not in names]
    names = list(dict.fromkeys(names))
    places = placed(columns(names, found))
    width = max(place.x for place in places.values()) + BOX[0] + MARGIN
    height = max(place.y for place in places.values()) + BOX[1] + MARGIN
    legend = height + 14
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{legend + 60:.0f}" role="img">',
        f"<title>{escape(title)}</title><style>{STYLE}</style>{markers()}",
        '<rect class="back" width="100%" height="100%"/>',
        f'<text class="title" x="{MARGIN}" y="24">{escape(title)}</text>',
        *(line(edge, places, index) for index, edge in enumerate(found)),
        *(box(pod, name, place) for name, place in places.items()),
        *(legend_row(kind, legend + 16 * row) for row, kind in enumerate(LEGEND)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def escape(text: str) -> str:
    """Return a text for SVG, which has no place for most control characters."""
    return escape_markup(printable(text))


def columns(names: list[str], found: list[Edge]) -> list[list[str]]:
    """Return the names by the order of the start: a container is behind all that it waits for."""
    depth = dict.fromkeys(names, 0)
    for _ in names:  # a circle must end
        for edge in found:
            if edge.kind == WAITS:
                depth[edge.source] = min(max(depth[edge.source], depth[edge.target] + 1), len(names))
    levels = sorted(set(depth.values()))
    return [[name for name in names if depth[name] == level] for level in levels]


def placed(levels: list[list[str]]) -> dict[str, Place]:
    """Return where each container is drawn."""
    return {
        name: Place(MARGIN + column * (BOX[0] + GAP[0]), TITLE + MARGIN / 2 + row * (BOX[1] + GAP[1]) + column % 2 * 24)
        for column, names in enumerate(levels)
        for row, name in enumerate(names)
    }


def box(pod: Members, name: str, place: Place) -> str:
    """Return a container as a box with its name and what it is."""
    member = pod.named(name)
    note = role(member) if member else "not in the pod"
    dashed = "" if member and member.is_wrapped else ' stroke-dasharray="4 3"'
    middle = place.x + BOX[0] / 2
    up = 20 if note else 27
    text = f'<text x="{middle:.0f}" y="{place.y + up:.0f}" text-anchor="middle">{escape(name)}</text>'
    if note:
        text += f'<text class="note" x="{middle:.0f}" y="{place.y + 36:.0f}" text-anchor="middle">{escape(note)}</text>'
    return f'<rect x="{place.x:.0f}" y="{place.y:.0f}" width="{BOX[0]}" height="{BOX[1]}" rx="6"{dashed}/>{text}'


def line(edge: Edge, places: dict[str, Place], index: int) -> str:
    """Return an edge as a curve from its container to the one that it depends on, with its condition."""
    source, target = places[edge.source], places[edge.target]
    shift = 9 * (index % 5 - 2)
    forward = target.x > source.x
    start = (source.x + (BOX[0] if forward else 0), source.y + BOX[1] / 2 + shift)
    end = (target.x + (0 if forward else BOX[0]), target.y + BOX[1] / 2 + shift)
    if target.x == source.x:
        start, end = (source.x + BOX[0], start[1]), (target.x + BOX[0], end[1])
    bend = (GAP[0] / 2) * (1 if forward or target.x == source.x else -1)
    back = bend if target.x == source.x else -bend
    path = f"M{start[0]:.0f} {start[1]:.0f} C{start[0] + bend:.0f} {start[1]:.0f} {end[0] + back:.0f} {end[1]:.0f}"
    curve = f"{path} {end[0]:.0f} {end[1]:.0f}"
    dash = f' stroke-dasharray="{DASHES[edge.kind]}"' if DASHES[edge.kind] else ""
    x, y = (start[0] + end[0]) / 2 + (bend * 0.75 if target.x == source.x else 0), (start[1] + end[1]) / 2 - 4
    words = short(edge) if edge.kind != HOLDS else ""
    style = f'text-anchor="middle" style="fill:{COLOURS[edge.kind]}"'
    label = f'<text class="note" x="{x:.0f}" y="{y:.0f}" {style}>{words}</text>'
    stroke = f'fill="none" stroke="{COLOURS[edge.kind]}" stroke-width="1.5"{dash} marker-end="url(#{edge.kind})"'
    return f'<path d="{curve}" {stroke}/>{label if words else ""}'


def markers() -> str:
    """Return the heads of the arrows."""
    heads = "".join(
        f'<marker id="{kind}" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        f'<path d="M0 0L8 4L0 8z" fill="{colour}"/></marker>'
        for kind, colour in COLOURS.items()
    )
    return f"<defs>{heads}</defs>"


def legend_row(kind: str, y: float) -> str:
    """Return a line of the legend."""
    dash = f' stroke-dasharray="{DASHES[kind]}"' if DASHES[kind] else ""
    stroke = f'stroke="{COLOURS[kind]}" stroke-width="1.5"{dash} marker-end="url(#{kind})"'
    return (
        f'<path d="M{MARGIN} {y:.0f}H{MARGIN + 40}" {stroke}/>'
        f'<text class="note" x="{MARGIN + 50}" y="{y + 4:.0f}">{LEGEND[kind]}</text>'
    )
