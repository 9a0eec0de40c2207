"""The watcher: reports to the supervisor how the death dependencies are, for as long as the command runs.

It is the first look (kubexit.waiter.look) again and again, never the official client: that one would cost several times
the memory, in each container. On stdout it writes lines for the supervisor (ext/children/watcher.pyx):

    NAME STATE    a container is in another state than before (kubexit.waiter.deaths)
    .             all of this is so at this moment: after the first report, and after the one that follows a ?
    ?             the pod is out of sight: what was reported may have changed
    ! SENTENCE    why it ends with an exit code

What it cannot see is no death: after its first list it continues to try after any failure.
"""

from time import monotonic, sleep

from kubexit.waiter import deaths, engine
from kubexit.waiter.errors import NeverReadyError, RefusedError, StatusError, WaiterError, WatchEndedError
from kubexit.waiter.view import View

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kubexit.waiter.account import Account
    from kubexit.waiter.arguments import Arguments
    from kubexit.waiter.log import Log
    from kubexit.waiter.readiness import Object

UNAUTHORIZED, FORBIDDEN, NOT_FOUND, GONE = 401, 403, 404, 410
WATCH_SECONDS = 600  # of one watch; when it ends, the next one continues without a list
REFUSED_SECONDS = 2.0  # a Role made together with the pod takes a moment to count
LEAST_SECONDS, MOST_SECONDS = 0.5, 60.0  # the bound of a random pause before the next try
STDOUT = 1
FINISHED, INTERNAL = 0, 70


class Watcher:
    """Follows one pod, and reports changes of some containers."""

    def __init__(self, arguments: "Arguments", account: "Account", log: "Log") -> None:
        self._arguments, self._account, self._log = arguments, account, log
        self._uid = account.pod_uid(arguments.pod, arguments.namespace)
        self._states: dict[str, str] = {}
        self._reported: dict[str, str] = {}
        self._began = monotonic()
        self._seen = arguments.deaths == "again"  # the pod was seen before, perhaps by a watcher that was lost
        self._bound = LEAST_SECONDS
        self._warned = ""
        self._blind = False  # the supervisor knows that the pod is out of sight

    def run(self) -> int:
        """Watch. Return an exit code when there is nothing to see any longer, or nothing from the beginning."""
        while True:
            try:
                self._watch()
            except NeverReadyError as error:
                return self._leave(str(error))
            except WaiterError:
                raise
            except StatusError as error:
                self._bear(error)
            except Exception as error:
                self._pause(f"{type(error).__name__}: {error}")

    def _watch(self) -> None:
        from kubexit.waiter.look import Look

        arguments = self._arguments
        seconds = arguments.watch_seconds if arguments.watch_seconds != 20 else WATCH_SECONDS
        view = View(arguments.pod, arguments.namespace, self._uid, self._judge, seconds, seconds)
        for pod in Look(self._account, view, self._log, checks=False).sightings():
            self._report(pod)
        raise WatchEndedError("the watch has ended")

    def _judge(self, pod: "Object") -> None:
        """Find the states in a pod before it counts as seen: one of an odd shape is asked for again."""
        if not self._seen:
            deaths.check_names(pod, self._arguments.dependencies)
        self._states = deaths.states(pod, self._arguments.dependencies)

    def _report(self, pod: "Object") -> None:
        """Report what is new."""
        lines = [f"{name} {state}\n" for name, state in self._states.items() if self._reported.get(name) != state]
        lines += [".\n"] if self._blind or not self._reported else []
        for line in lines:
            engine.write(STDOUT, line.encode())
        self._reported, self._seen, self._blind = self._states, True, False
        self._uid = pod["metadata"].get("uid")
        self._bound, self._warned = LEAST_SECONDS, ""

    def _leave(self, why: str) -> int:
        """The pod is gone, replaced or being deleted: no death. Before the start that is a reason not to start."""
        if self._seen:
            self._log.debug(f"{why}: no death is reported from here on")
            return FINISHED
        raise NeverReadyError(why)

    def _bear(self, error: StatusError) -> None:
        """Try again after a refusal; RefusedError if nothing was ever granted."""
        if error.status == UNAUTHORIZED:
            self._account.read()
        refused = error.status in (UNAUTHORIZED, FORBIDDEN)
        if not self._seen and error.status == NOT_FOUND:
            raise NeverReadyError(f"the API server knows no pods in namespace {self._arguments.namespace} (404)")
        if not self._seen and refused and monotonic() - self._began > REFUSED_SECONDS:
            account = "does not accept the token of this service account"
            if error.status == FORBIDDEN:
                account = f"does not let this service account list and watch pods in {self._arguments.namespace}"
            raise RefusedError(f"the API server {account} ({error.status})")
        self._pause(str(error), 0.5 if refused and not self._seen else MOST_SECONDS)

    def _pause(self, trouble: str, most_seconds: float = MOST_SECONDS) -> None:
        """Wait a random time, with a bound that doubles: thousands of watchers come back after an outage."""
        self._tell_blind()
        seconds = min(self._bound, most_seconds) * int.from_bytes(engine.urandom(4)) / 2**32
        self._bound = min(self._bound * 2, MOST_SECONDS)
        told, self._warned = self._warned, trouble
        log = self._log.debug if trouble == told else self._log.warn
        log(f"deaths in the Kubernetes API are not seen at the moment: {trouble}; next try in {seconds:.1f} s")
        sleep(seconds)

    def _tell_blind(self) -> None:
        """Tell the supervisor that the pod is out of sight: the kubelet may undo an end that is not seen meanwhile."""
        if not self._seen or self._blind:
            return
        try:
            engine.write(STDOUT, b"?\n")
            self._blind = True
        except OSError:
            pass  # the pipe is full: the next pause tries again
