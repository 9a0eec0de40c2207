"""The memory of kubexit while its command runs, as a ratio to programs in the same run."""

import pytest

from bench.memory import memory
from bench.programs import Program

pytestmark = pytest.mark.latency

LIMIT = 0.3  # measured: 0.15 (gate), 0.2 (static); twice that is a regression


@pytest.mark.behaviour("starts-fast-and-small")
def test_memory_beside_tini(ours: Program, tini: Program) -> None:
    """The proportional set size is less than that of a static tini."""
    mine, theirs = memory(ours)["pss"], memory(tini)["pss"]

    print(f"{mine} of {theirs} bytes")
    assert mine <= LIMIT * theirs
