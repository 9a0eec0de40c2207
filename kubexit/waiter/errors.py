"""What the waiter has to say to the supervisor, which only reads its exit code.

A waiter that just ended would leave the reader of a pod's log with a number.
Each exception is one sentence for the log and one of the documented codes.
"""


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
    """The dependencies can never be ready in this pod any more."""

    code = 69


class RefusedError(WaiterError):
    """The API server does not let this service account look."""

    code = 77
