"""A tombstone of another writer is the death, the birth or the empty text that it says."""

from pathlib import Path
from types import ModuleType

import pytest
import yaml

RECORDED = Path(__file__).parents[1] / "recorded"
TRUE_STORIES = sorted([*(RECORDED / "original").iterdir(), *(RECORDED / "foreign").iterdir()])
HOSTILE = sorted((RECORDED / "hostile").iterdir())
COMPLETE = [path for path in TRUE_STORIES if b"Died: " in path.read_bytes()]


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def as_yaml_says(text: bytes) -> dict:
    """The independent reader, with keys in any case as the original reads them."""
    story = {key.lower(): value for key, value in (yaml.load(text, yaml.BaseLoader) or {}).items()}
    code = story.get("exitcode")
    return {
        "born": story.get("born"),
        "ready": story.get("ready"),
        "died": story.get("died"),
        "exit_code": None if code is None else int(code),
    }


def judge(supervisor: ModuleType, text: bytes) -> dict:
    """Return the answer of kubexit's reader; broken text is the same as no text."""
    try:
        return supervisor.tombstone_parse(text)
    except ValueError:
        return {"born": None, "ready": None, "died": None, "exit_code": None}


@pytest.mark.behaviour(
    "tombstone-lines", "reader-accepts-many-forms", "original-and-kubexit-see-each-other", "signal-death-is-128-plus-n"
)
@pytest.mark.parametrize("path", TRUE_STORIES, ids=name)
def test_honest_tombstones_read_as_yaml_does(supervisor: ModuleType, path: Path) -> None:
    """What the original and other honest writers write is read as a YAML reader reads it."""
    text = path.read_bytes()

    assert supervisor.tombstone_parse(text) == as_yaml_says(text)


@pytest.mark.behaviour("reader-accepts-many-forms")
@pytest.mark.parametrize("path", COMPLETE, ids=name)
def test_carriage_returns_change_nothing(supervisor: ModuleType, path: Path) -> None:
    """A tombstone that went through a DOS editor says the same."""
    text = path.read_bytes().replace(b"\r\n", b"\n")

    assert supervisor.tombstone_parse(text.replace(b"\n", b"\r\n")) == as_yaml_says(text)


@pytest.mark.behaviour("junk-is-no-death")
@pytest.mark.parametrize("path", HOSTILE, ids=name)
def test_no_false_death(supervisor: ModuleType, path: Path) -> None:
    """Junk, and text that only looks like a death, is no death."""
    assert judge(supervisor, path.read_bytes())["died"] is None


@pytest.mark.behaviour("junk-is-no-death", "original-and-kubexit-see-each-other")
@pytest.mark.parametrize("path", COMPLETE, ids=name)
def test_half_a_death_is_no_death(supervisor: ModuleType, path: Path) -> None:
    """A tombstone that is cut anywhere before the end of its time of death is no death."""
    text = path.read_bytes()
    died = as_yaml_says(text)["died"]
    assert died is not None

    for length in range(len(text)):
        story = judge(supervisor, text[:length])

        assert story["died"] in (None, died)


@pytest.mark.behaviour("tombstone-size-limited")
def test_a_huge_file_is_no_death(supervisor: ModuleType) -> None:
    """A megabyte of unknown keys is read or refused, and is no death."""
    assert judge(supervisor, b'Note: "0123456789"\n' * 60_000)["died"] is None


@pytest.mark.behaviour("junk-is-no-death")
@pytest.mark.parametrize(
    "code", [b"", b"0x1", b"1e3", b"1 2", b"zero", b"99999999999", b"--1", b"-", b"1.5", b'"', b"[1]", b"{}"]
)
def test_code_that_is_no_number(supervisor: ModuleType, code: bytes) -> None:
    """An exit code that is no number is not read as one."""
    story = judge(supervisor, b'Died: "2020-04-28T10:41:47Z"\nExitCode: ' + code + b"\n")

    assert story["exit_code"] is None
