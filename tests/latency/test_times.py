"""The times of kubexit, as ratios to programs in the same run.

The limits are between the values on a quiet machine (docs/use/benchmarks.md) and twice these values.
A program in front of kubexit, which adds its time to it, is above the limits beside tini (test_slowed_is_seen). On four
machines start was 0.51 to 0.80 and became 1.25 or more, end was 1.0 to 1.53 and became 1.78 or more, signal was 1.0 to
1.2 and became 1.54 or more.
"""

import pytest

from bench.programs import Program
from latency.conftest import SideBySide
from latency.ratio import judge

pytestmark = pytest.mark.latency

BESIDE_TINI = {"start": 1.0, "end": 1.65, "signal": 1.35}
ABOVE_FLOOR = {"death": 2.7, "chain": 2.6, "crash": 3.0}


@pytest.mark.behaviour("starts-fast-and-small")
@pytest.mark.parametrize("name", BESIDE_TINI)
def test_times_are_at_most_those_of_tini(name: str, ours: Program, tini: Program, side_by_side: SideBySide) -> None:
    """Start, end and signals take no longer than with a static tini, although kubexit writes tombstones."""
    verdict = judge(lambda: side_by_side(name, ours, tini), BESIDE_TINI[name])

    print(verdict)
    assert verdict.holds, verdict


@pytest.mark.parametrize("name", ABOVE_FLOOR)
def test_times_are_close_to_bare_c(name: str, ours: Program, floor: Program, side_by_side: SideBySide) -> None:
    """A death, a whole chain and a crash take a small multiple of what a bare C program needs for them."""
    verdict = judge(lambda: side_by_side(name, ours, floor), ABOVE_FLOOR[name])

    print(verdict)
    assert verdict.holds, verdict


@pytest.mark.parametrize("name", BESIDE_TINI)
def test_slowed_is_seen(name: str, ours: Program, tini: Program, side_by_side: SideBySide) -> None:
    """With a second supervisor in front of it, which doubles its work, kubexit is found too slow."""
    slowed = Program("slowed", (*tini.words, *ours.words), "kubexit")

    verdict = judge(lambda: side_by_side(name, slowed, tini), BESIDE_TINI[name])

    print(verdict)
    assert not verdict.holds, verdict
