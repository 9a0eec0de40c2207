"""What a timeline in text and one in SVG share: the parts of a life, and the axis."""

from collections.abc import Iterator
from dataclasses import dataclass

from kubectl_kubexit.lives.life import History, Life

STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600, 43200, 86400)
WAITING, STARTING, RUNNING, STOPPING = "waiting", "starting", "running", "stopping"
MEANINGS = {WAITING: "waiting", STARTING: "starting", RUNNING: "running (ready)", STOPPING: "stopping"}


@dataclass(frozen=True)
class Part:
    """A part of a life, in seconds since 1970."""

    kind: str
    begin: float
    end: float


def parts(life: Life, end: float) -> Iterator[Part]:
    """Return the parts of a life in order; what is not over lasts until `end`."""
    last = life.died if life.died is not None else end
    if life.crashed and life.died is None and life.last is not None:
        last = life.last
    born = last if life.born is None else life.born
    ask = min(min((at for at in (life.held, life.asked) if at is not None), default=last), last)
    ready = born if life.ready is None else min(life.ready, ask)
    moments = [born if life.began is None else life.began, born, ready, max(ask, born), last]
    for kind, begin, behind in zip(MEANINGS, moments, moments[1:], strict=False):
        if behind > begin:
            yield Part(kind, begin, behind)


def span(history: History) -> tuple[float, float]:
    """Return the first and the last moment; they are never the same."""
    return history.begin, max(history.end, history.begin + 0.001)


def ticks(length: float, most: int) -> list[float]:
    """Return where the axis has labels, in seconds from its begin: at most so that `most` of them fit."""
    step = next((step for step in STEPS if length / step <= most), length)
    return [number * step for number in range(int(length / step + 1e-9) + 1)]


def clock(seconds: float) -> str:
    """Return a label: 0.5s, 90s, 5m, 2h."""
    if seconds >= 7200 and seconds % 3600 == 0:
        return f"{seconds / 3600:g}h"
    return f"{seconds / 60:g}m" if seconds >= 120 and seconds % 60 == 0 else f"{seconds:g}s"


def offset(seconds: float) -> str:
    """Return a time since the begin with as many digits as help: 0.05s, 12.3s, 2m05s, 3h12m."""
    if seconds < 100:
        return f"{seconds:.2f}s"
    if seconds < 7200:
        return f"{int(seconds // 60)}m{int(seconds % 60):02d}s"
    return f"{int(seconds // 3600)}h{int(seconds % 3600 // 60):02d}m"
