"""A small web server on loopback: scripted answers, one a request, and a record of what was asked and when.

An answer is a function that gets the connection after the head of the request was read. The last one of the script is
given to all requests that follow.
"""

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest

from ..waiting import ALARM, eventually
from .certificates import Certificate
from .tlsserver import head

Answer = Callable[[socket.socket], None]
REASONS = {200: "OK", 204: "No Content", 302: "Found", 404: "Not Found", 503: "Service Unavailable"}


@dataclass(frozen=True)
class Request:
    """What was asked, when, and what `look` saw in that moment."""

    method: str
    target: str
    headers: dict[str, str]
    at: float
    seen: Any


def status(code: int, *more: str) -> Answer:
    """An answer as servers give it: a status, more header lines, a body."""
    body = b"" if code == 204 else b"said so\n"
    lines = [f"HTTP/1.1 {code} {REASONS.get(code, 'Odd')}", f"Content-Length: {len(body)}", "Connection: close", *more]
    return sends("\r\n".join([*lines, "", ""]).encode() + body)


def sends(*pieces: bytes) -> Answer:
    """Send these bytes, each piece in a separate packet."""

    def answer(connection: socket.socket) -> None:
        for piece in pieces:
            connection.sendall(piece)

    return answer


def silent(connection: socket.socket) -> None:
    """No byte, until the client goes."""
    while connection.recv(4096):
        pass


def resets(connection: socket.socket) -> None:
    """A reset in place of an answer."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def held(event: threading.Event, answer: Answer) -> Answer:
    """That answer, as soon as the test lets it go."""

    def wait(connection: socket.socket) -> None:
        event.wait(ALARM)
        answer(connection)

    return wait


def bound(host: str = "127.0.0.1", port: int = 0) -> socket.socket:
    """A socket that has a port and does not listen yet: connections to it are refused."""
    try:
        listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        if ":" in host:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((host, port))
    except OSError as error:
        if ":" not in host:
            raise
        pytest.skip(f"IPV6 NOT TESTED: no address {host} here: {error}")
    return listener


class WebServer:
    """Serves from `listen` on until `close`; `look` is called at each request, and its result kept with it.

    Tests get theirs from the fixture `web`, which closes them.
    """

    def __init__(
        self,
        *answers: Answer,
        look: Callable[[], Any] = lambda: None,
        listener: socket.socket | None = None,
        certificate: Certificate | None = None,
    ) -> None:
        self.requests: list[Request] = []
        self._tls = _context(certificate) if certificate else None
        self._answers = list(answers) or [status(200)]
        self._look = look
        self._listener = listener or bound()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()

    @property
    def port(self) -> int:
        """The port on which it listens, or will."""
        return int(self._listener.getsockname()[1])

    def url(self, path: str = "/", host: str = "") -> str:
        """Its URL, with its own address for a host unless another is given."""
        address = self._listener.getsockname()[0]
        scheme = "https" if self._tls else "http"
        return f"{scheme}://{host or (f'[{address}]' if ':' in address else address)}:{self.port}{path}"

    def listen(self) -> "WebServer":
        """Accept connections from now on."""
        self._listener.listen(128)
        self._start(self._accept)
        return self

    def answer_next(self, *answers: Answer) -> None:
        """Give these to the next requests, the last one to all that follow."""
        with self._lock:
            self._answers = list(answers)

    def wait_asked(self, count: int = 1, timeout: float = ALARM) -> list[Request]:
        """The requests, as soon as there are that many."""
        eventually(lambda: len(self.requests) >= count, f"{count} requests", timeout)
        return self.requests

    def close(self) -> None:
        """End all of it."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(ALARM)

    def _start(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self._open.add(connection)
                self._start(self._serve, connection)

    def _serve(self, plain: socket.socket) -> None:
        with suppress(OSError), plain:
            connection = self._tls.wrap_socket(plain, server_side=True) if self._tls else plain
            with connection, connection.makefile("rb") as stream:
                asked = head(stream)
                if asked is not None:
                    self._answer(connection, *asked)
        self._open.discard(plain)

    def _answer(self, connection: socket.socket, method: str, target: str, headers: dict[str, str]) -> None:
        with self._lock:
            self.requests.append(Request(method, target, headers, time.monotonic(), self._look()))
            answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        answer(connection)


def _context(certificate: Certificate) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.certificate, certificate.key)
    return context
