"""An API server that knows one pod, records its requests, and fails as a test scripts it.

By default it does what the real one does for this pod: a list gives its present state, a watch gives what happened
after a version, as chunks over TLS. `script("list", …)` and `script("watch", …)` queue other answers, one a request;
an answer is a function that gets the `Exchange`. Ready-made ones are in `harness.servers.faults`.
"""

import json
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ..waiting import ALARM, eventually
from .certificates import Certificate
from .exchange import Exchange
from .pods import Pod
from .tlsserver import TlsServer

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


class ApiServer(TlsServer):
    """Serves until `close`."""

    def __init__(self, certificate: Certificate, host: str = "127.0.0.1") -> None:
        self.requests: list[Request] = []
        self.token: str | None = None
        self.changed = threading.Condition()
        self.watches = 0
        self.events: list[tuple[int, dict[str, Any]]] = []
        self._version = 100
        self._pod: Pod | None = None
        self._scripts: dict[str, list[Answer]] = {"list": [], "watch": []}
        super().__init__(certificate, host)

    @property
    def environment(self) -> dict[str, str]:
        """What the kubelet puts into each container."""
        return {"KUBERNETES_SERVICE_HOST": self.host, "KUBERNETES_SERVICE_PORT": str(self.port)}

    # What the cluster does.

    def show(self, pod: Pod | None) -> None:
        """Set the state of the pod; None: there is no pod."""
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

    def state(self) -> tuple[str, list[Pod]]:
        """Version and items of a list."""
        with self.changed:
            if self._pod is None:
                return str(self._version), []
            metadata = {**self._pod["metadata"], "resourceVersion": str(self._version)}
            return str(self._version), [{**self._pod, "metadata": metadata}]

    def answer(self, connection: socket.socket, target: str, headers: dict[str, str]) -> None:
        split = urlsplit(target)
        query = {key: values[0] for key, values in parse_qs(split.query).items()}
        verb = "watch" if query.get("watch", "").lower() in ("1", "true") else "list"
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


def encoded(thing: Any) -> bytes:
    """JSON as the API server writes it, characters beyond ASCII unescaped."""
    return json.dumps(thing, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
