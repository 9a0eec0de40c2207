"""A TCP relay on loopback: it notes when each connection comes and counts its bytes, TLS and all.

It accepts also while the server behind it is away, and then cuts: so it sees each attempt of a client.
"""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Connection:
    """What went through one connection, and when it came."""

    to_server: int = 0
    from_server: int = 0
    came: float = field(default_factory=time.monotonic)


class Relay:
    """Forward connections to `port` to the server."""

    def __init__(self, server: tuple[str, int]) -> None:
        self.connections: list[Connection] = []
        self._server = server
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._sockets: list[socket.socket] = [self._listener]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    @property
    def to_server(self) -> int:
        return sum(connection.to_server for connection in self.connections)

    @property
    def from_server(self) -> int:
        return sum(connection.from_server for connection in self.connections)

    def close(self) -> None:
        """Cut everything."""
        _cut(self._listener)
        self._threads[0].join()
        for opened in self._sockets:
            _cut(opened)
        for thread in self._threads[1:]:
            thread.join()
        for opened in self._sockets:
            opened.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return  # closed
            connection = Connection()
            self.connections.append(connection)
            self._sockets.append(client)
            try:
                server = socket.create_connection(self._server)
            except ConnectionRefusedError:
                _cut(client)
                continue
            self._sockets.append(server)
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # a relay must not hold anything back
            for way in ((client, server, "to_server"), (server, client, "from_server")):
                self._threads.append(threading.Thread(target=_pump, args=(connection, *way)))
                self._threads[-1].start()


def _pump(connection: Connection, source: socket.socket, target: socket.socket, counter: str) -> None:
    try:
        while chunk := source.recv(65536):
            setattr(connection, counter, getattr(connection, counter) + len(chunk))
            target.sendall(chunk)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        _cut(source)
        _cut(target)


def _cut(opened: socket.socket) -> None:
    try:
        opened.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # ENOTCONN: the other side was first


@contextmanager
def relay(server: tuple[str, int]) -> Iterator[Relay]:
    """A relay for the length of a block."""
    opened = Relay(server)
    try:
        yield opened
    finally:
        opened.close()
