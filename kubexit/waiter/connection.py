"""One connection to a server, plain or with TLS: bytes out, bytes in, and one limit in time for all of it."""

from _socket import IPPROTO_TCP, SO_KEEPALIVE, SOL_SOCKET, TCP_KEEPCNT, TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_NODELAY
from errno import EADDRNOTAVAIL, EAFNOSUPPORT
from time import monotonic

from kubexit.waiter import engine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    Options = Sequence[tuple[int, int, int]]

RECORD_BYTES = 16384  # the most that one TLS record brings
# A server or load balancer that is gone sends nothing, not even an end.
KEEPALIVE = [
    (IPPROTO_TCP, TCP_NODELAY, 1),
    (SOL_SOCKET, SO_KEEPALIVE, 1),
    (IPPROTO_TCP, TCP_KEEPIDLE, 15),  # seconds of silence before the first probe
    (IPPROTO_TCP, TCP_KEEPINTVL, 5),
    (IPPROTO_TCP, TCP_KEEPCNT, 3),
]


class Connection:
    """Connects at once. `until` is the monotonic time at which any operation ends with TimeoutError."""

    def __init__(self, host: str, port: int, until: float, options: "Options" = ()) -> None:
        self.until = until
        self._host = host
        self._socket: Any = self._connect(port, options)
        self._stream: Any = None

    def secure(self, tls: "Any") -> None:
        """Check who the server is. Nothing that we have to say is sent before."""
        self._socket, stream = engine.secure(self._socket, tls, self._host)
        self._arm()
        stream.do_handshake()
        self._stream = stream

    def send(self, data: bytes) -> None:
        """Send all of it."""
        while data:
            self._arm()
            data = data[self._socket.send(data) if self._stream is None else self._stream.write(data) :]

    def receive(self) -> bytes:
        """Return what comes in next; nothing at the orderly end, which with TLS is a close_notify, else an OSError."""
        self._arm()
        come: bytes = self._socket.recv(RECORD_BYTES) if self._stream is None else self._stream.read(RECORD_BYTES)
        return come

    def rest(self) -> None:
        """Sleep, with as little memory as possible, until something comes in or the time is up; or not at all."""
        engine.rest(self._socket.fileno(), max(0, int((self.until - monotonic()) * 1000)))

    def close(self) -> None:
        """End it."""
        self._socket.close()

    def _arm(self) -> None:
        left = self.until - monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self._socket.settimeout(left)

    def _connect(self, port: int, options: "Options") -> "Any":
        """Try the addresses in turn; the first does not take the time of the others."""
        addresses = engine.resolve(self._host, port)
        trouble = OSError("the host has no address")
        for index, (family, kind, protocol, _, address) in enumerate(addresses):
            made = None
            try:
                made = engine.Socket(family, kind, protocol)
                for option in options:
                    made.setsockopt(*option)
                made.settimeout(max(self.until - monotonic(), 0.001) / (len(addresses) - index))
                made.connect(address)
                return made
            except OSError as error:
                if made is not None:
                    made.close()
                # That this machine has no IPv6 says nothing about a server which another address has refused.
                if index == 0 or error.errno not in (EADDRNOTAVAIL, EAFNOSUPPORT):
                    trouble = error
        raise trouble
