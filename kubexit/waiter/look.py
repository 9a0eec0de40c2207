"""The first look at the pod: a list and watches, without a client library.

Nine of ten waits end here. Anything but a plain 200 with a well-formed answer in time ends the look with an
exception; the official client continues then (kubexit.waiter.pod), from the same view. A look decides nothing that
the official client would decide otherwise from the same bytes: the answers are read more strictly, and judged by the
same functions.
"""

from time import monotonic

from kubexit.waiter import engine, stream
from kubexit.waiter.account import address, authority
from kubexit.waiter.answer import Answer
from kubexit.waiter.connection import KEEPALIVE, Connection
from kubexit.waiter.errors import StatusError, UnclearError, WatchEndedError
from kubexit.waiter.view import LIST_READ_SECONDS, WATCH_SLACK_SECONDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from kubexit.waiter.account import Account
    from kubexit.waiter.log import Log
    from kubexit.waiter.readiness import Object
    from kubexit.waiter.view import View

CONNECT_SECONDS = 5.0  # TCP and TLS each
CHECK_SECONDS = 10.0  # a watch that was silent for so long is checked by a list
REST_SECONDS = 0.02  # when nothing came for so long, the wait is a long one to a computer
SUCCESS = 200
UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


class Look:
    """Looks at one pod until something is out of the ordinary."""

    def __init__(self, account: "Account", view: "View", log: "Log", checks: bool = True) -> None:
        self._host, port = address(engine.environ)
        self._port = int(port)
        self._authority = authority(self._host, port)
        self._account, self._view, self._log = account, view, log
        self._checks = checks  # whether a list checks a silent watch
        self._tls: Any = None

    def sightings(self) -> "Iterator[Object]":
        """Each state of the pod. Never ends without an exception."""
        view = self._view
        view.verb = "list"
        connection = self._connect()
        try:
            keeps, answer = self._list(connection)
            yield view.listed(answer)
            view.verb = "watch"
            while True:
                if not keeps:
                    connection.close()
                    connection = self._connect()
                keeps = False
                yield from self._watch(connection)
        finally:
            connection.close()

    def _list(self, connection: Connection) -> "tuple[bool, Any]":
        """Whether the connection can be used again, and the list."""
        connection.until = monotonic() + LIST_READ_SECONDS
        answer = self._ask(connection, connection.receive, self._view.query, "")
        body = answer.body()
        return answer.keeps, engine.parse(body.decode())

    def _watch(self, connection: Connection) -> "Iterator[Object]":
        """Each state until the API server ends the watch in time."""
        seconds = self._view.watch_seconds()
        began = monotonic()
        connection.until = began + seconds + WATCH_SLACK_SECONDS
        hear = Ear(connection, seconds + WATCH_SLACK_SECONDS, self._check if self._checks else None)
        answer = self._ask(connection, hear, self._view.watch_query(seconds, True), "Connection: close\r\n")
        self._view.watching()
        for line in stream.lines(answer.pieces()):
            event: Any = engine.parse(line.decode())
            self._log.debug(f"watch: {event['type']}")
            pod = self._view.happened(event["type"], event["object"])
            if pod is not None:
                yield pod
        if monotonic() - began < seconds / 2:
            raise WatchEndedError("the API server ended the watch early")
        self._view.watched()

    def _check(self) -> None:
        """UnclearError if a list shows another state of the pod than the watch has brought."""
        connection = self._connect()
        try:
            _, answer = self._list(connection)
        finally:
            connection.close()
        if [pod["metadata"]["resourceVersion"] for pod in answer["items"]] != [self._view.seen]:
            raise UnclearError("the watch is behind the list")

    def _connect(self) -> Connection:
        connection = Connection(self._host, self._port, monotonic() + CONNECT_SECONDS, KEEPALIVE)
        if self._tls is None:
            self._tls = engine.context(self._account.certificate)
        connection.until = monotonic() + CONNECT_SECONDS
        try:
            connection.secure(self._tls)
        except BaseException:
            connection.close()
            raise
        return connection

    def _ask(
        self, connection: Connection, hear: "Callable[[], bytes]", query: list[tuple[str, object]], more: str
    ) -> Answer:
        """The answer, whose status is 200; StatusError for any other."""
        token = self._account.token
        if not token.isprintable() or " " in token:
            raise UnclearError("the token cannot be sent in a field")
        words = "&".join(f"{key}={_quoted(str(value))}" for key, value in query)
        connection.send(
            f"GET /api/v1/namespaces/{_quoted(self._view.namespace)}/pods?{words} HTTP/1.1\r\n"
            f"Host: {self._authority}\r\nUser-Agent: kubexit\r\nAccept: application/json\r\n"
            f"Authorization: Bearer {token}\r\n{more}\r\n".encode("ascii")
        )
        answer = Answer(hear)
        if answer.status != SUCCESS:
            wait = answer.fields.get("retry-after")
            headers = {} if wait is None else {"Retry-After": wait}
            raise StatusError(answer.status, answer.reason, headers, answer.body())
        return answer


class Ear:
    """Receives what a watch brings. Its first long silence is checked; one that is too long is a TimeoutError."""

    def __init__(self, connection: Connection, most_seconds: float, check: "Callable[[], None] | None") -> None:
        self._connection = connection
        self._most_seconds = most_seconds
        self._check = check

    def __call__(self) -> bytes:
        """Return what comes in next."""
        began = monotonic()
        try:
            return self._receive(began + REST_SECONDS, False)
        except TimeoutError:
            pass
        if self._check is not None and self._most_seconds > CHECK_SECONDS:
            try:
                return self._receive(began + CHECK_SECONDS, True)
            except TimeoutError:
                check, self._check = self._check, None
                check()
        return self._receive(began + self._most_seconds, True)

    def _receive(self, until: float, rests: bool) -> bytes:
        self._connection.until = until
        if rests:
            self._connection.rest()
        return self._connection.receive()


def _quoted(text: str) -> str:
    """Percent-encode all that may mean something in a URL (RFC 3986, 2.3)."""
    return "".join(chr(byte) if byte in UNRESERVED else f"%{byte:02X}" for byte in text.encode())
