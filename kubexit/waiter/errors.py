"""What the waiter reports to the supervisor, which only reads its exit code; and what keeps it from knowing.

A waiter that just ended would leave the reader of a pod's log with a number.
Each WaiterError is one sentence for the log and one of the documented codes.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class WaiterError(Exception):
    """A sentence that ends the wait, and the exit code that goes with it.

    `attachment` is text of several lines that belongs below the sentence.
    """

    code = 70

    def __init__(self, sentence: str, attachment: str = "") -> None:
        super().__init__(sentence)
        self.attachment = attachment


class SettingsError(WaiterError):
    """Nothing that happens in the cluster can help: names, graph, or no service account."""

    code = 2


class NeverReadyError(WaiterError):
    """The dependencies can never be ready in this pod."""

    code = 69


class RefusedError(WaiterError):
    """The API server does not let this service account look."""

    code = 77


class UnclearError(ValueError):
    """An answer that is incomplete, or that only the official client may understand."""


class WatchEndedError(Exception):
    """The API server ended a watch long before the time that it was asked for."""


class StatusError(Exception):
    """An answer with another status than 200; the fields have the names of the official ApiException."""

    def __init__(
        self, status: int, reason: str, headers: "Mapping[str, str] | None" = None, body: bytes | None = None
    ) -> None:
        super().__init__(f"{status} {reason}")
        self.status = status
        self.reason = reason
        self.headers = headers
        self.body = body
