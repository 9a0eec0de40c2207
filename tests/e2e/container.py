"""Containers and pods as manifests have them, in few words."""

from typing import Any

from e2e.images import EXAMPLE

GRAVEYARD = {"name": "graveyard", "mountPath": "/graveyard"}
# As the examples have it; enough for the restricted pod security standard.
CONFINED = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
USER = {
    "runAsNonRoot": True,
    "runAsUser": 65532,
    "runAsGroup": 65532,
    "seccompProfile": {"type": "RuntimeDefault"},
}
POD = [
    {"name": "KUBEXIT_POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
    {"name": "KUBEXIT_NAMESPACE", "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}}},
]


def container(name: str, script: str, /, more: dict[str, Any] | None = None, **settings: str) -> dict[str, Any]:
    """A container that runs a shell script under kubexit; `settings` are its settings, without their prefix."""
    return {
        **plain(name, script),
        "command": ["kubexit", "--", "sh", "-c", script],
        **_kubexit(name, settings),
        **(more or {}),
    }


def plain(name: str, script: str, /, more: dict[str, Any] | None = None) -> dict[str, Any]:
    """The same without kubexit."""
    return {
        "name": name,
        "image": EXAMPLE,
        "command": ["sh", "-c", script],
        "securityContext": CONFINED,
        "volumeMounts": [GRAVEYARD],
        **(more or {}),
    }


def native(made: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The container as a native sidecar, for the list of init containers."""
    return {**made, "restartPolicy": "Always", **more}


def clears() -> dict[str, Any]:
    """The init container that begins a new generation of the graveyard."""
    return {**plain("clear", ""), "command": ["kubexit", "--clear", "/graveyard"]}


def pod(*containers: dict[str, Any], init: tuple[dict[str, Any], ...] = (), **more: Any) -> dict[str, Any]:
    """The spec of a pod with a graveyard, which is not restarted."""
    return {
        "restartPolicy": "Never",
        "securityContext": USER,
        "terminationGracePeriodSeconds": 20,
        "volumes": [{"name": "graveyard", "emptyDir": {}}],
        "initContainers": list(init),
        "containers": list(containers),
        **more,
    }


def _kubexit(name: str, settings: dict[str, str]) -> dict[str, Any]:
    """The variables of the settings, and the name of the pod, for a wait by the API."""
    made: list[dict[str, Any]] = [{"name": f"KUBEXIT_{key}", "value": value} for key, value in settings.items()]
    return {"env": [{"name": "KUBEXIT_NAME", "value": name}, *made, *POD]}
