"""The command that removes protections: what it makes of real tests that pass, fail, or are skipped."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mutants import __main__ as command
from mutants.judge import Verdict, broken, judge
from mutants.mutant import Mutant, load, sample
from mutants.record import Record
from mutants.tree import BUILT, Outcome, Tree

ROOT = Path(__file__).parents[2]
TESTS = """\
import pathlib, pytest

def test_limit():
    assert pathlib.Path("ext/LIMIT").read_text() == "limit 5"

def test_blind():
    assert pathlib.Path("ext/LIMIT").exists()

def test_skipped():
    pytest.skip("not here")

def test_red():
    assert False

@pytest.fixture
def lost():
    raise OSError

def test_error(lost):
    pass
"""


class Small(Tree):
    """A tree of one source and its tests, which a build only reads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._cgroup = None
        (folder / "ext").mkdir(parents=True)
        (folder / ".build").mkdir()
        (folder / ".build/venv").symlink_to(ROOT / ".build/venv")
        (folder / "build").symlink_to(ROOT / "build")
        (folder / "pytest.ini").write_text("[pytest]\n")
        (folder / "test_small.py").write_text(TESTS)
        (folder / "ext/LIMIT").write_text("limit 5")

    def build(self, tests: list[str]) -> Outcome:
        assert tests
        text = self.read("ext/LIMIT")
        return Outcome(BUILT if text.startswith("limit") else 1, 0.1, f"read: {text}")


@pytest.fixture
def tree(tmp_path: Path) -> Small:
    """A small tree."""
    return Small(tmp_path / "tree")


def mutant(test: str = "test_limit", new: str = "limit 6") -> Mutant:
    """A mutant of the small tree."""
    return Mutant(f"{test}-{new}", "the limit is lost", "LIMIT", "limit 5", new, f"test_small.py::{test}", "small")


@pytest.mark.behaviour("protections-are-noticed")
@pytest.mark.parametrize(
    ("one", "word", "why"),
    [
        (mutant(), "noticed", "assert 'limit 6' == 'limit 5'"),
        (mutant("test_blind"), "SURVIVED", "the limit is lost"),
        (mutant("test_skipped"), "NOT TESTED", "1 skipped"),
        (mutant("test_error"), "NOT TESTED", "1 error"),
        (mutant("test_missing"), "NOT TESTED", "not found"),
        (mutant(new="syntax error"), "NOT BUILT", "read: syntax error"),
    ],
)
def test_a_mutant_is_noticed_only_by_a_failure_of_its_test(tree: Small, one: Mutant, word: str, why: str) -> None:
    """A test that passes, is skipped, cannot run or is missing has not noticed; neither has the compiler."""
    verdict = judge(tree, one)

    assert verdict.word == word
    assert why in verdict.why
    assert tree.read("ext/LIMIT") == "limit 5"


def test_a_test_that_hangs_has_not_noticed(tree: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that does not end within the limit is ended, and does not count."""
    (tree.folder / "test_small.py").write_text("import signal\n\ndef test_limit():\n    signal.pause()\n")
    monkeypatch.setattr(Tree.test, "__defaults__", (1.0, 0))

    assert judge(tree, mutant()).word == "TOO SLOW"


@pytest.mark.behaviour("protections-are-noticed")
def test_a_test_that_fails_without_a_change_proves_nothing(tree: Small) -> None:
    """Only the mutants of a test that fails anyway are broken; a skipped test is found later, by its own run."""
    mutants = [mutant(name) for name in ("test_limit", "test_red", "test_error", "test_skipped")]

    verdicts = broken(tree, mutants)

    assert [(one.word, one.mutant) for one in verdicts] == [("BROKEN", mutants[1]), ("BROKEN", mutants[2])]


def test_sources_that_do_not_build_break_every_mutant(tree: Small) -> None:
    """Without a build there is nothing to test."""
    tree.write("ext/LIMIT", "syntax error")

    assert [one.word for one in broken(tree, [mutant(), mutant("test_blind")])] == ["NOT BUILT"] * 2


@pytest.mark.behaviour("protections-are-noticed")
def test_a_survivor_fails_the_command(tree: Small, capsys: pytest.CaptureFixture[str]) -> None:
    """Each mutant has a line with its times, and the table has totals and the survivors."""
    verdicts = command.run([tree], [mutant(), mutant("test_blind")], Record(None))

    lines = capsys.readouterr().out.splitlines()
    assert command.code(verdicts) == 1
    assert command.code(verdicts[:1]) == 0
    assert lines[2].split()[:3] == ["1/2", "noticed", "0.1"]
    assert lines[3].split()[:2] == ["2/2", "SURVIVED"]
    assert ["small", "2", "1"] in [line.split()[:3] for line in lines]
    assert "  SURVIVED   test_blind-limit 6: test_small.py::test_blind" in lines
    assert lines[-1] == "  1 of 2 mutants noticed"


def test_a_record_leaves_out_what_was_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was noticed is not done again, unless its source or its test has changed; a survivor is done again."""
    Small(tmp_path / "tree")
    monkeypatch.setattr("mutants.mutant.ROOT", tmp_path / "tree")
    path = tmp_path / "record"
    Record(path).add(Verdict(mutant(), "noticed"))
    Record(path).add(Verdict(mutant("test_blind"), "SURVIVED"))

    assert Record(path).has(mutant())
    assert not Record(path).has(mutant("test_blind"))
    assert not Record(path).has(mutant(new="limit 7"))
    for name in ("ext/LIMIT", "test_small.py"):
        kept = (tmp_path / "tree" / name).read_text()
        (tmp_path / "tree" / name).write_text(kept + "#")
        assert not Record(path).has(mutant())
        (tmp_path / "tree" / name).write_text(kept)
    assert Record(path).has(mutant())


@pytest.mark.behaviour("mutants-of-a-commit")
def test_a_sample_follows_from_its_seed(call: Callable[..., str]) -> None:
    """The command prints the seed of a sample; with it, the same mutants are chosen again."""
    chosen = call("--sample", "10", "--check")

    assert "10 patches apply" in chosen
    assert f"--seed {command.commit()}" in chosen
    first = sample(load(), 10, "one")
    assert first == sample(load(), 10, "one")
    assert first == [one for one in load() if one in first]
    assert len(first) == 10


@pytest.mark.behaviour("mutants-of-a-commit")
def test_samples_reach_every_mutant() -> None:
    """The samples of different commits differ, and together they reach all mutants; one less changes one place."""
    mutants = load()
    samples = [sample(mutants, 10, f"commit {number}") for number in range(400)]

    assert {one for chosen in samples for one in chosen} == set(mutants)
    fewer = [one for one in mutants if one != samples[0][3]]
    assert len(set(sample(fewer, 10, "commit 0")) - set(samples[0])) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["no-such-name"], "no mutant has the topic or a name with no-such-name"),
        (["--jobs", "0"], "--jobs takes a number from 1"),
        (["--sample", "-1"], "--sample takes the number of mutants"),
    ],
)
def test_a_bad_command_line_exits_with_2(
    call: Callable[..., str], capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    """The message says what is wrong, and nothing is built."""
    with pytest.raises(SystemExit) as ended:
        call(*arguments)

    assert ended.value.code == 2
    captured = capsys.readouterr()
    assert said in captured.out + captured.err


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run the command with arguments; what it prints."""

    def called(*arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", ["make mutants", *arguments])
        assert command.main() == 0
        return capsys.readouterr().out

    return called
