"""What the waiter reports to the supervisor, mainly by its exit code; and what keeps it from knowing.

A waiter that just ended would leave the reader of a pod's log with a number.
Each WaiterError is one sentence for the log and one of the documented codes.
"""

from kubexit.waiter import engine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

REASON_LETTERS = 300
STDOUT = 1


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


def give_reason(sentence: str) -> None:
    """Write why the wait ends to the supervisor, which reads one line from our stdout for the tombstone."""
    line = " ".join(sentence.split())[:REASON_LETTERS] + "\n"
    try:
        engine.write(STDOUT, line.encode("utf-8", "replace"))
    except OSError:
        pass  # started by hand, with stdout closed


def announce() -> None:
    """Tell the supervisor that we exit with 0, so that it does not wait until our memory is freed.

    A SIGCHLD, since it reads these anyway; the sender shows that it is none of the kernel's.
    """
    parent = engine.getppid()
    if parent > 0:  # 0: it is not in our PID namespace
        engine.kill(parent, engine.signal.SIGCHLD)
