"""One pod as the API server shows it: a list, then a watch, for as long as it takes.

A watch alone misses what was true before it began, and it ends all the time: by the
clock, with a server, with a connection that nobody closed, because its version is too
old. Each of these is an ordinary event here, and none makes the wait end or run hot.
"""

import gc
import json
import math
import random
import time
from collections.abc import Iterator
from typing import Any

from urllib3.exceptions import HTTPError

from kubexit.waiter import lean, rbac, readiness, stream
from kubexit.waiter.backoff import Backoff
from kubexit.waiter.cluster import Cluster
from kubexit.waiter.errors import NeverReadyError, RefusedError
from kubexit.waiter.log import Log
from kubexit.waiter.readiness import Object

PATH = "/api/v1/namespaces/{namespace}/pods"
LIST_READ_SECONDS = 10.0
WATCH_SECONDS = 20  # of the first watch; later ones are longer, since a long wait is no emergency
WATCH_MOST_SECONDS = 160
WATCH_SLACK_SECONDS = 3.0  # a stream that is silent for longer than it was asked for is half open
RBAC_SECONDS = 2.0  # a Role made together with the pod takes a moment to count
RBAC_AGAIN_SECONDS = 30.0  # a server that has just started refuses everybody until it has read the roles
RBAC_PAUSE_SECONDS = 0.5
UNAUTHORIZED, FORBIDDEN, NOT_FOUND, GONE = 401, 403, 404, 410
REFUSES_BOOKMARKS = (400, 422, 500)


class Pod:
    """Follows one pod; `trouble` says what keeps it from being seen, empty when nothing does."""

    def __init__(self, cluster: Cluster, name: str, namespace: str, log: Log, watch_seconds: int = WATCH_SECONDS):
        self.trouble = ""
        self._cluster = cluster
        self._name, self._namespace = name, namespace
        self._log = log
        self._uid = cluster.account.pod_uid(name, namespace)
        self._allowed = False  # a watch has been granted once
        self._version: str | None = None
        self._bookmarks = True
        self._verb = "list"
        self._watch_seconds = watch_seconds
        self._warned = ""
        self._refused_since: float | None = None
        self._backoff = Backoff()

    def sightings(self) -> Iterator[Object]:
        """Each state of the pod, without end; NeverReadyError when it is gone, RefusedError when we may not look."""
        while True:
            try:
                if self._version is None:
                    yield self._list()
                yield from self._watch()
            except lean.client().ApiException as error:
                self._on_status(error.status, error.reason, error.headers, error.body)
            except (HTTPError, OSError, ValueError, KeyError, TypeError) as error:
                self._cluster.disconnect()
                self._refused_since = None
                self._retry(f"{self._verb}: {type(error).__name__}: {error}")

    def _list(self) -> Object:
        """The pod now. Without a resourceVersion: a cached list may hold an older pod of the same name."""
        self._verb = "list"
        response = self._get([], LIST_READ_SECONDS)
        answer = json.loads(response.read())
        response.release_conn()
        self._version = answer["metadata"]["resourceVersion"]
        if not answer["items"]:
            hint = "are KUBEXIT_POD_NAME and KUBEXIT_NAMESPACE right, or was it deleted?"
            raise NeverReadyError(f"the API server has no pod {self._namespace}/{self._name}: {hint}")
        return self._see(answer["items"][0])

    def _watch(self) -> Iterator[Object]:
        """Each state after the version we know, until the server ends the stream."""
        self._verb = "watch"
        seconds = random.uniform(0.8, 1.0) * self._watch_seconds
        query: list[tuple[str, object]] = [("watch", "1"), ("resourceVersion", self._version)]
        query.append(("timeoutSeconds", max(round(seconds), 1)))
        if self._bookmarks:
            query.append(("allowWatchBookmarks", "true"))
        began = time.monotonic()
        response = self._get(query, seconds + WATCH_SLACK_SECONDS)
        self._allowed = True
        self.trouble = ""
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
            self._retry("the API server ended the watch early")
        else:
            self._watch_seconds = min(self._watch_seconds * 2, WATCH_MOST_SECONDS)

    def _take(self, kind: str, thing: Object) -> Iterator[Object]:
        self._log.debug(f"watch: {kind}")
        if kind == "ERROR":
            raise lean.client().ApiException(status=thing.get("code") or 0, reason=thing.get("message"))
        self._version = thing["metadata"]["resourceVersion"]
        self._worked()
        if kind == "DELETED":
            raise NeverReadyError(f"pod {self._namespace}/{self._name} was deleted")
        if kind in ("ADDED", "MODIFIED"):
            yield self._see(thing)

    def _see(self, pod: Object) -> Object:
        readiness.stays(pod, self._uid)
        self._uid = pod["metadata"].get("uid")
        self.trouble = ""
        return pod

    def _get(self, query: list[tuple[str, object]], read_seconds: float) -> Any:
        selector = ("fieldSelector", f"metadata.name={self._name}")
        return self._cluster.get(PATH, {"namespace": self._namespace}, [selector, *query], read_seconds)

    def _worked(self) -> None:
        """A watch brought something. A list alone is no success: the watch after it may be refused for ever."""
        self._backoff.reset()
        self._warned = ""
        self._refused_since = None

    def _on_status(self, status: int, reason: str, headers: Any, body: bytes | None) -> None:
        most_seconds = math.inf
        if status == NOT_FOUND:
            raise NeverReadyError(f"the API server knows no pods in namespace {self._namespace} (404 {reason})")
        if status in (UNAUTHORIZED, FORBIDDEN):
            self._bear_refusal(status, body)
            most_seconds = RBAC_PAUSE_SECONDS
        else:
            self._refused_since = None
        if status == GONE and self._backoff.is_fresh:
            most_seconds = 0.0
        if self._verb == "watch" and status in REFUSES_BOOKMARKS:
            self._bookmarks = False
        if status == 0:  # TLS: the certificate is read again too
            self._cluster.disconnect()
        self._retry(f"{self._verb}: {status or ''} {' '.join(str(reason).split())}", headers, most_seconds)

    def _bear_refusal(self, status: int, body: bytes | None) -> None:
        """RefusedError when the server has refused for long enough: it may be starting, the Role may be on its way."""
        self._refused_since = self._refused_since or time.monotonic()
        patience = RBAC_AGAIN_SECONDS if self._allowed else RBAC_SECONDS
        if time.monotonic() - self._refused_since <= patience:
            return
        if status == UNAUTHORIZED:
            server = self._cluster.url
            raise RefusedError(f"the API server {server} does not accept the token of this service account (401)")
        raise RefusedError(*rbac.explain(self._verb, self._namespace, self._cluster.account.claims, body))

    def _retry(self, trouble: str, headers: Any = None, most_seconds: float = math.inf) -> None:
        """Wait a while, then list: always right, and one key to read for the server."""
        gc.enable()  # a try that failed leaves cycles behind, and there may be many of them
        self._version = None
        delay = self._backoff.delay(headers, most_seconds)
        told, self.trouble, self._warned = self._warned, trouble, trouble
        (self._log.debug if trouble == told else self._log.warn)(f"{trouble}; next try in {delay:.1f} s")
        time.sleep(delay)
