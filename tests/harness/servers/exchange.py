"""One request to the scripted API server, from the server's side: what a scripted answer is made of."""

import json
import select
import socket
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .apiserver import ApiServer, Request

HEAR_SECONDS = 0.02  # between looks whether the client of a watch has gone


class Exchange:
    """Answers one request, well or badly."""

    def __init__(self, server: "ApiServer", connection: socket.socket, request: "Request") -> None:
        self.server = server
        self.request = request
        self.connection = connection

    def status(self, code: int, reason: str, message: str = "", **headers: str) -> None:
        """An answer with a Status object, headers as `Retry_After="1"`."""
        body = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "message": message or reason}
        self.body(code, reason, json.dumps(body).encode(), **headers)

    def body(self, code: int, reason: str, body: bytes, **headers: str) -> None:
        """An answer with a length."""
        lines = [f"HTTP/1.1 {code} {reason}", "Content-Type: application/json", f"Content-Length: {len(body)}"]
        lines += [f"{key.replace('_', '-')}: {value}" for key, value in headers.items()]
        self.connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)

    def list(self) -> None:
        """The pod as it is."""
        version, items = self.server.state()
        answer = {"kind": "PodList", "apiVersion": "v1", "metadata": {"resourceVersion": version}, "items": items}
        self.body(200, "OK", json.dumps(answer).encode())

    def begin(self) -> None:
        """The head of a stream."""
        self.connection.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        )

    def chunk(self, data: bytes) -> None:
        """A piece of a stream."""
        self.connection.sendall(b"%x\r\n%b\r\n" % (len(data), data))

    def event(self, kind: str, thing: Any) -> None:
        """A line of a watch, as one chunk."""
        line = json.dumps({"type": kind, "object": thing}, ensure_ascii=False)
        self.chunk(line.encode() + b"\n")

    def end(self) -> None:
        """The orderly end of a stream."""
        self.connection.sendall(b"0\r\n\r\n")

    def watch(self) -> None:
        """What happened after the version of the request, and what happens, until the time is up."""
        self.begin()
        self.follow()

    def follow(self) -> None:
        """As `watch`, after an own beginning."""
        version = int(self.request.query["resourceVersion"])
        ends = time.monotonic() + float(self.request.query.get("timeoutSeconds", 1800))
        server = self.server
        ear = select.poll()
        ear.register(self.connection, select.POLLRDHUP)
        try:
            while not server.closed and time.monotonic() < ends and not ear.poll(0):
                with server.changed:
                    news = [(at, event) for at, event in server.events if at > version]
                    if not news:
                        self._count(1)
                        server.changed.wait(max(0.0, min(ends - time.monotonic(), HEAR_SECONDS)))
                        self._count(-1)
                for at, event in news:
                    self.chunk(json.dumps(event, ensure_ascii=False).encode() + b"\n")
                    version = at
        finally:
            if not server.closed:
                self.end()

    def hold(self) -> None:
        """Send nothing, close nothing: half of a connection, until the client gives up."""
        while self.connection.recv(4096):
            pass

    def reset(self) -> None:
        """Break the connection in the middle."""
        self.connection.shutdown(socket.SHUT_RDWR)

    def _count(self, change: int) -> None:
        self.server.watches += change
