"""A peer's tombstone that is rewritten thousands of times while we read it is never taken for a death.

The writers are the two kinds there are: by rename, and in place as the original does it. Shown to fail by letting
one of the births be a death.
"""

import os
from pathlib import Path

import pytest

from harness.containers import fenced_off, lines, running
from harness.kubexit import Kubexit

BIRTH = b'Born: "2020-04-28T10:41:46.9926314Z"\n'
LONG = BIRTH + b"# Died: " + b'"2020-04-28T10:41:47.0498724Z" ' * 200 + b"\n"
HOW = ["rename", "in place", "one byte a write"]


@pytest.mark.behaviour("junk-is-no-death", "tombstone-appears-whole", "original-and-kubexit-see-each-other")
@pytest.mark.parametrize("how", HOW)
def test_no_false_death(kubexit: Kubexit, how: str) -> None:
    """Reading at any moment of a rewrite shows no death, and the true one that follows is seen."""
    run(kubexit, how, 1_000)


@pytest.mark.stress
@pytest.mark.timeout(0)
@pytest.mark.behaviour("junk-is-no-death", "tombstone-appears-whole", "original-and-kubexit-see-each-other")
@pytest.mark.parametrize("how", HOW)
def test_no_false_death_in_many_rewrites(kubexit: Kubexit, how: str, rounds: int) -> None:
    """The same, fifty rewrites for each of STRESS_ROUNDS."""
    run(kubexit, how, 50 * rounds)


def run(kubexit: Kubexit, how: str, times: int) -> None:
    kubexit.graveyard.mkdir()
    path = kubexit.graveyard / "main"
    container = running(kubexit, DEATH_DEPS="main,fence", POLL_INTERVAL="1ms")
    if how == "rename":
        by_rename(path, times)
    elif how == "in place":
        in_place(path, times)
    else:
        byte_by_byte(path, times)

    fenced_off(kubexit, container)
    assert lines(container.stderr, "error") == []


def by_rename(path: Path, times: int) -> None:
    draft = path.with_name(".draft")
    for number in range(times):
        draft.write_bytes(LONG if number % 2 else BIRTH)
        draft.rename(path)


def in_place(path: Path, times: int) -> None:
    for number in range(times):
        with path.open("wb", buffering=0) as file:
            file.write(LONG if number % 2 else BIRTH)


def byte_by_byte(path: Path, times: int) -> None:
    for _ in range(times // len(BIRTH)):
        file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o644)
        for at in range(len(BIRTH)):
            os.write(file, BIRTH[at : at + 1])
        os.close(file)
