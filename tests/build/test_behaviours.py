"""Each statement of docs/develop/behaviours.md has a test, and each mark of a test has its statement."""

import subprocess
import sys
from pathlib import Path

import pytest

import behaviours

ROOT = Path(__file__).parents[2]
COVERED = {1: {"test_one.py": ["test_one"]}}


def test_each_statement_has_a_test() -> None:
    """All statements have tests, except those that say why there is none yet."""
    # A process of its own: pytest cannot collect within a test.
    script = [sys.executable, str(ROOT / "build" / "behaviours.py")]
    done = subprocess.run(script, cwd=ROOT, capture_output=True, text=True)

    assert done.stdout + done.stderr == ""
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("1. One.", []),
        ("1. One.\n2. Two,\n   *(not yet: no time)*", []),
        ("1. One.\n2. Two.", ["no test is marked for 2"]),
        ("2. Two *(not yet: no time)*", ["behaviour 1 is not in"]),
        ("1. One.\n   *(not yet: no time)*", ['"not yet", but tested: 1']),
    ],
)
def test_missing_tests_and_unknown_marks_are_reported(page: str, found: list[str]) -> None:
    """A statement without a test, a mark without a statement, and a "not yet" that has a test are reported."""
    problems = behaviours.problems(behaviours.statements(page), COVERED)

    assert len(problems) == len(found)
    assert all(words in problem for words, problem in zip(found, problems, strict=True))


def test_a_repeated_statement_is_refused() -> None:
    """Two statements with one number are refused."""
    with pytest.raises(behaviours.BehaviourError, match="statement 1 is there twice"):
        behaviours.statements("1. One.\n\n1. The same.")
