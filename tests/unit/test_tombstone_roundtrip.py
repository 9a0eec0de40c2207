"""kubexit writes YAML that every reader reads alike, and that kubexit reads back unchanged."""

import re
from datetime import UTC, datetime
from types import ModuleType

import pytest
import yaml
from hypothesis import assume, example, given
from hypothesis import strategies as st

SECOND = 10**9
LAST = 2**63 - 1  # in April 2262, the last nanosecond that 64 bits hold
times = st.integers(0, LAST)
maybe_times = st.none() | times


def nanoseconds(text: str) -> int:
    """An RFC 3339 time in UTC as nanoseconds since 1970."""
    whole, _, fraction = text.removesuffix("Z").partition(".")
    seconds = int(datetime.fromisoformat(whole).replace(tzinfo=UTC).timestamp())
    return seconds * SECOND + int(fraction.ljust(9, "0") or "0")


@pytest.mark.behaviour("tombstone-lines", "times-are-rfc-3339")
@given(born=times, ready=maybe_times)
@example(born=0, ready=None)
@example(born=1, ready=LAST)
@example(born=951782400 * SECOND, ready=None)  # 29 February 2000
@example(born=4107542400 * SECOND - 1, ready=None)  # the last moment of February 2100
def test_a_birth_is_one_line(supervisor: ModuleType, born: int, ready: int | None) -> None:
    """A birth is one line with its time, and one more when it is ready."""
    text = supervisor.tombstone_format(born, ready, None, None, None, False, None)
    lines = text.decode("ascii").splitlines(keepends=True)

    assert [line.split(":")[0] for line in lines] == ["Born"] + ["Ready"] * (ready is not None)
    assert all(line.endswith('Z"\n') for line in lines)
    story = supervisor.tombstone_parse(text)
    assert nanoseconds(story["born"]) == born
    assert ready is None or nanoseconds(story["ready"]) == max(born, ready)


@pytest.mark.behaviour("tombstone-lines", "times-are-rfc-3339")
@given(born=maybe_times, ready=maybe_times, died=times, code=st.integers(0, 255))
def test_a_death_is_written_in_order(
    supervisor: ModuleType, born: int | None, ready: int | None, died: int, code: int
) -> None:
    """A death has its lines in the order Born, Ready, Died, ExitCode, and without birth begins with Died."""
    assume(max(born or 0, ready or 0) <= died)
    text = supervisor.tombstone_format(born, ready, died, code, None, False, None)

    keys = ["Born"] * (born is not None) + ["Ready"] * (ready is not None) + ["Died", "ExitCode"]
    assert [line.split(":")[0] for line in text.decode("ascii").splitlines()] == keys
    assert text.endswith(b"\n")
    story = supervisor.tombstone_parse(text)
    assert story["exit_code"] == code
    assert nanoseconds(story["died"]) == died


@pytest.mark.behaviour("times-are-rfc-3339")
@given(time=times)
def test_time_is_what_the_original_reads(supervisor: ModuleType, time: int) -> None:
    """A time is quoted RFC 3339 with T, Z and at most nine digits, so that strict readers take it."""
    line = supervisor.tombstone_format(time, None, None, None, None, False, None).decode("ascii")

    assert re.fullmatch(r'Born: "\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z"\n', line)
    assert isinstance(yaml.safe_load(line)["Born"], str)


@pytest.mark.behaviour("died-not-before-born")
@given(born=times, ready=maybe_times, died=times)
@example(born=10 * SECOND, ready=None, died=0)
@example(born=10 * SECOND, ready=5 * SECOND, died=7 * SECOND)
def test_clock_set_back(supervisor: ModuleType, born: int, ready: int | None, died: int) -> None:
    """A birth, a readiness and a death are always written in this order, at any jump of the wall clock in between."""
    story = supervisor.tombstone_parse(supervisor.tombstone_format(born, ready, died, 0, None, False, None))
    told = [nanoseconds(story[key]) for key in ("born", "ready", "died") if story[key] is not None]

    assert told == sorted(told)
    assert told[0] == born
    assert told[-1] == max(born, ready or 0, died)


@pytest.mark.behaviour("tombstone-has-exit-code", "exit-code-on-stop")
@given(code=st.integers(0, 255), raw=st.integers(0, 255), killed=st.booleans())
def test_the_commands_code_has_a_key(supervisor: ModuleType, code: int, raw: int, killed: bool) -> None:
    """The command's own code has an extra key when kubexit returns another, and a SIGKILL has one."""
    text = supervisor.tombstone_format(0, None, 1, code, raw, killed, None)
    story = yaml.safe_load(text)

    assert story["ExitCode"] == code
    assert story.get("CommandExitCode", code) == raw
    assert ("CommandExitCode" in story) == (code != raw)
    assert story.get("Killed", False) is killed
    assert supervisor.tombstone_parse(text)["exit_code"] == code


@pytest.mark.behaviour("tombstone-lines", "times-are-rfc-3339")
@given(reason=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1))
@example(reason='main died: "1", \\ and \ttab')
@example(reason="two\nlines\r\nof text: 1 # none")
@example(reason="\x7f\x80\x9f\u0085\u2028\ufeff\ufffe\U0001f480")
def test_any_reason_is_one_line(supervisor: ModuleType, reason: str) -> None:
    """A reason of any letters stays one line of valid YAML and says what it said."""
    text = supervisor.tombstone_format(0, None, 1, 0, None, False, reason.encode())
    story = yaml.safe_load(text)

    assert story["Reason"] == reason
    assert text.count(b"\n") == 4
    assert supervisor.tombstone_parse(text)["died"]


@pytest.mark.behaviour("tombstone-lines")
@given(reason=st.binary(min_size=1).filter(lambda text: b"\0" not in text))
@example(reason=b"\xff\xfe")
@example(reason=b"\xed\xa0\x80")
def test_reason_that_is_not_utf_8(supervisor: ModuleType, reason: bytes) -> None:
    """Bytes that are no UTF-8, for example from a file name, leave the tombstone readable."""
    text = supervisor.tombstone_format(0, None, 1, 0, None, False, reason)

    assert yaml.safe_load(text)["ExitCode"] == 0
    assert supervisor.tombstone_parse(text)["exit_code"] == 0


@pytest.mark.behaviour("tombstone-lines", "tombstone-size-limited")
@pytest.mark.parametrize("letter", [b"x", b'"', b"\\", b"\x01", b"\xff", "\U0001f480".encode()])
def test_reason_too_long(supervisor: ModuleType, letter: bytes) -> None:
    """A very long reason is cut, and the tombstone stays whole."""
    text = supervisor.tombstone_format(0, None, 1, 0, None, False, letter * 20_000)

    assert len(text) < 4096
    assert yaml.safe_load(text)["Reason"]


@pytest.mark.behaviour("tombstone-lines", "waiting-is-written")
@given(
    words=st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=3, max_size=3),
    waiting=times,
)
@example(words=['"', "\\", '\\"'], waiting=0)
@example(words=["a: b # c", "Died: never", "'"], waiting=1)
def test_words_are_read_back(supervisor: ModuleType, words: list[str], waiting: int) -> None:
    """What a tombstone says about a wait and a probe is read back as it was."""
    texts = [word.encode()[:150].decode(errors="ignore") for word in words]
    text = supervisor.tombstone_format(
        waiting_ns=waiting, waits_for=texts[0].encode(), probe=texts[1].encode(), probe_error=texts[2].encode()
    )
    content = yaml.safe_load(text)
    story = supervisor.tombstone_words(text)

    assert nanoseconds(story["waiting"].decode()) == waiting
    for key, name, written in zip(
        ("WaitsFor", "Probe", "ProbeError"), ("waits_for", "probe", "probe_error"), texts, strict=True
    ):
        assert content.get(key, "") == written
        assert (story[name] or b"").decode() == written


@pytest.mark.behaviour("reader-accepts-many-forms")
@pytest.mark.parametrize("value", ["5", "", "'x'", '"x', '"x" y', "[a]", "~", '"x\\'])
def test_other_values_of_our_keys(supervisor: ModuleType, value: str) -> None:
    """Another program may use one of our keys for something else: the tombstone is valid, the key is absent."""
    text = f'Born: "2026-01-01T00:00:00Z"\nProbe: {value}\nWaitsFor: "db" # and more\n'.encode()
    story = supervisor.tombstone_words(text)

    assert (story["probe"], story["waits_for"]) == (None, b"db")
    assert supervisor.tombstone_parse(text)["born"] == "2026-01-01T00:00:00Z"


@pytest.mark.behaviour("death-names-its-life", "tombstone-lines")
@given(number=st.integers(0, 2**64 - 1), died=st.booleans())
@example(number=2**64 - 1, died=True)
@example(number=1, died=True)
def test_a_death_names_its_life(supervisor: ModuleType, number: int, died: bool) -> None:
    """A death has the number of its life as a quoted string, which is read back; a birth has none."""
    text = supervisor.tombstone_format(0, None, 1 if died else None, 0, life_number=number)

    assert yaml.safe_load(text).get("Life") == (f"{number:016x}" if died and number else None)
    assert supervisor.tombstone_life(text) == (number if died else 0)


@pytest.mark.behaviour("death-names-its-life", "reader-accepts-many-forms")
@pytest.mark.parametrize(
    "value", ["", "0", "~", '""', '"0011223344556"', '"00112233445566778"', '"00112233445566gg"', '"00112233445566AA"']
)
def test_another_life_is_none(supervisor: ModuleType, value: str) -> None:
    """Any other value of this key, for example of another program, names no life; the death counts."""
    text = f'Died: "2026-01-01T00:00:00Z"\nExitCode: 3\nLife: {value}\n'.encode()

    assert supervisor.tombstone_life(text) == 0
    assert supervisor.tombstone_parse(text)["exit_code"] == 3


@pytest.mark.behaviour("tombstone-lines", "waiting-is-written")
@given(st.integers(0, 511), st.integers(0, 1023), st.integers(0, 199))
@example(reason=500, waits_for=88, probe=0)
def test_a_death_is_never_cut_to_nonsense(supervisor: ModuleType, reason: int, waits_for: int, probe: int) -> None:
    """Words for which there is no room are cut or left out, and what is left is a tombstone: six bytes are written for
    each of these."""
    text = supervisor.tombstone_format(
        None, None, 1, 143, reason=b"\x01" * reason, waiting_ns=1, waits_for=b"\x01" * waits_for,
        probe=b"\x01" * probe, starts_at_timeout=True,
    )  # fmt: skip

    assert supervisor.tombstone_parse(text)["exit_code"] == 143
    assert text.endswith(b"\n")
