"""A dependency dies at a random moment around our start: its death is never missed.

Before, between any two steps of it, or after it: the command either never starts or gets SIGTERM. Nothing polls
(POLL_INTERVAL=0), so that a death that falls between look and watch would hang the test.
"""

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.graveyard import read
from harness.kubexit import Kubexit

DEATH = b'Born: "2020-04-28T10:41:46.9926314Z"\nDied: "2020-04-28T10:41:47.0498724Z"\nExitCode: 0\n'
# Where to begin to look for the moment at which a death just prevents the start, in seconds after our exec.
FIRST_GUESS = {"installed": 0.06, "sanitize": 0.02}


def busy_wait(seconds: float) -> None:
    """Far finer than a sleep."""
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        pass


def renamed(path: Path) -> None:
    """Write it as kubexit does."""
    draft = path.with_name(".draft")
    draft.write_bytes(DEATH)
    draft.rename(path)


def in_place(path: Path) -> None:
    """Write it as the original does."""
    with path.open("wb", buffering=0) as file:
        file.write(DEATH)


def one_round(kubexit: Kubexit, number: int, moment: float, carve: Callable[[Path], None]) -> bool:
    """Start a container, let its dependency die at that moment, and wait for the end; whether the command started."""
    graveyard = kubexit.graveyard / str(number)
    graveyard.mkdir(parents=True)
    container = kubexit.start(
        kubexit.program(), "ready-then-wait", "--exit", "TERM=0",
        name="sidecar", DEATH_DEPS="main", GRAVEYARD=graveyard, POLL_INTERVAL="0", LOG_LEVEL="off",
    )  # fmt: skip
    busy_wait(moment)
    carve(graveyard / "main")
    code = container.wait()
    stone = read(graveyard / "sidecar")
    kubexit.started.remove(container)
    container.end()
    assert stone is not None
    assert stone["Reason"] == "dependency main died with exit code 0", stone
    # A SIGTERM that is faster than the command's first instructions finds the default action.
    assert code == 0 or (code == 143 and "Born" in stone), stone
    return "Born" in stone


def run(kubexit: Kubexit, rounds: int) -> None:
    """Deaths at random moments, most of them around the one that makes the difference: the search is drawn to it."""
    chance = random.Random(7)
    guess = FIRST_GUESS.get(kubexit.form, 0.001)
    started = 0
    for number in range(rounds):
        if one_round(kubexit, number, chance.uniform(0, 2 * guess), chance.choice([renamed, in_place])):
            started += 1
            guess *= 0.9
        else:
            guess *= 1.1
    print(f"{started} of {rounds} had started, the difference is at about {guess * 1e6:.0f} us")

    assert rounds < 40 or 0 < started < rounds, "the moments were not around the start"


@pytest.mark.behaviour("death-around-start-not-missed", "dead-before-start", "death-between-fork-and-birth")
def test_a_death_around_the_start_is_never_missed(kubexit: Kubexit, rounds: int) -> None:
    """A few dozen moments, in each run of the tests."""
    run(kubexit, rounds)


@pytest.mark.stress
@pytest.mark.every_form
@pytest.mark.timeout(0)
@pytest.mark.behaviour("death-around-start-not-missed", "dead-before-start", "death-between-fork-and-birth")
def test_never_missed_in_many_rounds(kubexit: Kubexit, rounds: int) -> None:
    """STRESS_ROUNDS moments."""
    run(kubexit, rounds)
