"""kubexit.waiter.answer: an HTTP answer is read the same in pieces of any size, and never past its end."""

import itertools
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubexit.waiter.answer import Answer
from kubexit.waiter.errors import UnclearError

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


def coming(*pieces: bytes) -> Callable[[], bytes]:
    """What a connection brings: these pieces, then its end."""
    source: Iterator[bytes] = iter([*pieces, b""])
    return lambda: next(source)


def read(*pieces: bytes) -> bytes:
    """The body."""
    return Answer(coming(*[piece for piece in pieces if piece])).body()


def chunked(body: bytes, sizes: list[int]) -> bytes:
    """A body in chunks of these sizes, the rest in one."""
    found = b""
    for size in [*sizes, len(body)]:
        part, body = body[:size], body[size:]
        found += b"%x\r\n%b\r\n" % (len(part), part) if part else b""
    return found + b"0\r\n\r\n"


@given(st.binary(max_size=200), st.lists(st.integers(1, 50), max_size=5), st.lists(st.integers(0, 400), max_size=6))
def test_any_split_gives_the_same_body(body: bytes, sizes: list[int], cuts: list[int]) -> None:
    """The three ways to frame a body give the same body, cut into pieces at any place."""
    for whole in (
        CHUNKED + chunked(body, sizes),
        OK + b"Content-Length: %d\r\n\r\n%b" % (len(body), body),
        OK + b"\r\n" + body,
    ):
        places = sorted({0, len(whole), *(cut for cut in cuts if cut < len(whole))})
        assert read(*[whole[a:b] for a, b in itertools.pairwise(places)]) == body


@given(st.binary(min_size=1, max_size=100), st.lists(st.integers(1, 50), max_size=5), st.data())
def test_cut_bodies_are_never_whole(body: bytes, sizes: list[int], data: st.DataObject) -> None:
    """A body with a given length, or in chunks, that is cut anywhere is never taken for a whole one."""
    for whole in (CHUNKED + chunked(body, sizes), OK + b"Content-Length: %d\r\n\r\n%b" % (len(body), body)):
        end = data.draw(st.integers(0, len(whole) - 1))
        with pytest.raises(UnclearError):
            read(whole[:end])


@pytest.mark.parametrize(
    "answer",
    [
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 099 Odd\r\n\r\n",
        b"HTTP/2 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\n\n",
        OK + b"no colon\r\n\r\n",
        OK + b" folded: line\r\n\r\n",
        OK + b"a b: c\r\n\r\n",
        OK + b"X: a\nTransfer-Encoding: chunked\r\n\r\n",
        OK + b"X: " + b"a" * 20000 + b"\r\n\r\n",
        OK + b"X: a\r\n" * 200 + b"\r\n",
        OK + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\na",
        OK + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
        OK + b"Content-Length: -1\r\n\r\n",
        OK + b"Content-Length: +1\r\n\r\na",
        OK + b"Content-Length: 1_0\r\n\r\naaaaaaaaaa",
        OK + b"Content-Length: \r\n\r\n",
        OK + b"Content-Length: 9999999999999999999\r\n\r\n",
        OK + b"Content-Encoding: gzip\r\n\r\n",
        OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        CHUNKED + b"1\r\nab\r\n0\r\n\r\n",
        CHUNKED + b"-1\r\n\r\n",
        CHUNKED + b"0x1\r\na\r\n0\r\n\r\n",
        CHUNKED + b"\r\n",
    ],
)
def test_odd_answers_are_refused(answer: bytes) -> None:
    """An answer that is not exactly HTTP is refused: the official client decides about it."""
    with pytest.raises(UnclearError):
        read(answer)


def test_blanks_and_cases_are_accepted() -> None:
    """Other cases of letters, and blanks around values, are accepted, and so are words after the size of a chunk."""
    answer = OK + b"tRANSFER-eNCODING:  CHUNKED \r\n\r\n2;a=b\r\nab\r\n0\r\nX: y\r\n\r\n"

    assert read(answer) == b"ab"


def test_continue_announces_the_answer() -> None:
    """A status of 100 announces the real answer."""
    answer = Answer(coming(b"HTTP/1.1 100 Continue\r\nX: y\r\n\r\nHTTP/1.1 503 Slow Down\r\nRetry-After: 1\r\n\r\n"))

    assert (answer.status, answer.reason, answer.fields["retry-after"]) == (503, "Slow Down", "1")


@pytest.mark.parametrize(
    ("answer", "keeps"),
    [
        (OK + b"Content-Length: 1\r\n\r\na", True),
        (CHUNKED + b"0\r\n\r\n", True),
        (OK + b"\r\na", False),
        (OK + b"Connection: close\r\nContent-Length: 1\r\n\r\na", False),
        (OK + b"Content-Length: 1\r\n\r\nab", False),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na", False),
    ],
)
def test_connections_are_kept_if_certain(answer: bytes, keeps: bool) -> None:
    """A connection is used again only if it is certain where the next answer begins."""
    got = Answer(coming(answer))
    got.body()

    assert got.keeps == keeps
