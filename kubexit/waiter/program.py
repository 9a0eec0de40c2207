"""The readiness waiter: a child of the supervisor that exits when the dependencies are ready.

The supervisor speaks no TLS and knows no API. It starts this program with the pod and
the names, reads the verdict from its exit code (kubexit.waiter.errors; 0 is ready), and sends
SIGTERM when the time is up: then we say what was last seen, and exit at once.

It also asks the URLs that need TLS or a name resolved (kubexit.waiter.urls): before the birth, or
as quit requests after the death, when it has no verdict to give.

There are two steps. The first, `look`, imports next to nothing; most waits end with it. The second,
`wait`, has the official client. In the static file an archive is opened between the two.
"""

import gc

from kubexit.waiter import engine
from kubexit.waiter.arguments import Arguments
from kubexit.waiter.errors import StatusError, WaiterError, announce, give_reason
from kubexit.waiter.log import Log
from kubexit.waiter.questions import Questions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from kubexit.waiter.account import Account
    from kubexit.waiter.readiness import Missing, Object
    from kubexit.waiter.view import View

READY, UNAVAILABLE, INTERNAL = 0, 69, 70
SIGTERM, SIG_IGN = engine.signal.SIGTERM, engine.signal.SIG_IGN


class Waiter:
    """Waits for the containers, and can say at any time for what it waits."""

    def __init__(self, arguments: Arguments) -> None:
        self.log = Log(arguments.name, engine.environ, arguments.log_level, arguments.log_format)
        self._arguments = arguments
        self._account: Account | None = None
        self._view: View | None = None
        self._trouble: Exception | None = None
        self._missing: list[Missing] | None = None
        self._awaited: list[str] = []
        self._questions = Questions(arguments.urls, self.log)
        self._held: Iterator[Object] | None = None
        self._is_old = False  # the containers were ready when a URL had not answered yet

    def look(self) -> int | None:
        """Return the verdict; None if it takes the official client to find it, by `wait`."""
        gc.disable()  # imports leave no garbage, and looking for it takes a tenth of the time to the first request
        if self._arguments.quit_seconds > 0:
            self._questions.quit(self._arguments.quit_seconds, self._arguments.quit_wait_seconds)
            return READY  # how they are answered changes no exit code
        if self._arguments.deaths:
            return self._verdict(self._follow)
        engine.signal.signal(SIGTERM, self._leave)
        return self._verdict(self._look)

    def wait(self) -> int:
        """Return the verdict, with the official client."""
        code = self._verdict(self._wait)
        return INTERNAL if code is None else code

    def _verdict(self, step: "Callable[[], int | None]") -> int | None:
        try:
            return step()
        except WaiterError as error:
            engine.signal.signal(SIGTERM, SIG_IGN)
            self.log.error(str(error), error.attachment)
            give_reason(("! " if self._arguments.deaths else "") + str(error))
            return error.code
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            self.log.error(f"the waiter failed: {reason}")
            give_reason(reason)
            return INTERNAL

    def _follow(self) -> int:
        """Report the deaths of containers, for as long as the command runs."""
        from kubexit.waiter.watcher import Watcher

        gc.enable()
        return Watcher(self._arguments, self.prepare()[0], self.log).run()

    def _look(self) -> int | None:
        self._questions.begin()
        while True:
            ready = self._await_containers(self._looked()) if self._arguments.dependencies else "the URLs have answered"
            if ready is None or self._questions.have_answered():
                return None if ready is None else self._ready(ready)

    def _wait(self) -> int:
        while True:
            ready = self._await_containers(self._waited())
            if ready is None:
                raise RuntimeError("the pod is out of sight")  # sightings never end
            if self._questions.have_answered():
                return self._ready(ready)
            self.prepare()  # from here on a new list counts

    def _await_containers(self, sightings: "Iterator[Object]") -> str | None:
        """What is ready; None if the sightings end before."""
        self._held = sightings  # with it goes a connection, and tidying that up takes longer than to exit
        for _ in sightings:
            if not self._missing:
                return ", ".join(self._awaited) or "nothing to wait for"
            if not gc.isenabled():
                gc.freeze()  # what is there now stays: no look for garbage goes through it while an event is handled
                gc.enable()
            self.log.debug(f"not ready: {', '.join(map(str, self._missing))}")
        return None

    def _judge(self, pod: "Object") -> None:
        """Note what is missing in this state of the pod."""
        from kubexit.waiter import names

        self._awaited, self._missing = names.judged(pod, self._arguments.name, self._arguments.dependencies)
        self._is_old = not self._missing and bool(self._questions.unanswered)

    def prepare(self) -> "tuple[Account, View]":
        """Read who we are; nothing is known of the pod yet."""
        from kubexit.waiter.account import SERVICE_ACCOUNT, Account
        from kubexit.waiter.view import View

        arguments = self._arguments
        if self._account is None:
            self._account = Account(arguments.service_account or SERVICE_ACCOUNT)
        uid = self._account.pod_uid(arguments.pod, arguments.namespace)
        self._view = View(arguments.pod, arguments.namespace, uid, self._judge, arguments.watch_seconds)
        return self._account, self._view

    def _looked(self) -> "Iterator[Object]":
        """What the first look sees; ends when the official client must continue."""
        from kubexit.waiter.look import Look

        account, view = self.prepare()
        try:
            yield from Look(account, view, self.log).sightings()
        except WaiterError:
            raise
        except Exception as trouble:
            self.log.debug(f"{view.verb}: {type(trouble).__name__}: {trouble}; the official client continues")
            if view.verb == "list":
                view.version = None
            if view.verb == "watch" or isinstance(trouble, StatusError):
                self._trouble = trouble

    def _waited(self) -> "Iterator[Object]":
        """What the official client sees."""
        import os

        from kubexit.waiter.cluster import Cluster
        from kubexit.waiter.pod import Pod

        os.environ.pop("SSLKEYLOGFILE", None)  # urllib3 would write our keys there, and fail where it cannot
        assert self._account is not None
        assert self._view is not None
        trouble, self._trouble = self._trouble, None
        return Pod(Cluster(self._account), self._view, self.log).sightings(trouble)

    def _ready(self, what: str) -> int:
        engine.signal.signal(SIGTERM, SIG_IGN)  # ready was seen: a SIGTERM that comes from now on finds a verdict
        announce()  # first, since the line takes a tenth of the way to the command; the supervisor waits for it
        self.log.info(f"ready: {what}")
        return READY

    def _missing_words(self) -> list[str]:
        trouble = self._view.trouble if self._view is not None else ""
        if self._missing is not None:
            words = ", ".join(map(str, self._missing))
            return [words + (f"; out of date: {trouble}" if trouble else "")] if words else []
        dependencies = ", ".join(self._arguments.dependencies)
        return [f"{dependencies} (the pod was not seen: {trouble or 'no answer yet'})"] if dependencies else []

    def _leave(self, number: int, frame: object) -> None:
        """At SIGTERM: the last word, without unwinding what is under way."""
        engine.signal.signal(SIGTERM, SIG_IGN)
        unanswered = [f"{url}: {words}" for url, words in self._questions.unanswered.items()]
        found = ", ".join(unanswered + self._missing_words())
        if not found and self._is_old:
            found = f"{', '.join(self._arguments.dependencies)} (not seen since the URLs have answered)"
        if not found:
            engine.leave(READY)  # it was seen in the moment before
        self.log.error(f"not ready: {found}")
        engine.leave(UNAVAILABLE)


def begin(words: "Sequence[str]") -> Waiter:
    """Look as the command line says, and exit with the verdict if there is one."""
    waiter = Waiter(Arguments(words))
    code = waiter.look()
    if code is not None:
        engine.leave(code)  # not by way of the interpreter's own end: the command waits for this program
    return waiter


def main(words: "Sequence[str]") -> None:
    """Wait as the command line says, and exit with the verdict."""
    engine.leave(begin(words).wait())
