"""Durations are what Go's time.ParseDuration takes."""

import ast
import math
import re
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

RECORDED = Path(__file__).parents[1] / "recorded/durations.tsv"
UNITS = {b"ns": 1, b"us": 10**3, b"\xc2\xb5s": 10**3, b"\xce\xbcs": 10**3, b"ms": 10**6, b"s": 10**9}
UNITS |= {b"m": 60 * 10**9, b"h": 3600 * 10**9}
PART = re.compile(rb"(\d*)(\.\d*)?(" + b"|".join(sorted(UNITS, key=len, reverse=True)) + rb")")
REACH = 1 << 63


def recorded() -> list[tuple[bytes, int | None]]:
    """Return what Go answered: nanoseconds, or None if it refused."""
    rows = (line.split("\t") for line in RECORDED.read_text().splitlines())
    answers = {ast.literal_eval(text): None if answer == "refused" else int(answer) for answer, text in rows}
    return [(text, ns) for text, ns in answers.items() if b"\0" not in text]  # no variable can hold a NUL


def model(text: bytes) -> int | None:
    """The same grammar again, written without looking at kubexit's."""
    sign = text[:1] if text[:1] in (b"+", b"-") else b""
    rest = text.removeprefix(sign)
    if rest == b"0":
        return 0
    total, at = 0, 0
    while at < len(rest):
        part = PART.match(rest, at)
        if part is None:
            return None
        whole, fraction, unit = part.groups()
        if not whole and len(fraction or b".") < 2:
            return None
        if len(whole.lstrip(b"0")) > 19:
            return None
        total += int(whole or b"0") * UNITS[unit] + fraction_ns(fraction or b".", UNITS[unit])
        at = part.end()
    if at == 0 or total > REACH - (sign != b"-"):
        return None
    return -total if sign == b"-" else total


def fraction_ns(fraction: bytes, unit: int) -> int:
    """A fraction of a unit, with the rounding of Go's floating point arithmetic."""
    digits = fraction[1:]
    while digits and int(digits) > REACH:
        digits = digits[:-1]
    return math.trunc(float(int(digits or b"0")) * (float(unit) / 10.0 ** len(digits)))


@pytest.mark.behaviour("durations-of-go")
@pytest.mark.parametrize(("text", "ns"), recorded(), ids=lambda value: repr(value)[:40])
def test_what_go_answered(supervisor: ModuleType, text: bytes, ns: int | None) -> None:
    """Every recorded text gives the nanoseconds that Go gives, or is refused as Go refuses it."""
    if ns is not None:
        assert supervisor.duration_parse(text) == ns
        return

    with pytest.raises(ValueError, match=r"."):
        supervisor.duration_parse(text)


def test_the_model_agrees_with_go() -> None:
    """The grammar that the next tests compare with is the same as Go's."""
    assert {text: model(text) for text, _ in recorded()} == dict(recorded())


@pytest.mark.behaviour("durations-of-go")
@given(
    st.builds(
        lambda sign, parts: sign + b"".join(parts),
        st.sampled_from([b"", b"+", b"-"]),
        st.lists(
            st.builds(
                lambda whole, fraction, unit: str(whole).encode() + fraction + unit,
                st.integers(0, 10**12),
                st.sampled_from([b"", b".", b".5", b".000000001", b".3333333333333333333", b".1234567"]),
                st.sampled_from(sorted(UNITS)),
            ),
            min_size=1,
            max_size=5,
        ),
    )
)
@example(b"2562047h47m16.854775807s")
@example(b"-2562047h47m16.854775808s")
def test_well_formed_text_is_its_sum(supervisor: ModuleType, text: bytes) -> None:
    """A well-formed text gives the sum of its parts, or is refused when 64 bits do not hold it."""
    assert answer(supervisor, text) == model(text)


@pytest.mark.behaviour("durations-of-go")
@given(
    st.lists(
        st.sampled_from([b"1", b"0", b"9", b".", b"-", b"+", b"s", b"m", b"h", b"n", b"u", b"\xc2\xb5", b" ", b"\xff"])
    )
)
def test_nearly_well_formed(supervisor: ModuleType, letters: list[bytes]) -> None:
    """Letters of the grammar in any order are read according to the grammar."""
    text = b"".join(letters)

    assert answer(supervisor, text) == model(text)


@pytest.mark.behaviour("durations-of-go")
@given(st.binary(max_size=200).filter(lambda text: b"\0" not in text))
def test_any_bytes_are_read_or_refused(supervisor: ModuleType, text: bytes) -> None:
    """Any bytes are a duration or refused."""
    assert answer(supervisor, text) == model(text)


@pytest.mark.behaviour("durations-of-go")
@pytest.mark.parametrize("sign", [b"", b"+", b"-"])
def test_a_sum_beyond_64_bits(supervisor: ModuleType, sign: bytes) -> None:
    """Parts that fit alone and not together are refused (Go 1.26 wraps this one round to 0)."""
    half = b"9223372036854775808ns"

    with pytest.raises(ValueError, match="too long"):
        supervisor.duration_parse(sign + half + half)


def answer(supervisor: ModuleType, text: bytes) -> int | None:
    """Return kubexit's answer, None for a refusal."""
    try:
        return supervisor.duration_parse(text)
    except ValueError:
        return None
