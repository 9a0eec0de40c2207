"""Readers of a folder that every user may write to survive all that is in it."""

import re
from types import ModuleType

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
DEATH = b'Born: "2020-04-28T10:41:46.9926314Z"\nDied: "2020-04-28T10:41:47.0498724Z"\nExitCode: 0\n'
WORDS = [
    b"Born",
    b"Died",
    b"ExitCode",
    b":",
    b" ",
    b"\n",
    b'"',
    b"'",
    b"#",
    b"-",
    b"---",
    b"\t",
    b"\r",
    b"|",
    b"{",
    b"}",
]
WORDS += [
    b"2020-04-28T10:41:47Z",
    b"2020-04-28T10:41:47",
    b"Z",
    b"0",
    b"-1",
    b"null",
    b"~",
    b"\0",
    b"\xff",
    b"[",
    b"&a",
    b"*a",
    b"!!str",
]


def parse(supervisor: ModuleType, text: bytes) -> dict | None:
    try:
        return supervisor.tombstone_parse(text)
    except ValueError:
        return None


@pytest.mark.behaviour("junk-is-no-death")
@given(st.binary(max_size=4096))
def test_any_bytes_are_read_or_refused(supervisor: ModuleType, text: bytes) -> None:
    """Any bytes are refused or read; a death needs a time."""
    story = parse(supervisor, text)

    assert story is None or story["died"] is None or TIME.fullmatch(story["died"])


@pytest.mark.behaviour("junk-is-no-death")
@given(st.lists(st.sampled_from(WORDS), max_size=30))
def test_words_of_tombstones_in_any_order(supervisor: ModuleType, words: list[bytes]) -> None:
    """If kubexit sees a death, a YAML reader sees it too; text that YAML refuses may at most look complete to it."""
    text = b"".join(words)
    story = parse(supervisor, text)
    if story is None or story["died"] is None:
        return
    assert TIME.fullmatch(story["died"])
    try:
        told = yaml.load(text, yaml.BaseLoader)
    except (yaml.YAMLError, UnicodeDecodeError):
        return

    assert isinstance(told, dict)
    deaths = [str(value) for key, value in told.items() if key.lower() == "died"]
    # A plain scalar may continue in the next line for a YAML reader; its first line is enough for kubexit.
    assert any(death.startswith(story["died"]) for death in deaths)


@pytest.mark.behaviour("junk-is-no-death")
@given(st.integers(0, len(DEATH) - 1), st.integers(0, 255))
def test_one_wrong_byte(supervisor: ModuleType, at: int, byte: int) -> None:
    """A death with one changed byte is that death, another legal time, or no death."""
    text = DEATH[:at] + bytes([byte]) + DEATH[at + 1 :]
    story = parse(supervisor, text)

    assert story is None or story["died"] is None or TIME.fullmatch(story["died"])


@pytest.mark.behaviour("times-are-rfc-3339")
@given(
    st.from_regex(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T t][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{0,10})?(Z|z|[+-][0-9]{2}:?[0-9]{2})?",
        fullmatch=True,
    )
)
def test_only_valid_times_are_accepted(supervisor: ModuleType, time: str) -> None:
    """A time is accepted if it exists in the calendar and is written as RFC 3339 with T and a zone."""
    story = parse(supervisor, b'Died: "' + time.encode() + b'"\n')

    assert (story is not None and story["died"] == time) == exists(time)


def exists(time: str) -> bool:
    """Count the calendar in another way."""
    if not TIME.fullmatch(time):
        return False
    year, month, day, hour, minute, second = map(int, re.findall(r"\d+", time)[:6])
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    days = [31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    zone = re.search(r"[+-](\d\d):(\d\d)$", time)
    if zone and (int(zone[1]) > 23 or int(zone[2]) > 59):
        return False
    return 1 <= month <= 12 and 1 <= day <= days[month - 1] and hour < 24 and minute < 60 and second < 60
