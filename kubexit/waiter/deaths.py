"""How the named containers are in one state of the pod: alive, ended, or ended for good. Nothing here does I/O."""

from kubexit.waiter import readiness
from kubexit.waiter.errors import SettingsError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from kubexit.waiter.readiness import Object

ALIVE = "alive"
ABSENT = "absent"  # not started yet
GONE = "gone"  # has ended, and the kubelet may start it again
DIED = "died"  # has ended for good


def check_names(pod: "Object", names: "Sequence[str]") -> None:
    """Refuse a name that the pod does not have: its death would never be seen.

    Raises:
        SettingsError: with the names that there are.
    """
    known = [container.get("name") for container in readiness.inits(pod) + readiness.regulars(pod)]
    for name in names:
        if name not in known:
            metadata = pod.get("metadata") or {}
            raise SettingsError(
                f"KUBEXIT_DEATH_DEPS: pod {metadata.get('namespace')}/{metadata.get('name')} has no container {name}; "
                f"it has {', '.join(map(str, known))}"
            )


def states(pod: "Object", names: "Sequence[str]") -> dict[str, str]:
    """Return the state of each name in words for the supervisor: `alive`, `absent`, `gone CODE` or `died CODE`."""
    entries = readiness.statuses(pod)
    return {name: _state(pod, name, entries.get(name) or {}) for name in names}


def _state(pod: "Object", name: str, entry: "Object") -> str:
    state = entry.get("state") or {}
    if "running" in state:
        return ALIVE
    ended = state.get("terminated")
    if ended is not None:
        return f"{DIED if readiness.is_over(pod, name, entry) else GONE} {_code(ended)}"
    # Between two lives it waits, for example for the end of a back-off: it is not started again yet.
    last = (entry.get("lastState") or {}).get("terminated")
    return ABSENT if last is None else f"{GONE} {_code(last)}"


def _code(ended: "Object") -> int:
    """Return the exit code; 255 if no process can have it."""
    code = ended.get("exitCode")
    return code if isinstance(code, int) and 0 <= code <= 255 else 255
