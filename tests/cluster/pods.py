"""Pod objects whose status a test drives: no kubelet is asked, and none takes them."""

import uuid
from typing import Any

from cluster.access import Access, RefusedError

HOLD = "kubexit.test/hold"  # a finalizer: the object stays until the test lets it go
IMAGE = "example.test/none:1"


def plain(name: str, **more: Any) -> dict[str, Any]:
    """A container as it is in a spec."""
    return {"name": name, "image": IMAGE, **more}


def sidecar(name: str) -> dict[str, Any]:
    """A native sidecar: an init container that continues to run."""
    return plain(name, restartPolicy="Always")


class PodObject:
    """One Pod of the API server, and the container states that the test gave it."""

    def __init__(self, access: Access, *containers: str | dict[str, Any], **keywords: Any) -> None:
        """Create it: containers by name or as in a spec; `init`, `name`, `held`, and the rest are fields of the spec.

        `held` keeps a deleted pod as an object, as a kubelet does while it ends the containers.
        """
        self._access = access
        self.name: str = keywords.pop("name", f"pod-{uuid.uuid4().hex[:8]}")
        held: bool = keywords.pop("held", False)
        init: list[dict[str, Any]] = keywords.pop("init", [])
        regular = [container if isinstance(container, dict) else plain(container) for container in containers]
        self._lists = {"containerStatuses": regular, "initContainerStatuses": init}
        self._states: dict[str, dict[str, Any]] = {}
        spec = {
            "automountServiceAccountToken": False,
            "containers": regular,
            "initContainers": init,
            # No scheduler takes it, so no kubelet of a real cluster writes a status over the test's.
            "schedulerName": "kubexit-test",
            **keywords,
        }
        metadata = {"name": self.name, "finalizers": [HOLD] if held else []}
        access.call("POST", access.pods, {"kind": "Pod", "apiVersion": "v1", "metadata": metadata, "spec": spec})

    @property
    def path(self) -> str:
        return f"{self._access.pods}/{self.name}"

    def show(self, **states: dict[str, Any]) -> None:
        """Change the states of the named containers, all in one step: `show(db=RUNNING)`."""
        self._states.update(states)
        # A list of statuses is replaced whole, so each change sends all of them.
        status = {
            key: [self._status(container["name"]) for container in containers]
            for key, containers in self._lists.items()
        }
        self._access.call("PATCH", f"{self.path}/status", {"status": status})

    def delete(self) -> None:
        self._access.call("DELETE", self.path, query={"gracePeriodSeconds": "0"})

    def release(self) -> None:
        """Let go of a held pod, which ends it if it was deleted."""
        self._access.call("PATCH", self.path, {"metadata": {"finalizers": None}})

    def remove(self) -> None:
        """Remove what is left of it."""
        try:
            self.release()
            self.delete()
        except RefusedError as error:
            if error.code != 404:
                raise

    def _status(self, name: str) -> dict[str, Any]:
        image = {"name": name, "image": IMAGE, "imageID": ""}
        return {**image, "ready": False, "restartCount": 0, **self._states.get(name, WAITING)}


def waiting(reason: str, message: str = "", restarts: int = 0) -> dict[str, Any]:
    """A container that has not started, and why."""
    return {"restartCount": restarts, "state": {"waiting": {"reason": reason, "message": message}}}


def terminated(code: int, reason: str = "", message: str = "") -> dict[str, Any]:
    """A container that has ended, with its termination message."""
    reason = reason or ("Error" if code else "Completed")
    ended = {"exitCode": code, "reason": reason, "message": message, "containerID": "containerd://0"}
    return {"state": {"terminated": ended}}


def running(ready: bool, restarts: int = 0) -> dict[str, Any]:
    """A container that runs."""
    state = {"running": {"startedAt": "2026-01-01T00:00:00Z"}}
    return {"ready": ready, "started": True, "restartCount": restarts, "state": state}


WAITING = waiting("ContainerCreating")
RUNNING = running(ready=False)
READY = running(ready=True)
