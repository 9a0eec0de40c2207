"""The readiness waiter: a child of the supervisor that leaves when the dependencies are ready.

The supervisor speaks no TLS and knows no API. It starts this program with the pod and
the names, reads the verdict from its exit code (kubexit.waiter.errors; 0 is ready), and sends
TERM when the time is up: then we say what was last seen, and leave at once.

It also asks the URLs that need TLS or a name resolved (kubexit.waiter.urls): before the birth, or
as quit requests after the death, when it has no verdict to give.
"""

import gc
import os
import signal
import sys
from types import FrameType
from typing import TYPE_CHECKING

from kubexit.waiter.arguments import Arguments

if TYPE_CHECKING:
    from threading import Thread

    from kubexit.waiter.pod import Pod
    from kubexit.waiter.readiness import Missing
    from kubexit.waiter.urls import Answer, Url

READY, UNAVAILABLE, INTERNAL = 0, 69, 70


class Waiter:
    """Waits for the containers, and can say at any time for what it waits."""

    def __init__(self, arguments: Arguments) -> None:
        from kubexit.waiter.log import Log

        self.log = Log(arguments.name, os.environ)
        self._arguments = arguments
        self._pod: Pod | None = None
        self._missing: list[Missing] | None = None
        self._unanswered: dict[str, str] = {url: "no answer yet" for _, url in arguments.urls}

    def run(self) -> int:
        """Return the verdict; exceptions of kubexit.waiter.errors are verdicts too.

        URLs are asked beside the API, so that one that never answers does not keep the API's word back.
        """
        gc.disable()  # imports leave no garbage, and looking for it takes a tenth of the time to the first request
        asking = self._ask_urls()
        while True:
            ready = self._await_containers() if self._arguments.dependencies else "the URLs have answered"
            if asking is None or not asking.is_alive():
                return self._ready(ready)
            asking.join()  # then look again: what the API said may be of a while ago

    def quit(self) -> int:
        """Send the quit requests; how they go changes no exit code."""
        from kubexit.waiter import urls

        asked = [urls.Url(*pair) for pair in self._arguments.urls]
        urls.ask_all(asked, self._arguments.quit_seconds, self._tell_quit)
        return READY

    def _tell_quit(self, url: "Url", answer: "Answer") -> None:
        log = self.log.info if answer.good else self.log.warn
        log(f"quit request {url.method} {url.text}: {answer.words}")

    def _ask_urls(self) -> "Thread | None":
        if not self._arguments.urls:
            return None
        import threading

        from kubexit.waiter import urls

        asked = [urls.Url(*pair) for pair in self._arguments.urls]
        thread = threading.Thread(target=urls.await_all, args=(asked, self._tell_answer), daemon=True)
        thread.start()
        return thread

    def _tell_answer(self, url: "Url", answer: "Answer") -> None:
        if answer.good:
            self._unanswered.pop(url.text, None)
            return
        gc.enable()  # this may take long
        if self._unanswered.get(url.text) != answer.words:
            self._unanswered[url.text] = answer.words
            self.log.debug(f"not ready: {url.text}: {answer.words}")

    def _ready(self, what: str) -> int:
        # Ready was seen: a TERM that comes from now on finds a verdict.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        self.log.info(f"ready: {what}")
        return READY

    def _await_containers(self) -> str:
        from kubexit.waiter import names, pod, readiness
        from kubexit.waiter.cluster import SERVICE_ACCOUNT, Account, Cluster

        arguments = self._arguments
        cluster = Cluster(Account(arguments.service_account or SERVICE_ACCOUNT))
        self._pod = pod.Pod(cluster, arguments.pod, arguments.namespace, self.log, arguments.watch_seconds)
        for seen in self._pod.sightings():
            awaited = names.awaited(seen, arguments.name, arguments.dependencies)
            self._missing = readiness.missing(seen, awaited)
            if not self._missing:
                return ", ".join(awaited) or "nothing to wait for"
            gc.enable()
            self.log.debug(f"not ready: {', '.join(map(str, self._missing))}")
        raise RuntimeError("the pod is out of sight")  # sightings never end

    def _missing_words(self) -> list[str]:
        trouble = self._pod.trouble if self._pod is not None else ""
        if self._missing is not None:
            words = ", ".join(map(str, self._missing))
            return [words + (f"; out of date: {trouble}" if trouble else "")] if words else []
        dependencies = ", ".join(self._arguments.dependencies)
        return [f"{dependencies} (the pod was not seen: {trouble or 'no answer yet'})"] if dependencies else []

    def leave(self, number: int, frame: FrameType | None) -> None:
        """At TERM: the last word, without unwinding what is under way."""
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        found = ", ".join([f"{url}: {words}" for url, words in self._unanswered.items()] + self._missing_words())
        if not found:
            os._exit(READY)  # it was seen in the moment before
        self.log.error(f"not ready: {found}")
        os._exit(UNAVAILABLE)


def main() -> int:
    """Wait as the command line says; the exit code is the verdict."""
    arguments = Arguments(sys.argv[1:])
    waiter = Waiter(arguments)
    os.environ.pop("SSLKEYLOGFILE", None)  # urllib3 would write our keys there, and fail where it cannot
    if arguments.quit_seconds > 0:
        return waiter.quit()
    signal.signal(signal.SIGTERM, waiter.leave)
    from kubexit.waiter.errors import WaiterError

    try:
        return waiter.run()
    except WaiterError as error:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        waiter.log.error(str(error), error.attachment)
        return error.code
    except Exception as error:
        waiter.log.error(f"the readiness waiter failed: {type(error).__name__}: {error}")
        return INTERNAL
