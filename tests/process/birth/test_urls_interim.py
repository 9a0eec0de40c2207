"""KUBEXIT_BIRTH_URLS: interim answers (1xx) come before the answer that counts (RFC 9110, section 15.2)."""

import socket
from collections.abc import Callable
from contextlib import suppress

import pytest

from harness.containers import waiting
from harness.kubexit import Kubexit
from harness.servers import webserver
from harness.servers.webserver import WebServer, sends, status

pytestmark = pytest.mark.behaviour("interim-answers-skipped")

Web = Callable[..., WebServer]
HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\nX: y\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
BARE = b"HTTP/1.1 102\n\n"  # a reader may take a single LF for the end of a line (RFC 9112, section 2.2)
GOOD = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
BAD = b"HTTP/1.1 503 Slow Down\r\nConnection: close\r\n\r\n"
INTERIM = {
    "hints": HINTS,
    "continue": CONTINUE,
    "many": HINTS + CONTINUE + HINTS,
    "bare": BARE,
    "odd": GOOD[:8] + b" 199 Odd\r\n\r\n",
}


@pytest.mark.parametrize("pieces", ["whole", "bytes"])
@pytest.mark.parametrize("interim", INTERIM)
def test_interim_answers_are_skipped(kubexit: Kubexit, web: Web, interim: str, pieces: str) -> None:
    """The answer after interim ones counts: 503 leaves the gate closed, and 204 opens it, split anywhere."""
    answers = [INTERIM[interim] + BAD, INTERIM[interim] + GOOD]
    split = [[bytes([byte]) for byte in answer] if pieces == "bytes" else [answer] for answer in answers]
    server = web(*(sends(*parts) for parts in split))
    app = waiting(kubexit, BIRTH_URLS=server.url(), LOG_LEVEL="debug")

    assert app.wait() == 0
    assert len(server.requests) == 2
    assert "answered 503" in app.stderr


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (sends(HINTS), "the answer was not HTTP"),
        (sends(HINTS[:-2] + GOOD), "the answer was not HTTP"),
        (sends(b"HTTP/1.1 101 Switching Protocols\r\n\r\n" + GOOD), "answered 101"),
        (sends(HINTS + b"HTTP/2 200 OK\r\n\r\n"), "the answer was not HTTP"),
    ],
    ids=["alone", "without-its-end", "101", "garbage-after-it"],
)
def test_interim_answer_alone_is_none(kubexit: Kubexit, web: Web, answer: webserver.Answer, words: str) -> None:
    """Without a final answer after it, an interim one opens no gate. 101 is final: what follows it is not HTTP/1."""
    server = web(answer, answer, status(204))
    app = waiting(kubexit, BIRTH_URLS=server.url(), LOG_LEVEL="debug")

    assert app.wait() == 0
    assert len(server.requests) == 3
    assert words in app.stderr


def endless(connection: socket.socket) -> None:
    """Interim answers, as fast as they are read, until the client goes."""
    with suppress(OSError):
        while True:
            connection.sendall(HINTS * 100)


def test_endless_interim_answers_delay_nothing(kubexit: Kubexit, web: Web) -> None:
    """A server that never stops sending interim answers does not delay the birth timeout.

    The probe reports what is missing only if it ends by itself; a late one gets SIGKILL.
    """
    server = web(endless)
    app = waiting(kubexit, BIRTH_URLS=server.url(), BIRTH_TIMEOUT="300ms")

    assert app.wait() == 69
    app.wait_line(f"not ready: {server.url()}: no answer yet", "stderr")
