"""An answer to a quit request makes one line each, and never changes the exit code."""

import socket
from collections.abc import Callable

import pytest

from harness.containers import lines
from harness.kubexit import Kubexit
from harness.servers import webserver
from harness.servers.webserver import WebServer, sends, status
from harness.waiting import eventually

pytestmark = pytest.mark.behaviour("quit-requests")

Web = Callable[..., WebServer]
GOOD = {
    "200": (status(200), "answered 200"),
    "204": (status(204), "answered 204"),
    "299": (status(299), "answered 299"),
    "HTTP/1.0": (sends(b"HTTP/1.0 200 OK\r\n\r\n"), "answered 200"),
    "no words": (sends(b"HTTP/1.1 200 \r\n\r\n"), "answered 200"),
    "no blank": (sends(b"HTTP/1.1 200\r\n\r\n"), "answered 200"),
    "in pieces": (sends(*(bytes([byte]) for byte in b"HTTP/1.1 200 OK\r\n\r\n")), "answered 200"),
    "chunked": (sends(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nok\n\r\n"), "answered 200"),
    "much": (sends(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1_000_000), "answered 200"),
}
BAD = {
    "302": (status(302, "Location: /elsewhere"), "answered 302"),
    "404": (status(404), "answered 404"),
    "503": (status(503), "answered 503"),
    "nothing": (sends(), "the answer was not HTTP"),
    "part of a status": (sends(b"HTTP/1.1 20"), "the answer was not HTTP"),
    "no status": (sends(b"HTTP/1.1 2x0 OK\r\n\r\n"), "the answer was not HTTP"),
    "no space": (sends(b"HTTP/1.1-200 OK\r\n\r\n"), "the answer was not HTTP"),
    "HTTP/2": (sends(b"HTTP/2.0 200 OK\r\n\r\n"), "the answer was not HTTP"),
    "odd status": (sends(b"HTTP/1.1 099 OK\r\n\r\n"), "the answer was not HTTP"),
    "no end of the status": (sends(b"HTTP/1.1 200"), "the answer was not HTTP"),
    "four digits": (sends(b"HTTP/1.1 2000 OK\r\n\r\n"), "the answer was not HTTP"),
    "a letter behind the status": (sends(b"HTTP/1.1 200OK\r\n\r\n"), "the answer was not HTTP"),
    "odd version": (sends(b"HTTP/1.x 200 OK\r\n\r\n"), "the answer was not HTTP"),
    "garbage": (sends(b"\0\xff" * 100), "the answer was not HTTP"),
    "SSH": (sends(b"SSH-2.0-OpenSSH_9.2p1\r\n"), "the answer was not HTTP"),
}


@pytest.mark.parametrize("answer", GOOD)
@pytest.mark.parametrize("code", [0, 3])
def test_a_2xx_answer_is_logged_as_information(kubexit: Kubexit, web: Web, answer: str, code: int) -> None:
    """A 2xx, in pieces of any size, is one line at level info."""
    server = web(GOOD[answer][0])
    finished = kubexit.run("sh", "-c", f"exit {code}", QUIT_POST=server.url("/quit"))

    assert finished.code == code
    assert lines(finished.stderr, "warn") == []
    assert f"quit request POST {server.url('/quit')}: {GOOD[answer][1]}" in finished.stderr


@pytest.mark.behaviour("exit-codes-passed-on", "malformed-answer-is-no-2xx")
@pytest.mark.parametrize("answer", BAD)
@pytest.mark.parametrize("code", [0, 3])
def test_any_other_answer_is_one_warning(kubexit: Kubexit, web: Web, answer: str, code: int) -> None:
    """Any other answer is one warning, and never changes the exit code, here or on the tombstone."""
    server = web(BAD[answer][0])
    finished = kubexit.run("sh", "-c", f"exit {code}", QUIT_GET=server.url("/quit"))

    assert finished.code == code
    assert (kubexit.tombstone() or {})["ExitCode"] == code
    (line,) = lines(finished.stderr, "warn")
    assert f"quit request GET {server.url('/quit')}: {BAD[answer][1]}; kubexit's exit code stays {code}" in line
    assert len(server.requests) == 1


def test_is_not_reset(kubexit: Kubexit, web: Web) -> None:
    """The rest of an answer is read too: closing on unread bytes would reset the connection, which servers report."""
    ends: list[bytes] = []

    def answer(connection: socket.socket) -> None:
        sends(b"HTTP/1.1 200 OK\r\nContent-Length: 16384\r\nConnection: close\r\n\r\n" + b"x" * 16384)(connection)
        connection.shutdown(socket.SHUT_WR)
        ends.append(connection.recv(1))

    kubexit.run("true", QUIT_POST=web(answer).url())

    eventually(lambda: ends, "the server has seen the end")
    assert ends == [b""]


def test_a_refused_connection_is_one_warning(kubexit: Kubexit, web: Web) -> None:
    """If no server listens, kubexit logs one warning."""
    server = web(listening=False)
    finished = kubexit.run("true", QUIT_POST=server.url())

    assert finished.code == 0
    (line,) = lines(finished.stderr, "warn")
    assert "Connection refused" in line


def test_a_broken_connection_is_one_warning(kubexit: Kubexit, web: Web) -> None:
    """If a connection breaks before the answer, kubexit logs one warning."""
    finished = kubexit.run("true", QUIT_POST=web(webserver.resets).url())

    assert finished.code == 0
    (line,) = lines(finished.stderr, "warn")
    assert "reset by peer" in line


def test_an_unreachable_address_is_one_warning(kubexit: Kubexit) -> None:
    """If no route leads to an address, kubexit logs one warning."""
    finished = kubexit.run("true", QUIT_POST="http://255.255.255.255/")

    assert finished.code == 0
    assert len(lines(finished.stderr, "warn")) == 1
