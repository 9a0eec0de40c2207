"""The waiter reads lines from the pieces of a stream, and waits between tries."""

import random
import time
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubexit.waiter.backoff import MOST_SECONDS, Backoff, retry_after_seconds
from kubexit.waiter.stream import lines


@pytest.mark.behaviour("answers-split-anywhere")
@given(
    st.lists(st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"])).filter(str.strip)), st.data()
)
def test_pieces_may_end_anywhere(texts: list[str], data: st.DataObject) -> None:
    """The lines of a stream are the same at any cut."""
    whole = "".join(text + "\n" for text in texts).encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)))))
    pieces = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]

    assert [line.decode() for line in lines(pieces)] == [text for text in texts if text.encode().strip()]


@pytest.mark.behaviour("answers-split-anywhere")
def test_a_long_line_is_joined_once() -> None:
    """A line of many pieces is joined once; text without a line end is no line."""
    piece = b"x" * 65536

    assert list(lines([piece] * 16 + [b"\nrest"])) == [piece * 16]


@pytest.mark.behaviour("answers-split-anywhere")
def test_line_without_end() -> None:
    """A stream without line ends is given up before it fills the memory."""
    with pytest.raises(ValueError, match="a line of more than"):
        list(lines(b"x" * (1 << 20) for _ in range(100)))


@pytest.mark.behaviour("busy-server-not-crowded")
def test_bound_doubles_up_to_a_limit() -> None:
    """The upper bound of a delay doubles with each failure, and begins again after a success."""
    backoff = Backoff(lambda least, most: most)
    bounds = [backoff.delay() for _ in range(7)]
    backoff.reset()

    assert bounds == [0.5, 1.0, 2.0, 4.0, 8.0, MOST_SECONDS, MOST_SECONDS]
    assert backoff.delay() == 0.5


@pytest.mark.behaviour("busy-server-not-crowded")
def test_thirty_replicas_do_not_retry_together() -> None:
    """The delays of thirty waiters that fail together are spread over the whole bound at each try.

    Fails with delays that are fixed, or a base with a little jitter on top: they stay within a fifth of the bound.
    """
    backoffs = [Backoff(random.Random(seed).uniform) for seed in range(30)]
    for bound in (0.5, 1.0, 2.0, 4.0):
        delays = sorted(backoff.delay() for backoff in backoffs)

        assert delays[0] < bound / 5
        assert delays[-1] > bound * 4 / 5


@pytest.mark.behaviour("busy-server-not-crowded")
@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        *[
            ("3", 3.0),
            ("0", 0.0),
            ("soon", 0.0),
            ("", 0.0),
            ("-5", 0.0),
            ("86400", 120.0),
            (" 2 ", 2.0),
            ("9" * 400, 120.0),
        ],
        ("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", 0.0),
        ("Mon, 01 Jan 2020 00:00:00 +99999999999999999999", 0.0),
    ],
)
def test_retry_after_in_seconds(value: str, seconds: float) -> None:
    """Retry-After is kept up to a limit; an unreadable one counts as missing."""
    assert retry_after_seconds({"Retry-After": value}) == seconds


@pytest.mark.behaviour("busy-server-not-crowded")
def test_retry_after_as_a_date() -> None:
    """Retry-After may be a date."""
    assert 50 < retry_after_seconds({"Retry-After": formatdate(time.time() + 60, usegmt=True)}) <= 60
    assert retry_after_seconds({"Retry-After": formatdate(0, usegmt=True)}) == 0.0
    assert retry_after_seconds(None) == 0.0


@pytest.mark.behaviour("busy-server-not-crowded")
def test_retry_after_gets_jitter() -> None:
    """Waiters with the same Retry-After come back at different times."""
    backoffs = [Backoff(random.Random(seed).uniform) for seed in range(30)]
    delays = [backoff.delay({"Retry-After": "2"}) for backoff in backoffs]

    assert min(delays) >= 2.0
    assert len({round(delay, 2) for delay in delays}) > 15
