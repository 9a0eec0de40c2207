"""`make model`: what it says, and its exit codes, when a search does not find what it should.

The searches are small: one start of each container, no SIGKILL.
"""

import shutil
from pathlib import Path

import pytest

from model import __main__ as program
from model import case, search

SMALL = "LIVES=1 KILLS=0"
HOLDS = f'[[case]]\nname = "small"\nproperty = "CRASH"\ndefine = "{SMALL}"\n'
VIOLATED = '[[case]]\nname = "two lives in the old order"\nproperty = "CRASH"\ndefine = "OLD_ORDER KILLS=1"\n'
IN_VAIN = f'[[case]]\nname = "no protection is gone"\nproperty = "CRASH"\ndefine = "{SMALL}"\nviolates = "mutant"\n'
FOUND = (
    '[[case]]\nname = "named first"\nproperty = "CRASH"\ndefine = "FIFO_NAMED_FIRST LIVES=1"\n'
    'violates = "mutant"\nshort = "KILLS=0"\n'
)

pytestmark = pytest.mark.behaviour("model-search-finds")
needs_spin = pytest.mark.skipif(
    shutil.which("spin") is None, reason="MODEL NOT TESTED: spin is not installed (build/machine.sh model)"
)


@pytest.fixture(autouse=True)
def _quickly_built(monkeypatch: pytest.MonkeyPatch) -> None:
    """The searches are so small that the compiler would take longer to make them fast."""
    monkeypatch.setattr(case, "FAST", search.QUICKLY_BUILT)


def run(folder: Path, cases: str, *words: str) -> int:
    """Search the cases; the exit code."""
    path = folder / "cases.toml"
    path.write_text(cases)
    return program.main(list(words), path, folder / "model")


@needs_spin
def test_what_holds_and_what_is_found_exit_with_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A property that holds and a mutant that violates it are as they should be."""
    code = run(tmp_path, HOLDS + FOUND)

    said = capsys.readouterr().out.splitlines()
    assert code == 0, said
    assert [line.split()[0] for line in said] == ["result", "holds", "mutant", "2"]
    assert said[-1].endswith("all as they should be")


@needs_spin
def test_a_violated_property_is_shown_with_its_steps(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A property of the protocol that is violated exits with 1, and the steps that lead there are printed."""
    code = run(tmp_path, VIOLATED + HOLDS)

    said = capsys.readouterr().out
    assert code == 1, said
    assert "VIOLATED" in said
    assert said.index("STEP 0 start") < said.index("small")
    assert said.splitlines()[-1].endswith("not as they should be: 1")


@needs_spin
def test_a_mutant_that_violates_nothing_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A mutant without a violation exits with 1: the search would not notice that the protection is gone."""
    code = run(tmp_path, IN_VAIN)

    said = capsys.readouterr().out
    assert code == 1, said
    assert "NOT FOUND" in said


@needs_spin
@pytest.mark.parametrize(("limit", "value"), [("DEPTH", 20), ("MEMORY_MIB", 1)])
def test_a_search_that_is_not_whole_fails(
    limit: str, value: int, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A search that came to the end of its depth or memory says nothing about the states that are left."""
    monkeypatch.setattr(search, limit, value)
    code = run(tmp_path, HOLDS)

    said = capsys.readouterr().out
    assert code == 1, said
    assert "NOT SEARCHED" in said


@needs_spin
def test_a_definition_that_breaks_the_model_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A model that spin cannot read is no search."""
    code = run(tmp_path, HOLDS.replace("KILLS=0", "KILLS=)"))

    said = capsys.readouterr().out
    assert code == 1, said
    assert "NOT SEARCHED" in said
    assert "spin" in said


@needs_spin
@pytest.mark.behaviour("model-short-form")
def test_the_short_form_says_what_is_less(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A search with fewer events says which, and the last line says that it is the short form."""
    code = run(tmp_path, FOUND, "--short")

    said = capsys.readouterr().out.splitlines()
    assert code == 0, said
    assert said[1].endswith("named first (only KILLS=0)")
    assert "short form" in said[-1]


@pytest.mark.behaviour("model-short-form")
def test_the_short_form_has_every_case() -> None:
    """The short form leaves no case out, and only cases that must hold have fewer events."""
    for whole in case.load():
        less = whole.shortened()
        assert less.property == whole.property
        assert not (whole.short and whole.violates), whole.name
        assert less.define == whole.define or whole.short


@pytest.mark.behaviour("model-short-form")
def test_a_shorter_value_replaces_the_longer_one() -> None:
    """What the short form defines is not defined twice."""
    assert case.Case("a", "CRASH", "MUTUAL KILLS=2", "", "KILLS=0").shortened().define == "MUTUAL KILLS=0"


def test_a_word_that_no_name_has_exits_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong word is named, with the file that has the names."""
    code = run(tmp_path, HOLDS, "nowhere")

    assert code == 2
    assert "nowhere" in (said := capsys.readouterr().out)
    assert "cases.toml" in said


@pytest.mark.parametrize("program_name", ["spin", "cc"])
def test_a_missing_program_is_named(
    program_name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without spin or a C compiler nothing is searched: exit code 2, and a line that says what installs it."""
    for name in {"spin", "cc"} - {program_name}:
        (tmp_path / name).symlink_to("/bin/true")
    monkeypatch.setenv("PATH", str(tmp_path))
    code = run(tmp_path, HOLDS)

    said = capsys.readouterr().out
    assert code == 2
    assert f"{program_name} is not installed; build/machine.sh" in said
    assert len(said.splitlines()) == 1
