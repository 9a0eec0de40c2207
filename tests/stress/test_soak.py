"""`make faults ARGS=--soak`: pods that are disturbed at random, on a disk that is full for a time."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.forms import FORMS
from harness.world import namespaces

TESTS = Path(__file__).parents[1]


def soak(*arguments: str, seconds: str) -> tuple[int, str]:
    """Run the command; its exit code and all that it prints."""
    if not FORMS["gate"].exists:
        pytest.skip(f"SOAK NOT TESTED: {FORMS['gate'].missing}")
    done = subprocess.run(
        [sys.executable, "-P", "-m", "faults", "--soak", *arguments],
        env=os.environ | {"PYTHONPATH": str(TESTS), "SOAK_SECONDS": seconds},
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.behaviour("no-order-of-restarts-hangs", "random-pods-settle")
def test_random_pods_settle() -> None:
    """The pod of each seed is played until the time is over, and each of them settles."""
    namespaces.require_mounts()
    code, said = soak("--seed", "4", "--jobs", "1", seconds="3")

    assert code == 0, said
    assert "--seed 4" in said
    assert " 0 did not settle" in said
    assert int(said.rpartition(" by a full disk ")[2].split()[0]) > 0, said


def test_a_time_that_is_none_is_refused() -> None:
    """A wrong SOAK_SECONDS is named, with what is right, and nothing is played."""
    code, said = soak(seconds="an hour")

    assert code == 2
    assert "SOAK_SECONDS must be a number of seconds such as 3600, not 'an hour'" in said
