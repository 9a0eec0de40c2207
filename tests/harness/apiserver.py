"""An API server that knows one pod, tells what it was asked, and fails in the ways that a test scripts.

By default it does what the real one does for this pod: a list gives its present state, a watch gives what happened
after a version, as chunks over TLS. `script("list", …)` and `script("watch", …)` queue other answers, one a request;
an answer is a function that gets the `Exchange`. Ready-made ones are in `harness.faults`.
"""

import json
import socket
import ssl
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from .certificates import Certificate
from .exchange import Exchange
from .pods import Pod
from .waiting import ALARM, eventually

Answer = Callable[[Exchange], None]


@dataclass(frozen=True)
class Request:
    """What a client asked, and when."""

    verb: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    at: float
    peer: tuple[Any, ...]


class ApiServer:
    """Serves in threads until `close`."""

    def __init__(self, certificate: Certificate, host: str = "127.0.0.1", token: str | None = None) -> None:
        self.requests: list[Request] = []
        self.token = token
        self.connections = 0
        self.hold_handshake = threading.Event()
        self.hold_handshake.set()
        self.changed = threading.Condition()
        self.closed = False
        self.watches = 0
        self.events: list[tuple[int, dict[str, Any]]] = []
        self._version = 100
        self._pod: Pod | None = None
        self._scripts: dict[str, list[Answer]] = {"list": [], "watch": []}
        self._host = host
        self._port = 0
        self._sockets: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate.certificate, certificate.key)
        self.listen()

    @property
    def environment(self) -> dict[str, str]:
        """What the kubelet puts into each container."""
        return {"KUBERNETES_SERVICE_HOST": self._host, "KUBERNETES_SERVICE_PORT": str(self._port)}

    def tls(self, most: ssl.TLSVersion) -> None:
        """Speak no newer version of TLS than this."""
        with warnings.catch_warnings(action="ignore"):  # old versions are deprecated, which is the point
            self._context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
            self._context.maximum_version = most
        self._context.set_ciphers("ALL:@SECLEVEL=0")

    # What the cluster does.

    def show(self, pod: Pod | None) -> None:
        """The pod is like this now; None: there is none."""
        with self.changed:
            kind = "MODIFIED" if self._pod else "ADDED"
            if pod is None:
                kind, pod, self._pod = "DELETED", self._pod, None
            else:
                self._pod = pod
            self._version += 1
            if pod is not None:
                metadata = {**pod["metadata"], "resourceVersion": str(self._version)}
                self.events.append((self._version, {"type": kind, "object": {**pod, "metadata": metadata}}))
            self.changed.notify_all()

    def script(self, verb: str, *answers: Answer) -> None:
        """Give these answers to the next requests of that verb."""
        self._scripts[verb] += answers

    def rotate(self, token: str) -> None:
        """Only accept this token from now on."""
        self.token = token

    # What the test sees.

    def asked(self, verb: str | None = None) -> list[Request]:
        """The requests so far."""
        return [request for request in list(self.requests) if verb in (None, request.verb)]

    def wait_asked(self, count: int, verb: str | None = None, timeout: float = ALARM) -> list[Request]:
        """The requests, as soon as there are that many."""
        eventually(lambda: len(self.asked(verb)) >= count, f"{count} requests {verb or ''}", timeout)
        return self.asked(verb)

    def wait_watched(self, timeout: float = ALARM) -> None:
        """Return when a client has a watch open and has got all that happened so far."""
        eventually(lambda: self.watches > 0, "a watch", timeout)

    # How it runs.

    def listen(self) -> None:
        """Accept connections, on the same port as before."""
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((self._host, self._port))
        listener.listen(128)
        self._port = listener.getsockname()[1]
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
        with self.changed:
            self.closed = True
            self.changed.notify_all()
        self.hold_handshake.set()
        self.refuse()
        for thread in self._threads:
            thread.join(ALARM)

    def state(self) -> tuple[str, list[Pod]]:
        """Version and items of a list."""
        with self.changed:
            if self._pod is None:
                return str(self._version), []
            metadata = {**self._pod["metadata"], "resourceVersion": str(self._version)}
            return str(self._version), [{**self._pod, "metadata": metadata}]

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
                self.connections += 1
                self._start(self._serve, connection)

    def _serve(self, plain: socket.socket) -> None:
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with suppress(OSError, ValueError), self._known(plain):
            self.hold_handshake.wait(ALARM)
            with self._known(self._context.wrap_socket(plain, server_side=True)) as connection:
                stream = connection.makefile("rb")
                with stream:
                    while head := _head(stream):
                        self._answer(connection, *head)

    def _answer(self, connection: socket.socket, target: str, headers: dict[str, str]) -> None:
        split = urlsplit(target)
        query = {key: values[0] for key, values in parse_qs(split.query).items()}
        verb = "watch" if query.get("watch") in ("1", "true") else "list"
        request = Request(verb, split.path, query, headers, time.monotonic(), connection.getpeername())
        answer = self._scripts[verb].pop(0) if self._scripts[verb] else None
        exchange = Exchange(self, connection, request)
        self.requests.append(request)
        if answer is not None:
            answer(exchange)
        elif self.token is not None and headers.get("authorization") != f"Bearer {self.token}":
            exchange.status(401, "Unauthorized")
        elif verb == "list":
            exchange.list()
        else:
            exchange.watch()


def _head(stream: Any) -> tuple[str, dict[str, str]] | None:
    """Target and headers of the next request."""
    first = stream.readline().decode("latin-1").split()
    if not first:
        return None
    headers = {}
    while line := stream.readline().decode("latin-1").strip():
        key, _, value = line.partition(":")
        headers[key.lower()] = value.strip()
    return first[1], headers


def encoded(thing: Any) -> bytes:
    """JSON as the API server writes it, characters beyond ASCII unescaped."""
    return json.dumps(thing, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
