"""A URL with a host name is asked by the small stack of the first look: its verdict is that of a full HTTP client."""

import http.client
import itertools
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kubexit.waiter import urls

pytestmark = pytest.mark.behaviour("answers-split-anywhere")

STATUSES = [b"200 OK", b"204 No Content", b"299", b"200 ", b"302 Found", b"404 Not Found", b"503 Slow Down", b"199 Odd"]
FIELDS = [b"", b"X: y\r\n", b"X\r\n", b"X: a\r\n b\r\n", b"Content-Length: 1\r\nContent-Length: 2\r\n", b"X: \xe9\r\n"]
FIELDS += [b"Content-Encoding: gzip\r\n", b"Transfer-Encoding: chunked\r\n", b"X: " + b"a" * 20000 + b"\r\n"]
CONTINUE = b"HTTP/1.1 100 Continue\r\nX: y\r\n\r\n"
HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n"


class Script:
    """A server that gives these pieces to each connection, then closes it."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                with connection, suppress(OSError):
                    asked = b""
                    while b"\r\n\r\n" not in asked:
                        asked += connection.recv(4096)
                    for piece in self.pieces:
                        connection.sendall(piece)
                    connection.shutdown(socket.SHUT_WR)
                    while connection.recv(4096):
                        pass


@pytest.fixture
def script() -> Iterator[Script]:
    """Return a server whose answer a test chooses."""
    server = Script()
    yield server
    server.close()


def small(port: int) -> bool:
    """The verdict of the small stack."""
    return urls.ask(urls.Url("GET", f"http://localhost:{port}/"), 20).good


def full(port: int) -> bool:
    """The verdict of the standard library's client."""
    connection = http.client.HTTPConnection("localhost", port, timeout=20)
    try:
        connection.request("GET", "/")
        return 200 <= connection.getresponse().status < 300
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([b"", b"", CONTINUE]),
    st.sampled_from([b"HTTP/1.1 ", b"HTTP/1.0 "]),
    st.sampled_from(STATUSES),
    st.sampled_from(FIELDS),
    st.lists(st.integers(0, 200), max_size=3),
)
@example(b"", b"HTTP/1.1 ", b"200 OK", FIELDS[-1], [])
def test_whole_answers_have_the_same_verdict(
    script: Script, before: bytes, version: bytes, status: bytes, fields: bytes, cuts: list[int]
) -> None:
    """Only the status counts: a 2xx is a 2xx regardless of the fields that follow, split anywhere."""
    whole = before + version + status + b"\r\n" + fields + b"Connection: close\r\n\r\n"
    places = sorted({0, len(whole), *(cut for cut in cuts if cut < len(whole))})
    script.pieces = [whole[a:b] for a, b in itertools.pairwise(places)]
    good = small(script.port)

    assert good == status.startswith(b"2")
    assert good == full(script.port) or len(fields) > 10000  # that client has a limit, and no verdict


@pytest.mark.behaviour("interim-answers-skipped")
@pytest.mark.parametrize(("status", "is_good"), [(b"204 No Content", True), (b"503 Slow Down", False)])
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_interim_answers_are_skipped(script: Script, status: bytes, is_good: bool, size: int) -> None:
    """The answer after interim ones counts, split anywhere; the standard library's client skips only 100."""
    whole = HINTS + CONTINUE + HINTS + b"HTTP/1.1 " + status + b"\r\n\r\n"
    script.pieces = [whole[at : at + size] for at in range(0, len(whole), size)]

    assert small(script.port) == is_good


@pytest.mark.behaviour("interim-answers-skipped")
@pytest.mark.parametrize("before", [b"HTTP/1.1 101 Switching Protocols\r\n\r\n", HINTS[:-2]], ids=["101", "no end"])
def test_what_is_no_interim_answer_is_not_skipped(script: Script, before: bytes) -> None:
    """101 is final, and an interim answer without its empty line has not ended."""
    script.pieces = [before + b"HTTP/1.1 200 OK\r\n\r\n"]

    assert not small(script.port)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=40) | st.sampled_from([b"HTTP/1.1 200", b"HTTP/2 200 OK\r\n\r\n", b"200 OK\r\n\r\n"]))
@example(b"")
@example(b"HTTP/1.1 200 OK")
def test_damaged_answers_are_never_better(script: Script, whole: bytes) -> None:
    """The small stack accepts no answer that the standard library's client refuses."""
    script.pieces = [whole]

    assert small(script.port) <= full(script.port)
