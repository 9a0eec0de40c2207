"""Ratios of times that were taken side by side, to distinguish a slow machine from a slow kubexit."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

TRIES = 3

Samples = tuple[Sequence[float], Sequence[float]]


@dataclass(frozen=True)
class Verdict:
    """The best ratio of some tries, and how it compares."""

    ratio: float
    limit: float
    tries: list[float]

    @property
    def holds(self) -> bool:
        return self.ratio <= self.limit

    def __str__(self) -> str:
        tried = ", ".join(f"{ratio:.2f}" for ratio in self.tries)
        return f"ratio {self.ratio:.2f}, at most {self.limit:g} is allowed (tries: {tried})"


def judge(measure: Callable[[], Samples], limit: float) -> Verdict:
    """Measure until the ratio of the medians is within the limit, three times at most; the best one counts.

    What disturbs a measurement makes it slower, never faster, and seldom three times in a row; a regression does it
    each time. No length of time is compared with anything but one of the same run.
    """
    tries: list[float] = []
    while len(tries) < TRIES and (not tries or min(tries) > limit):
        ours, theirs = measure()
        tries.append(statistics.median(ours) / statistics.median(theirs))
    return Verdict(min(tries), limit, tries)
