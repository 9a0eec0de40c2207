"""Which of the named containers are not ready, and why: a function of one pod object.

The API server sends a pod as it is at one moment. What was true in an earlier object
is not remembered: all dependencies must be ready in the same one. Nothing here
does I/O, so every rule can be tested with a dictionary.
"""

from kubexit.waiter.errors import NeverReadyError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    Object = dict[str, Any]


class Missing:
    """A container that is not ready, and the reason in words."""

    def __init__(self, name: str, why: str) -> None:
        self.name = name
        self.why = why

    def __str__(self) -> str:
        return f"{self.name} ({self.why})"


def missing(pod: "Object", names: "Sequence[str]") -> list[Missing]:
    """Return the names that are not ready in this pod; NeverReadyError if one can never be ready."""
    status = _part(pod, "status")
    if status.get("phase") in ("Failed", "Succeeded"):
        reason = ": ".join(str(status[key]) for key in ("reason", "message") if status.get(key))
        raise NeverReadyError(f"the pod has ended ({status['phase']}{', ' + reason if reason else ''})")
    seen = statuses(pod)
    found = []
    for name in names:
        entry = seen.get(name) or {}
        if not _is_ready(pod, name, entry):
            why = _why(entry, status)
            if is_over(pod, name, entry):
                raise NeverReadyError(f"container {name} can never be ready: it will not start again ({why})")
            found.append(Missing(name, why))
    return found


def stays(pod: "Object", uid: str | None) -> None:
    """Raise NeverReadyError for a pod that is being deleted, or that has another uid."""
    metadata = pod["metadata"]
    name = f"{metadata.get('namespace')}/{metadata.get('name')}"
    if uid is not None and metadata.get("uid") != uid:
        raise NeverReadyError(f"pod {name} was replaced by another one of the same name")
    if metadata.get("deletionTimestamp"):
        raise NeverReadyError(f"pod {name} is being deleted")


def is_init(pod: "Object", name: str) -> bool:
    """Whether the container is in spec.initContainers, as native sidecars are too."""
    return any(container.get("name") == name for container in inits(pod))


def is_sidecar(container: "Object") -> bool:
    """Whether an init container is a native sidecar (KEP-753)."""
    return container.get("restartPolicy") == "Always"


def regulars(pod: "Object") -> "list[Object]":
    """spec.containers."""
    return _entries(_part(pod, "spec"), "containers")


def inits(pod: "Object") -> "list[Object]":
    """spec.initContainers, in the order in which they start."""
    return _entries(_part(pod, "spec"), "initContainers")


def statuses(pod: "Object") -> "dict[str, Object]":
    """The status of each container by its name."""
    entries = _entries(_part(pod, "status"), "initContainerStatuses", "containerStatuses")
    return {str(entry.get("name")): entry for entry in entries}


def is_over(pod: "Object", name: str, entry: "Object") -> bool:
    """Whether the kubelet will not start the container again (KEP-5307 and KEP-5532 included)."""
    terminated = (entry.get("state") or {}).get("terminated")
    if terminated is None:
        return False
    own = _container(pod, name)
    rules = [rule for container in regulars(pod) + inits(pod) for rule in container.get("restartPolicyRules") or []]
    if own.get("restartPolicyRules") or any(rule.get("action") == "RestartAllContainers" for rule in rules):
        return False  # a rule may start it again, or all of them
    policy = own.get("restartPolicy") or (pod.get("spec") or {}).get("restartPolicy")
    return policy == "Never" or (policy == "OnFailure" and terminated.get("exitCode") == 0)


def _is_ready(pod: "Object", name: str, entry: "Object") -> bool:
    state = _part(entry, "state")
    container = _container(pod, name)
    if is_init(pod, name) and not is_sidecar(container):
        # A plain init container is ready when its work is done.
        return _part(state, "terminated").get("exitCode") == 0
    # `ready` lags behind for a moment when every container of the pod is restarted.
    return entry.get("ready") is True and "terminated" not in state and "waiting" not in state


def _why(entry: "Object", status: "Object") -> str:
    state = entry.get("state") or {}
    words = []
    if "running" in state:
        words.append(
            "running, not ready"
            if entry.get("started") is not False
            else "running, its startup probe has not succeeded"
        )
    elif "terminated" in state:
        words.append(_exited(state["terminated"] or {}))
    elif waiting := state.get("waiting"):
        words.append("waiting: " + ": ".join(str(waiting[key]) for key in ("reason", "message") if waiting.get(key)))
    elif entry:
        words.append("not started")
    else:
        words.append(f"no status yet, the pod is {status.get('phase') or 'new'}{_condition(status)}")
    if entry.get("restartCount"):
        words.append(f"{entry['restartCount']} restart{'s' if entry['restartCount'] != 1 else ''}")
    if last := (entry.get("lastState") or {}).get("terminated"):
        words.append("before that " + _exited(last))
    return ", ".join(words)


def _exited(terminated: "Object") -> str:
    signal = f", signal {terminated['signal']}" if terminated.get("signal") else ""
    reason = f", {terminated['reason']}" if terminated.get("reason") else ""
    return f"exited with {terminated.get('exitCode')}{signal}{reason}"


def _condition(status: "Object") -> str:
    """Why a pod was not even scheduled."""
    for condition in _entries(status, "conditions"):
        if condition.get("type") == "PodScheduled" and condition.get("status") != "True":
            return f", {condition.get('reason')}: {condition.get('message')}"
    return ""


def _container(pod: "Object", name: str) -> "Object":
    return next((container for container in regulars(pod) + inits(pod) if container.get("name") == name), {})


def _part(parent: "Object", key: str) -> "Object":
    """An object in another one, empty if it is absent; TypeError for anything else."""
    part = parent.get(key) or {}
    if not isinstance(part, dict):
        raise TypeError(f"{key} is no object")
    return part


def _entries(parent: "Object", *keys: str) -> "list[Object]":
    """The objects of lists in an object; TypeError for anything else."""
    entries = [entry for key in keys for entry in parent.get(key) or []]
    if not all(isinstance(entry, dict) for entry in entries):
        raise TypeError(f"{keys[-1]} has an entry that is no object")
    return entries
