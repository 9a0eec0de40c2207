"""The patient client: one pod as the official client shows it, for as long as it takes.

A watch alone misses what was true before it began, and it ends all the time: by the
clock, with a server, with a connection that was never closed, because its version is too
old. Each of these is an ordinary event here, and none makes the wait end or run hot.
"""

import gc
import json
import math
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from urllib3.exceptions import HTTPError

from kubexit.waiter import lean, rbac, stream
from kubexit.waiter.backoff import Backoff
from kubexit.waiter.cluster import Cluster
from kubexit.waiter.errors import NeverReadyError, RefusedError, StatusError, WatchEndedError
from kubexit.waiter.log import Log
from kubexit.waiter.view import LIST_READ_SECONDS, WATCH_SLACK_SECONDS, View

if TYPE_CHECKING:
    from kubexit.waiter.readiness import Object

PATH = "/api/v1/namespaces/{namespace}/pods"
RBAC_SECONDS = 2.0  # a Role made together with the pod takes a moment to count
RBAC_AGAIN_SECONDS = 30.0  # a server that has just started refuses all clients until it has read the roles
RBAC_PAUSE_SECONDS = 0.5
UNAUTHORIZED, FORBIDDEN, NOT_FOUND, GONE = 401, 403, 404, 410
REFUSES_BOOKMARKS = (400, 422, 500)
ODD_ANSWER = (ValueError, LookupError, TypeError, AttributeError, RecursionError)  # not JSON, or of another shape


class Pod:
    """Follows one pod; `view` holds what is known of it, also by the look that was taken before."""

    def __init__(self, cluster: Cluster, view: View, log: Log) -> None:
        self._cluster = cluster
        self._view = view
        self._log = log
        self._bookmarks = True
        self._warned = ""
        self._refused_since: float | None = None
        self._backoff = Backoff()

    def sightings(self, trouble: Exception | None = None) -> "Iterator[Object]":
        """Each state of the pod, without end; NeverReadyError when it is gone, RefusedError when we may not look.

        `trouble` ended the look before. It is taken as if it had happened here.
        """
        if isinstance(trouble, StatusError) and trouble.status == UNAUTHORIZED:
            self._cluster.account.read()
            trouble = None
        while True:
            try:
                if trouble is not None:
                    past, trouble = trouble, None
                    raise past
                if self._view.version is None:
                    yield self._list()
                yield from self._watch()
            except (lean.client().ApiException, StatusError) as error:
                self._on_status(error.status, error.reason, error.headers, error.body)
            except WatchEndedError as error:
                self._retry(str(error))
            except (HTTPError, OSError, *ODD_ANSWER) as error:
                self._cluster.disconnect()
                self._refused_since = None
                self._retry(f"{self._view.verb}: {type(error).__name__}: {error}")

    def _list(self) -> "Object":
        """The pod now. Without a resourceVersion: a cached list may hold an older pod of the same name."""
        self._view.verb = "list"
        response = self._get(self._view.query, LIST_READ_SECONDS)
        answer = json.loads(response.read())
        response.release_conn()
        return self._view.listed(answer)

    def _watch(self) -> "Iterator[Object]":
        """Each state after the version we know, until the server ends the stream."""
        self._view.verb = "watch"
        seconds = self._view.watch_seconds()
        began = time.monotonic()
        response = self._get(self._view.watch_query(seconds, self._bookmarks), seconds + WATCH_SLACK_SECONDS)
        self._view.watching()
        self._refused_since = None
        try:
            for line in stream.lines(stream.pieces(response)):
                event = json.loads(line)
                yield from self._take(event["type"], event["object"])
        finally:
            response.close()
            is_early = time.monotonic() - began < seconds / 2
            if not is_early:
                self._worked()
        if is_early:
            raise WatchEndedError("the API server ended the watch early")
        self._view.watched()

    def _take(self, kind: str, thing: "Object") -> "Iterator[Object]":
        self._log.debug(f"watch: {kind}")
        pod = self._view.happened(kind, thing)
        self._worked()
        if pod is not None:
            yield pod

    def _get(self, query: list[tuple[str, object]], read_seconds: float) -> Any:
        return self._cluster.get(PATH, {"namespace": self._view.namespace}, query, read_seconds)

    def _worked(self) -> None:
        """Note that a watch brought something. A list is not enough: the watch after it may be refused forever."""
        self._backoff.reset()
        self._warned = ""
        self._refused_since = None

    def _on_status(self, status: int, reason: str, headers: Any, body: bytes | None) -> None:
        most_seconds = math.inf
        if status == NOT_FOUND:
            raise NeverReadyError(f"the API server knows no pods in namespace {self._view.namespace} (404 {reason})")
        if status in (UNAUTHORIZED, FORBIDDEN):
            self._bear_refusal(status, body)
            most_seconds = RBAC_PAUSE_SECONDS
        else:
            self._refused_since = None
        if status == GONE and self._backoff.is_fresh:
            most_seconds = 0.0
        if self._view.verb == "watch" and status in REFUSES_BOOKMARKS:
            self._bookmarks = False
        if status == 0:  # TLS: the certificate is read again too
            self._cluster.disconnect()
        self._retry(f"{self._view.verb}: {status or ''} {' '.join(str(reason).split())}", headers, most_seconds)

    def _bear_refusal(self, status: int, body: bytes | None) -> None:
        """RefusedError when the server has refused for long enough: it may be starting, the Role may be on its way."""
        self._refused_since = self._refused_since or time.monotonic()
        patience = RBAC_AGAIN_SECONDS if self._view.allowed else RBAC_SECONDS
        if time.monotonic() - self._refused_since <= patience:
            return
        if status == UNAUTHORIZED:
            server = self._cluster.url
            raise RefusedError(f"the API server {server} does not accept the token of this service account (401)")
        raise RefusedError(*rbac.explain(self._view.verb, self._view.namespace, self._cluster.account.claims, body))

    def _retry(self, trouble: str, headers: Any = None, most_seconds: float = math.inf) -> None:
        """Wait a while, then list: always right, and one key to read for the server."""
        gc.enable()  # a try that failed leaves cycles behind, and there may be many of them
        self._view.version = None
        delay = self._backoff.delay(headers, most_seconds)
        told, self._view.trouble, self._warned = self._warned, trouble, trouble
        (self._log.debug if trouble == told else self._log.warn)(f"{trouble}; next try in {delay:.1f} s")
        time.sleep(delay)
