"""The tables of mutants: each patch applies to the sources as they are, and each test exists."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from mutants.mutant import Mutant, StaleError, load, named, stale

ROOT = Path(__file__).parents[2]
LEAST = 60


def names_in(path: Path) -> set[str]:
    """The names of the tests in a file."""
    return {node.name for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)}


def mutant(name: str = "one", old: str = "a", new: str = "b") -> Mutant:
    """A mutant of a file that does not exist."""
    return Mutant(name, "", "NONE", old, new, "")


@pytest.mark.behaviour("protections-are-noticed")
def test_each_patch_applies_to_the_sources() -> None:
    """The old text of each mutant is in its file, once."""
    assert stale(load()) == []


def test_a_stale_patch_is_named() -> None:
    """A patch of a missing file, and one whose text is not in its file, have a line that names both."""
    lines = stale([mutant("lost"), replace(mutant("other", old="\0"), file="supervisor.pyx")])

    assert lines == [
        "lost: ext/NONE cannot be read: No such file or directory",
        "other: the old text is in ext/supervisor.pyx 0 times, not once",
    ]


def test_each_mutant_names_a_test_that_exists() -> None:
    """Each mutant names a file, folder or test that exists."""
    missing = []
    for one in load():
        place, _, test = one.test.partition("::")
        if not (ROOT / place).exists() or (test and test.partition("[")[0] not in names_in(ROOT / place)):
            missing.append(f"{one.name}: {one.test}")

    assert missing == []


def test_names_of_mutants_are_different() -> None:
    """Each mutant has its name, and there are at least sixty of them."""
    names = [one.name for one in load()]

    assert sorted(set(names)) == sorted(names)
    assert len(names) >= LEAST


@pytest.mark.parametrize("text", ["", "aa", "b"])
def test_a_patch_that_does_not_apply_is_stale(text: str) -> None:
    """A text that is not there, or twice, is refused: the mutant would not be what its name says."""
    with pytest.raises(StaleError, match="not once"):
        mutant().applied(text)


def test_a_patch_without_a_change_is_stale() -> None:
    """A mutant that changes nothing is refused."""
    with pytest.raises(StaleError):
        mutant(new="a").applied("a")


def test_words_select_by_name() -> None:
    """A word selects the mutants whose names have it, or whose topic it is; without words, all are meant."""
    mutants = [mutant(f"m{number}") for number in range(10)]

    assert [one.name for one in named(mutants, ["7", "9"])] == ["m7", "m9"]
    assert named(mutants, []) == mutants
    assert named([*mutants, replace(mutants[0], topic="eight")], ["eight"]) == [replace(mutants[0], topic="eight")]
