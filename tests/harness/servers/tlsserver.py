"""A server that speaks TLS and HTTP on loopback, in threads, and can go down and come back."""

import socket
import ssl
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from ..waiting import ALARM
from .certificates import Certificate
from .ports import bound, reserved


class TlsServer:
    """Reads requests and hands each to `answer`, until `close`."""

    def __init__(self, certificate: Certificate, host: str) -> None:
        self.connections = 0
        self.breaks = 0  # the number of connections to break at once, before a byte is sent
        self.hold_handshake = threading.Event()
        self.hold_handshake.set()
        self.closed = False
        self.host = host
        self.port = 0
        self._place: socket.socket | None = None
        self._sockets: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate.certificate, certificate.key)
        self.listen()

    def answer(self, connection: socket.socket, target: str, headers: dict[str, str]) -> None:
        """Answer a GET of the target."""
        raise NotImplementedError

    def tls(self, most: ssl.TLSVersion) -> None:
        """Speak no newer version of TLS than this."""
        with warnings.catch_warnings(action="ignore"):  # old versions are deprecated, which is the point
            self._context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
            self._context.maximum_version = most
        self._context.set_ciphers("ALL:@SECLEVEL=0")

    def listen(self) -> None:
        """Accept connections, on the same port as before."""
        if self._place is None:
            self._place = reserved(self.host)
            self.port = self._place.getsockname()[1]
        listener = bound(self.host, self.port)
        listener.listen(128)
        self._listener = listener
        self._start(self._accept, listener)

    def refuse(self) -> None:
        """Close the port and every connection, as a server that goes down."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.drop()

    def drop(self) -> None:
        """Break the connections that are open."""
        for connection in list(self._sockets):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End all of it."""
        self.closed = True
        self.hold_handshake.set()
        self.refuse()
        if self._place is not None:
            self._place.close()
        for thread in self._threads:
            thread.join(ALARM)

    @contextmanager
    def _known(self, connection: socket.socket) -> Iterator[socket.socket]:
        self._sockets.add(connection)
        try:
            yield connection
        finally:
            self._sockets.discard(connection)
            connection.close()

    def _start(self, work: Callable[[socket.socket], None], connection: socket.socket) -> None:
        thread = threading.Thread(target=work, args=(connection,), daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                if self.breaks > 0:
                    self.breaks -= 1
                    connection.close()
                    continue
                self.connections += 1
                self._start(self._serve, connection)

    def _serve(self, plain: socket.socket) -> None:
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with suppress(OSError, ValueError), self._known(plain):
            self.hold_handshake.wait(ALARM)
            with self._known(self._context.wrap_socket(plain, server_side=True)) as connection:
                stream = connection.makefile("rb")
                with stream:
                    while asked := head(stream):
                        self.answer(connection, *asked[1:])


def head(stream: Any) -> tuple[str, str, dict[str, str]] | None:
    """Method, target and headers of the next request."""
    first = stream.readline().decode("latin-1").split()
    if not first:
        return None
    headers = {}
    while line := stream.readline().decode("latin-1").strip():
        key, _, value = line.partition(":")
        headers[key.lower()] = value.strip()
    return first[0], first[1], headers
