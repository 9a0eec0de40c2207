"""Pod objects as the API server sends them, with only what a test is about."""

import base64
import copy
import json
from typing import Any

Pod = dict[str, Any]

RUNNING = {"running": {"startedAt": "2026-11-21T11:32:28Z"}}
UID = "11111111-2222-3333-4444-555555555555"


def terminated(code: int, **fields: Any) -> dict[str, Any]:
    """A container state: ended with this code."""
    return {"terminated": {"exitCode": code, "reason": "Completed" if code == 0 else "Error", **fields}}


def waiting(reason: str, message: str = "") -> dict[str, Any]:
    """A container state: not started yet, or not again."""
    return {"waiting": {"reason": reason, **({"message": message} if message else {})}}


def pod(*regular: str, inits: tuple[str, ...] = (), sidecars: tuple[str, ...] = (), **spec: Any) -> Pod:
    """A pod whose containers all run and are not ready; native sidecars start before plain init containers."""
    init_containers = [{"name": name, "restartPolicy": "Always"} for name in sidecars]
    init_containers += [{"name": name} for name in inits]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "job-1", "namespace": "shop", "uid": UID, "resourceVersion": "0"},
        "spec": {
            "restartPolicy": "Always",
            "containers": [{"name": name} for name in regular],
            **({"initContainers": init_containers} if init_containers else {}),
            **spec,
        },
        "status": {
            "phase": "Running",
            "containerStatuses": [status(name) for name in regular],
            **({"initContainerStatuses": [status(c["name"]) for c in init_containers]} if init_containers else {}),
        },
    }


def status(name: str, ready: bool = False, **fields: Any) -> dict[str, Any]:
    """The status of one container."""
    return {"name": name, "ready": ready, "restartCount": 0, "state": RUNNING, **fields}


def with_status(source: Pod, name: str, **fields: Any) -> Pod:
    """The pod with another status of this container."""
    changed = copy.deepcopy(source)
    for key in ("initContainerStatuses", "containerStatuses"):
        for index, entry in enumerate(changed["status"].get(key, [])):
            if entry["name"] == name:
                changed["status"][key][index] = {**entry, **fields}
    return changed


def ready(source: Pod, *names: str) -> Pod:
    """The pod with these containers ready."""
    for name in names:
        source = with_status(source, name, ready=True, started=True, state=RUNNING)
    return source


def with_metadata(source: Pod, **fields: Any) -> Pod:
    """The pod with other metadata."""
    changed = copy.deepcopy(source)
    changed["metadata"].update(fields)
    return changed


def token(**changes: object) -> str:
    """Return a token like the token that the kubelet mounts, without a valid signature."""
    bound = {"namespace": "shop", "pod": {"name": "job-1", "uid": UID}, "serviceaccount": {"name": "till"}}
    claims = {"sub": "system:serviceaccount:shop:till", "kubernetes.io": bound, **changes}
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({}, claims)]
    return ".".join([*parts, "signature"])
