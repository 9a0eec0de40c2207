"""Timeline: lives as a picture of one row a container. Data in, lines out; nothing is read or printed here."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from demo.life import Life

STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600, 43200, 86400)
TICK_COLUMNS = 8  # at least, from one label of the axis to the next
LEAST_COLUMNS = 10  # of a bar, even in a narrow terminal
CODE_COLUMNS = 8  # "exit 143"
COLOURS = {"waiting": "90", "starting": "33", "running": "32", "stopping": "35"}
MEANINGS = {"waiting": "waiting", "starting": "starting", "running": "running (ready)", "stopping": "stopping"}


@dataclass(frozen=True)
class Look:
    """Which characters draw it, and whether in colour."""

    waiting: str
    starting: str
    running: str
    stopping: str
    line: str
    first: str
    tick: str
    colour: bool = False


UNICODE = Look("·", "░", "█", "▒", "─", "├", "┼")
ASCII = Look(".", ":", "#", "~", "-", "|", "+")


@dataclass(frozen=True)
class Segment:
    """A part of a life, in seconds since 1970."""

    kind: str
    begin: float
    end: float


def draw(lives: Sequence[Life], width: int, look: Look) -> list[str]:
    """Axis, one row a container, legend, and a sentence for each life that kubexit ended."""
    begin, end = span(lives)
    label = max(len(life.name) for life in lives)
    columns = max(width - label - CODE_COLUMNS - 4, LEAST_COLUMNS)
    margin = " " * (label + 2)
    lines = [margin + line for line in axis(end - begin, columns, look)]
    for life in lives:
        bar = paint(segments(life, lives, end), begin, end, columns, look)
        code = "alive" if life.died is None else f"exit {life.exit_code}"
        lines.append(f"{life.name:<{label}}  {bar}  {code}")
    lines += [margin + line for line in legend(width - len(margin), look)]
    for life in lives:
        if life.reason is not None:
            lines += note(life, label, width)
    return lines


def span(lives: Sequence[Life]) -> tuple[float, float]:
    """The first and the last moment of all lives."""
    moments = [
        moment for life in lives for moment in (life.started, life.born, life.ready, life.died) if moment is not None
    ]
    if not moments:
        return 0.0, 1.0
    return min(moments), max(max(moments), min(moments) + 0.001)


def segments(life: Life, lives: Sequence[Life], end: float) -> Iterator[Segment]:
    """Return the phases of this life, in order: waiting, starting, running, stopping."""
    last = end if life.died is None else life.died
    born = life.born if life.born is not None else last
    if life.started is not None:
        yield Segment("waiting", life.started, born)
    if life.born is None:
        return
    stop = min(stop_began(life, lives, last), last)
    if life.ready is not None:
        yield Segment("starting", born, life.ready)
    yield Segment("running", life.ready if life.ready is not None else born, stop)
    if stop < last:
        yield Segment("stopping", stop, last)


def stop_began(life: Life, lives: Sequence[Life], last: float) -> float:
    """When it was asked to end, or the dependency died whose death ended this life; its last moment when neither."""
    for other in lives:
        if other.name == life.ended_by and other.died is not None:
            return other.died
    return last if life.asked is None else life.asked


def paint(parts: Iterator[Segment], begin: float, end: float, columns: int, look: Look) -> str:
    """The bar of one row; a part that is too short for a column gets one, of the part before it."""
    kinds = [""] * columns
    for part in parts:
        if part.end <= part.begin:
            continue
        first = min(column(part.begin, begin, end, columns), columns - 1)
        behind = max(column(part.end, begin, end, columns), first + 1)
        kinds[first:behind] = [part.kind] * (behind - first)
    return "".join(glyphs(kinds, look))


def glyphs(kinds: Sequence[str], look: Look) -> Iterator[str]:
    """The characters of a bar, with one pair of colour codes for a run of the same kind."""
    before = ""
    for kind in kinds:
        if look.colour and kind != before:
            if before:
                yield "\033[0m"
            if kind:
                yield f"\033[{COLOURS[kind]}m"
        before = kind
        yield getattr(look, kind) if kind else " "
    if look.colour and before:
        yield "\033[0m"


def column(moment: float, begin: float, end: float, columns: int) -> int:
    """Where a moment lies on the bar."""
    return round((moment - begin) / (end - begin) * columns)


def axis(length: float, columns: int, look: Look) -> Iterator[str]:
    """A line of labels and a ruler below it."""
    fitting = [step for step in STEPS if step / length * columns >= TICK_COLUMNS]
    step = fitting[0] if fitting else length
    labels, ruler = "", list(look.line * columns)
    for number in range(int(length / step) + 1):
        at = round(number * step / length * columns)
        if at >= columns:
            break
        labels = f"{labels:<{at}}{clock(number * step)}"
        ruler[at] = look.tick if number else look.first
    yield labels
    yield "".join(ruler)


def clock(seconds: float) -> str:
    """A label: 0.5s, 90s, 5m, 2h."""
    if seconds >= 7200 and seconds % 3600 == 0:
        return f"{seconds / 3600:g}h"
    return f"{seconds / 60:g}m" if seconds >= 120 and seconds % 60 == 0 else f"{seconds:g}s"


def legend(width: int, look: Look) -> list[str]:
    """What the characters mean, on as many lines as it takes."""
    # Blanks inside an entry must not break the line; the colour codes come in after the widths are known.
    entries = " ".join(f"{getattr(look, kind)}\0{text}".replace(" ", "\0") for kind, text in MEANINGS.items())
    lines = textwrap.wrap(entries.replace(" ", "  "), max(width, LEAST_COLUMNS), break_long_words=False)
    if look.colour:
        for kind, code in COLOURS.items():
            glyph = getattr(look, kind)
            lines = [line.replace(f"{glyph}\0", f"\033[{code}m{glyph}\033[0m\0") for line in lines]
    return [line.replace("\0", " ") for line in lines]


def note(life: Life, label: int, width: int) -> list[str]:
    """Return why kubexit stopped it, and the exit code of its command."""
    text = life.reason or ""
    if life.born is None:
        text += "; the command was not started"
    if life.killed:
        text += "; SIGKILL after the grace period"
    if life.command_exit_code is not None:
        text += f"; the command exited with {life.command_exit_code}"
    wrapped = textwrap.wrap(text, max(width - label - 2, LEAST_COLUMNS))
    return [f"{life.name if number == 0 else '':<{label}}  {line}" for number, line in enumerate(wrapped)]
