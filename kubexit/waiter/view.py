"""What is known of one pod, and how a list or an event of a watch changes it.

The first look and the patient client share one view: what one has learnt the other need not ask.
"""

from kubexit.waiter import engine, readiness
from kubexit.waiter.errors import NeverReadyError, StatusError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from kubexit.waiter.readiness import Object

WATCH_SECONDS = 20  # of the first watch; later ones are longer, since a long wait is no emergency
WATCH_MOST_SECONDS = 160
WATCH_SLACK_SECONDS = 3.0  # a stream that is silent for longer than it was asked for is half open
LIST_READ_SECONDS = 10.0


class View:
    """One pod; `trouble` says what keeps it from being seen, empty when nothing does.

    `judge` gets each new state before anything is noted, so a state that it cannot read was not seen.
    """

    def __init__(
        self,
        name: str,
        namespace: str,
        uid: str | None,
        judge: "Callable[[Object], None]",
        watch_seconds: int = WATCH_SECONDS,
        most_seconds: int = WATCH_MOST_SECONDS,
    ) -> None:
        self.name, self.namespace = name, namespace
        self._judge = judge
        self.trouble = ""
        self.verb = "list"  # what is being asked
        self.version: str | None = None  # up to here all changes were seen; None: a list is needed
        self.allowed = False  # a watch has been granted once
        self.seen: str | None = None  # the version of the pod itself, as it was seen last
        self._uid = uid
        self._watch_seconds = watch_seconds
        self._most_seconds = most_seconds

    @property
    def query(self) -> list[tuple[str, object]]:
        """What every request asks for: this pod alone."""
        return [("fieldSelector", f"metadata.name={self.name}")]

    def listed(self, answer: "Object") -> "Object":
        """Take a list; the pod as it is in there."""
        self.version = answer["metadata"]["resourceVersion"]
        if not answer["items"]:
            hint = "are KUBEXIT_POD_NAME and KUBEXIT_NAMESPACE right, or was it deleted?"
            raise NeverReadyError(f"the API server has no pod {self.namespace}/{self.name}: {hint}")
        return self._see(answer["items"][0])

    def watch_seconds(self) -> float:
        """How long the next watch may last: not the same for all waiters that begin together."""
        return (0.8 + 0.2 * int.from_bytes(engine.urandom(4)) / 2**32) * self._watch_seconds

    def watch_query(self, seconds: float, bookmarks: bool) -> list[tuple[str, object]]:
        """What a watch asks for: all changes after the version that is known."""
        query = [*self.query, ("watch", "1"), ("resourceVersion", self.version)]
        query.append(("timeoutSeconds", max(round(seconds), 1)))
        return [*query, ("allowWatchBookmarks", "true")] if bookmarks else query

    def watching(self) -> None:
        """The API server has granted a watch."""
        self.allowed = True
        self.trouble = ""

    def watched(self) -> None:
        """A watch has lasted as long as it was asked to."""
        self._watch_seconds = min(self._watch_seconds * 2, self._most_seconds)

    def happened(self, kind: str, thing: "Object") -> "Object | None":
        """Take an event of a watch; the pod if it brought a new state of it, StatusError if it is a refusal."""
        if kind == "ERROR":
            raise StatusError(thing.get("code") or 0, str(thing.get("message")))
        self.version = thing["metadata"]["resourceVersion"]
        if kind == "DELETED":
            raise NeverReadyError(f"pod {self.namespace}/{self.name} was deleted")
        return self._see(thing) if kind in ("ADDED", "MODIFIED") else None

    def _see(self, pod: "Object") -> "Object":
        readiness.stays(pod, self._uid)
        self._judge(pod)
        self._uid = pod["metadata"].get("uid")
        self.seen = pod["metadata"].get("resourceVersion")
        self.trouble = ""
        return pod
