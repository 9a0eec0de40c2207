"""Parts of a pod that are something else than the API server expects, so that a change could lose them."""

from typing import Any

from kubectl_kubexit.errors import UserError
from kubectl_kubexit.manifest.values import Row, Table
from kubectl_kubexit.manifest.workload import Pod

OF_POD = ("volumes", "initContainers", "containers")
OF_CONTAINER = ("env", "envFrom", "volumeMounts", "ports")
WORDS = ("command", "args")
MAPPINGS = ("lifecycle", "readinessProbe", "startupProbe", "livenessProbe", "securityContext")


def refuse_shape(pod: Pod) -> None:
    """Refuse a pod whose lists are no lists, or that has two containers of one name; None counts as missing.

    Raises:
        UserError: the message has the line, the path of the part and what it must be.
    """
    metadata = part(pod, pod.node, "metadata", "", Table)
    part(pod, metadata, "annotations", "metadata.", Table)
    for key in OF_POD:
        rows(pod, pod.spec, key, "spec.")
    names: set[str] = set()
    for kind in ("initContainers", "containers"):
        for index, container in enumerate(pod.spec.get(kind) or []):
            refuse_container(pod, container, f"spec.{kind}[{index}].")
            if container["name"] in names:
                raise refusal(pod, container, "name", f"two containers are called {container['name']}")
            names.add(container["name"])


def refuse_container(pod: Pod, container: Table, path: str) -> None:
    """Refuse a container with a part of another shape."""
    if not isinstance(container.get("name"), str):
        raise refusal(pod, container, "name", f"{path}name must be a text")
    for key in OF_CONTAINER:
        rows(pod, container, key, path)
    for key in WORDS:
        for word in part(pod, container, key, path, Row) or []:
            if isinstance(word, Table | Row) or word is None:
                raise refusal(pod, container, key, f"{path}{key} must be a list of texts")
    for key in MAPPINGS:
        part(pod, container, key, path, Table)


def rows(pod: Pod, owner: Table, key: str, path: str) -> None:
    """Refuse what is no list of mappings."""
    for index, element in enumerate(part(pod, owner, key, path, Row) or []):
        if not isinstance(element, Table):
            raise refusal(pod, owner, key, f"{path}{key}[{index}] must be a mapping")


def part(pod: Pod, owner: Any, key: str, path: str, kind: type[Any]) -> Any:
    """Return a part, or None; refuse one of another kind."""
    value = owner.get(key) if isinstance(owner, Table) else None
    if value is not None and not isinstance(value, kind):
        raise refusal(pod, owner, key, f"{path}{key} must be a {'mapping' if kind is Table else 'list'}")
    return value


def refusal(pod: Pod, owner: Table, key: str, message: str) -> UserError:
    """Return the error about a key."""
    at = owner.values_at.get(key, owner.at)
    return UserError(f"{pod.document.path}:{at.line}:{at.column} {pod.title}: {message}")
