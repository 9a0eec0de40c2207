"""Each statement of docs/develop/behaviours.md has a test, and each mark of a test has its statement."""

import subprocess
import sys
from pathlib import Path

import pytest

import behaviours

ROOT = Path(__file__).parents[2]
COVERED = {"one": {"test_one.py": ["test_one"]}}


def test_each_statement_has_a_test() -> None:
    """Each statement has a test, or says why it has no test yet."""
    # A separate process: pytest cannot collect within a test.
    script = [sys.executable, str(ROOT / "build" / "behaviours.py")]
    done = subprocess.run(script, cwd=ROOT, capture_output=True, text=True)

    assert done.stdout + done.stderr == ""
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("1. `one`: One.", []),
        ("1. `one`: One.\n2. `two`: Two,\n   *(not yet: no time)*", []),
        ("1. `one`: One.\n2. `two`: Two.", ["no test is marked for two"]),
        ("2. `two`: Two *(not yet: no time)*", ["behaviour 'one' is not in"]),
        ("1. `one`: One.\n   *(not yet: no time)*", ['"not yet", but tested: one']),
    ],
)
def test_missing_tests_and_unknown_marks_are_reported(page: str, found: list[str]) -> None:
    """A statement without a test, a mark without a statement, and a "not yet" that has a test are reported."""
    problems = behaviours.problems(behaviours.statements(page), COVERED)

    assert len(problems) == len(found)
    assert all(words in problem for words, problem in zip(found, problems, strict=True))


@pytest.mark.parametrize("page", ["1. `one`: One.\n\n2. `one`: The same.", "1. `one`: One.\n1. `two`: Two."])
def test_a_repeated_statement_is_refused(page: str) -> None:
    """Two statements with one slug, or with one number, are refused."""
    with pytest.raises(behaviours.BehaviourError, match="is there twice"):
        behaviours.statements(page)


def test_a_statement_without_slug_is_refused() -> None:
    """A number alone says nothing where a test cites it."""
    with pytest.raises(behaviours.BehaviourError, match="statement 2 has no `slug`"):
        behaviours.statements("1. `one`: One.\n2. Two.")


def test_a_number_as_mark_is_reported() -> None:
    """A test that cites the number of a statement, not its slug, is reported."""
    (problem,) = behaviours.problems({"one": None}, {**COVERED, 1: {"test_two.py": ["test_two"]}})

    assert problem == "test_two.py: behaviour 1 is not in docs/develop/behaviours.md"
