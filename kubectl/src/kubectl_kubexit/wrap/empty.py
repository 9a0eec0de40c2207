"""Lists and mappings that were empty before a change: unwrap leaves them as their author wrote them."""

from collections.abc import Iterator
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from kubectl_kubexit.admission.label import EMPTY
from kubectl_kubexit.wrap.trailing import give_behind, take_inside

KINDS = {"[]": CommentedSeq, "{}": CommentedMap}
NULL = "null"


def recorded(node: CommentedMap, names: list[str]) -> str:
    """Return what is empty in the mapping of a pod, as unwrap reads it: `volumes=[],CONTAINER/env=null`."""
    found = []
    for path, table, key in places(node):
        container = path.partition("/")[0] if "/" in path else None
        if key in table and not table[key] and (container is None or container in names):
            kind = "[]" if isinstance(table[key], list) else "{}" if isinstance(table[key], dict) else NULL
            found.append(f"{path}={kind}")
    return ",".join(found)


def noted(annotations: Any) -> dict[str, str]:
    """Return what the annotation of `wrap` says: by each path, what was there."""
    pairs = (word.partition("=") for word in str(annotations.get(EMPTY, "")).split(","))
    return {path: kind for path, _, kind in pairs if kind in {*KINDS, NULL}}


def places(node: CommentedMap) -> Iterator[tuple[str, Any, str]]:
    """Return where `wrap` adds something: the path in the annotation, and the mapping with its key."""
    yield "metadata", node, "metadata"
    yield "annotations", node.get("metadata") or {}, "annotations"
    yield "initContainers", node["spec"], "initContainers"
    yield "volumes", node["spec"], "volumes"
    for container in node["spec"]["containers"]:
        for key in ("env", "volumeMounts"):
            yield f"{container['name']}/{key}", container, key


def put_back(table: CommentedMap, key: str, kind: str, rest: str = "") -> None:
    """Make the value of a key empty again; its comments, and the ones behind it (rest), stay."""
    before = take_inside(table, key)
    table[key] = KINDS[kind]() if kind in KINDS else None
    if kind in KINDS:
        table[key].fa.set_flow_style()
    give_behind(table, key, before + rest)
