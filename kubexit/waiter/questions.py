"""The URLs of one waiter: asked in a thread beside the API before the birth, or once each as quit requests."""

import gc

from kubexit.waiter import urls

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _thread import LockType

    from kubexit.waiter.log import Log


class Questions:
    """Which URLs have not answered 2xx, and how they were last answered."""

    def __init__(self, pairs: list[tuple[str, str]], log: "Log") -> None:
        self._urls = [urls.Url(*pair) for pair in pairs]
        self._log = log
        self._asking: LockType | None = None
        self.unanswered: dict[str, str] = {url.text: "no answer yet" for url in self._urls}

    def begin(self) -> None:
        """Ask until each has answered 2xx, in a thread: one that never answers does not delay the API's answer."""
        if self._urls:
            self._asking = urls.start(lambda: urls.await_all(self._urls, self.take))

    def have_answered(self) -> bool:
        """Whether they have. If not, wait until they have: then the API's answer is old.

        The end of a thread is not an answer. Only an answer of the server is.
        """
        if not self.unanswered:
            return True
        if self._asking is not None:
            self._asking.acquire()
            self._asking = None
        if self.unanswered:
            raise RuntimeError(f"{', '.join(self.unanswered)}: not answered, and the thread that asks has ended")
        return False

    def take(self, url: urls.Url, answer: urls.Answer) -> None:
        """Note an answer."""
        if answer.good:
            self.unanswered.pop(url.text, None)
            return
        gc.enable()  # this may take long
        if self.unanswered.get(url.text) != answer.words:
            self.unanswered[url.text] = answer.words
            self._log.debug(f"not ready: {url.text}: {answer.words}")

    def quit(self, seconds: float, wait_seconds: float) -> None:
        """Send each as a quit request, and log the answers. Then wait until the sidecars that answered have ended.

        Args:
            seconds: the time limit of all, the wait included.
            wait_seconds: how long to wait for the end of a sidecar; 0: not at all.
        """
        urls.ask_all(self._urls, seconds, self._log_quit, wait_seconds)

    def _log_quit(self, url: urls.Url, answer: urls.Answer) -> None:
        log = self._log.info if answer.good else self._log.warn
        after = "" if answer.good or not answer.is_of_end else "; kubexit's exit code stays"
        log(f"quit request {url.method} {url.text}: {answer.words}{after}")
