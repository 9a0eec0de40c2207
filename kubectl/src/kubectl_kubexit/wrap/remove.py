"""Take out what inject.py puts in."""

from typing import Any

from ruamel.yaml.comments import CommentedMap

from kubectl_kubexit.admission.label import EMPTY, INJECTED, LABEL, MAIN, PLAN
from kubectl_kubexit.manifest.container import is_kubexit, place_of_kubexit
from kubectl_kubexit.wrap.editing import drop, without
from kubectl_kubexit.wrap.empty import noted, put_back
from kubectl_kubexit.wrap.sharing import own, own_parts


def remove(node: CommentedMap) -> bool:
    """Take kubexit out of the mapping of a pod; return whether something was changed.

    Volumes, mounts and variables of kubexit go, and kubexit in front of the commands, also if a person wrote them.
    A command that was found in the registry stays, since the manifest does not say that it was missing.
    """
    before = repr(node)
    own_parts(node)
    spec = node["spec"]
    metadata = node.get("metadata") or {}
    annotations: Any = metadata.get("annotations") or {}
    # A pod with the label and this plan alone asks the API server for kubexit: without its plan it would be refused.
    asks = LABEL in (metadata.get("labels") or {}) and MAIN not in annotations
    gone = (INJECTED, EMPTY) if asks else (INJECTED, PLAN, EMPTY)
    empty = noted(annotations)
    written = [key for key in gone if key in annotations]
    for key in written:
        drop(annotations, key)
    if written and not annotations:
        forget(node, empty)
    without(spec, "initContainers", delivers, empty.get("initContainers", ""))
    containers = [*(spec.get("initContainers") or []), *spec["containers"]]
    for container in containers:
        unwrap_container(container, empty)
    mounted = {mount.get("name") for container in containers for mount in container.get("volumeMounts") or []}
    without(spec, "volumes", lambda volume: volume.get("name") in {"kubexit", "graveyard"} - mounted,
            empty.get("volumes", ""))  # fmt: skip
    return repr(node) != before


def forget(node: CommentedMap, empty: dict[str, str]) -> None:
    """Take out annotations that are empty, and metadata that has nothing else, unless they were there before."""
    if "annotations" in empty:
        put_back(node["metadata"], "annotations", empty["annotations"])
        return
    drop(node["metadata"], "annotations")
    if not node["metadata"]:
        if "metadata" in empty:
            put_back(node, "metadata", empty["metadata"])
        else:
            drop(node, "metadata")


def delivers(container: Any) -> bool:
    """Return whether an init container only copies kubexit or clears the graveyard."""
    command = list(container.get("command") or [])
    tool = len(command) > 1 and is_kubexit(str(command[0])) and command[1] in {"--install", "--graveyard", "--clear"}
    return bool(tool or command[:2] == ["cp", "/bin/kubexit"])


def unwrap_container(container: CommentedMap, empty: dict[str, str]) -> None:
    """Take kubexit out of one container; empty: what was there before `wrap`."""
    name = container.get("name")
    words = [str(word) for key in ("command", "args") for word in container.get(key) or []]
    at = place_of_kubexit(words) if container.get("command") else None
    if at is not None:
        for index in reversed(range(at, at + (2 if words[at + 1 : at + 2] == ["--"] else 1))):
            remove_word(container, index)
    if any(str(variable.get("name", "")).startswith("KUBEXIT_") for variable in container.get("env") or []):
        without(container, "env", lambda variable: str(variable.get("name", "")).startswith("KUBEXIT_"),
                empty.get(f"{name}/env", ""))  # fmt: skip
    without(container, "volumeMounts", lambda mount: mount.get("name") in {"kubexit", "graveyard"},
            empty.get(f"{name}/volumeMounts", ""))  # fmt: skip


def remove_word(container: CommentedMap, index: int) -> None:
    """Remove one of the words of `command` and `args`; an empty list goes too."""
    before = len(container.get("command") or [])
    key, index = ("command", index) if index < before else ("args", index - before)
    shorter = own(container, key)
    del shorter[index]
    if not shorter:
        drop(container, key)
