"""The comparison itself: it sees what is twice as slow, and forgives what a busy machine does."""

import random
from collections.abc import Iterator

import pytest

from latency.ratio import TRIES, Samples, judge

pytestmark = pytest.mark.latency

LIMIT = 1.4


def rounds(factor: float, noise: random.Random) -> Samples:
    """Two programs with the scatter that is usual here; now and then a round takes many times as long."""

    def one() -> float:
        return noise.gauss(100, 8) * (noise.randint(2, 50) if noise.random() < 0.1 else 1)

    return [factor * one() for _ in range(200)], [one() for _ in range(200)]


@pytest.mark.parametrize("seed", range(20))
def test_twice_as_slow_is_seen(seed: int) -> None:
    """Of three tries none makes a program that takes twice as long look good."""
    noise = random.Random(seed)

    verdict = judge(lambda: rounds(2.0, noise), LIMIT)

    assert not verdict.holds
    assert len(verdict.tries) == TRIES


@pytest.mark.parametrize("seed", range(20))
def test_same_speed_holds(seed: int) -> None:
    """A program as fast as its peer is within the limit at once, even if a few rounds were slow."""
    noise = random.Random(seed)

    verdict = judge(lambda: rounds(1.0, noise), LIMIT)

    assert verdict.holds
    assert len(verdict.tries) == 1


def test_one_disturbed_try_is_forgiven() -> None:
    """A try in which the machine slowed one program is followed by another, and the better one counts."""
    noise = random.Random(1)
    tries: Iterator[float] = iter([2.5, 1.1])

    verdict = judge(lambda: rounds(next(tries), noise), LIMIT)

    assert verdict.holds
    assert len(verdict.tries) == 2
