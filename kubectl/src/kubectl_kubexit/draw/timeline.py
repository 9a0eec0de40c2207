"""Lives as text: a row for each container, and below the picture each event with its cause. For any width."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from kubectl_kubexit.draw.moments import (
    MEANINGS,
    RUNNING,
    STARTING,
    STOPPING,
    WAITING,
    clock,
    offset,
    parts,
    span,
    ticks,
)
from kubectl_kubexit.lives.events import Event, events
from kubectl_kubexit.lives.life import Container, History
from kubectl_kubexit.lives.moment import timestamp

LEAST = 20  # columns; narrower terminals break lines by themselves
BAR = 16  # columns of a bar; if there are fewer, a name has a line for itself
TICK = 8  # columns from one label of the axis to the next
COLOURS = {WAITING: "bright_black", STARTING: "yellow", RUNNING: "green", STOPPING: "magenta"}


@dataclass(frozen=True)
class Look:
    """Which characters draw it."""

    parts: dict[str, str]
    line: str
    first: str
    tick: str
    cut: str


UNICODE = Look({WAITING: "·", STARTING: "░", RUNNING: "█", STOPPING: "▒"}, "─", "├", "┼", "…")
ASCII = Look({WAITING: ".", STARTING: ":", RUNNING: "#", STOPPING: "~"}, "-", "|", "+", "~")


def timeline(history: History, width: int, look: Look) -> Iterator[Text]:
    """Return the lines of the picture, and of the events; none is wider than `width`, or LEAST."""
    width = max(width, LEAST)
    found = events(history)
    yield from wrapped(f"{history.title}, from {(timestamp(history.begin) or '')[:19].replace('T', ' ')} UTC", width)
    yield Text()
    yield from picture(history, width, look)
    yield Text()
    yield from story(history, found, width)


def picture(history: History, width: int, look: Look) -> Iterator[Text]:
    """Return axis, rows and legend."""
    ends = {one.name: one.ending(history.live) for one in history.containers}
    label = max(cell_len(one.name) for one in history.containers)
    code = max(map(cell_len, ends.values()))
    stacked = label + code + 4 + BAR > width
    margin, columns = (0, width) if stacked else (label + 2, width - label - code - 4)
    for line in axis(history, columns, look):
        yield Text(" " * margin + line.rstrip())
    for one in history.containers:
        bar = painted(one, history, columns, look)
        if stacked:
            yield Text(cut(f"{one.name}: {ends[one.name]}", width, look))
            yield bar
        else:
            yield Text.assemble(set_cell_size(one.name, label), "  ", bar, "  ", ends[one.name])
    yield from legend(margin, width, look)


def painted(one: Container, history: History, columns: int, look: Look) -> Text:
    """Return the bar of a container. A part that is too short for a column gets one, of the part before it."""
    begin, end = span(history)
    kinds = [""] * columns
    for life in one.lives:
        for part in parts(life, history.end):
            first = min(round((part.begin - begin) / (end - begin) * columns), columns - 1)
            behind = max(round((part.end - begin) / (end - begin) * columns), first + 1)
            kinds[first:behind] = [part.kind] * (behind - first)
    bar = Text()
    for kind, run in groupby(kinds):
        bar.append((look.parts[kind] if kind else " ") * len(list(run)), COLOURS.get(kind))
    return bar


def axis(history: History, columns: int, look: Look) -> Iterator[str]:
    """Return a line of labels, and a ruler."""
    begin, end = span(history)
    labels, ruler = "", [look.line] * columns
    for seconds in ticks(end - begin, max(columns // TICK, 1)):
        at = round(seconds / (end - begin) * columns)
        if at < columns:
            ruler[at] = look.tick if at else look.first
            if at + len(clock(seconds)) <= columns:
                labels = f"{labels:<{at}}{clock(seconds)}"
    yield labels
    yield "".join(ruler)


def legend(margin: int, width: int, look: Look) -> Iterator[Text]:
    """Return what the characters mean, on as many lines as it takes."""
    line = Text(" " * margin)
    for kind, meaning in MEANINGS.items():
        if cell_len(line.plain) > margin and cell_len(line.plain) + 4 + len(meaning) > width:
            yield line
            line = Text(" " * margin)
        line.append("  " if cell_len(line.plain) > margin else "")
        line.append(look.parts[kind], COLOURS[kind]).append(f" {meaning}")
    yield line


def story(history: History, found: list[Event], width: int) -> Iterator[Text]:
    """Return a line for each event, and for each container that has no life."""
    rows = [(offset(event.at - history.begin), event.container, event.words) for event in found]
    rows += [("", one.name, one.note) for one in history.containers if one.note and not one.lives]
    yield from table(rows, width)


def table(rows: Sequence[tuple[str, str, str]], width: int) -> Iterator[Text]:
    """Return rows of three columns, of which the last is wrapped; in a narrow terminal it is below the others."""
    first = max((len(row[0]) for row in rows), default=0)
    second = max((cell_len(row[1]) for row in rows), default=0)
    margin = first + second + 4
    if width - margin < LEAST:
        for time, name, words in rows:
            yield from wrapped(f"{time}  {name} {words}".strip(), width, "  ")
        return
    for time, name, words in rows:
        head = f"{time:>{first}}  {set_cell_size(name, second)}  "
        for line in textwrap.wrap(words, width - margin) or [""]:
            yield Text.assemble((head[: first + 2], "bright_black"), head[first + 2 :], line)
            head = " " * margin


def wrapped(words: str, width: int, margin: str = "") -> Iterator[Text]:
    """Return a sentence on as many lines as it takes."""
    for line in textwrap.wrap(words, width, subsequent_indent=margin):
        yield Text(line)


def cut(words: str, width: int, look: Look) -> str:
    """Return a text that fits into a line."""
    return words if cell_len(words) <= width else set_cell_size(words, width - 1) + look.cut
