"""Lists and mappings that several places of a document share by an alias: each place gets its own before a change."""

from copy import deepcopy
from typing import Any

from ruamel.yaml.anchor import Anchor
from ruamel.yaml.comments import CommentedMap, CommentedSeq, merge_attrib

SHARED = "_kubexit_shared"  # the attribute of a list or mapping that an alias shares


def own_parts(pod: CommentedMap) -> None:
    """Give a pod its own mappings and lists where a change goes: metadata, spec, and each container."""
    for owner, key in ((pod, "metadata"), (pod.get("metadata"), "annotations"), (pod, "spec")):
        if owner and owner.get(key):
            own(owner, key, CommentedMap)
    for key in ("initContainers", "containers"):
        containers = own(pod["spec"], key) if pod["spec"].get(key) else []
        for index, container in enumerate(containers):
            if hasattr(container, SHARED):
                containers[index] = copied(container)


def own(table: CommentedMap, key: str, kind: type[Any] = CommentedSeq) -> Any:
    """Return the list or mapping of a key for a change: made if missing, copied if an alias shares it."""
    value = table.get(key)
    if value is None:
        value = kind()
        table[key] = value
    elif hasattr(value, SHARED) or merged(table, key):
        value = copied(value)
        table[key] = value
    return value


def merged(table: CommentedMap, key: str) -> bool:
    """Return whether a key comes from a merged mapping."""
    return key not in dict.keys(table)


def mark_shared(value: Any, seen: set[int]) -> None:
    """Mark the lists and mappings that several places of a document share by an alias.

    ruamel does not keep anchors such as id001, which a program made, so an anchor alone does not show this.
    """
    if not isinstance(value, CommentedMap | CommentedSeq):
        return
    if id(value) in seen:
        setattr(value, SHARED, True)
        return
    seen.add(id(value))
    for child in value.values() if isinstance(value, CommentedMap) else value:
        mark_shared(child, seen)


def copied(value: Any) -> Any:
    """Return a copy without anchors, which can be in a document only once, and without marks."""
    return plain(deepcopy(value), {})


def plain(value: Any, known: dict[int, Any]) -> Any:
    """Remove anchors and marks from a value and all below it; no two places of it are one, and no `<<` is left."""
    if id(value) in known:
        return deepcopy(known[id(value)])
    for attribute in (Anchor.attrib, SHARED):
        if hasattr(value, attribute):
            delattr(value, attribute)
    if isinstance(value, CommentedSeq):
        known[id(value)] = value
        for index, child in enumerate(value):
            value[index] = plain(child, known)
    elif isinstance(value, CommentedMap):
        table = without_merge(value)
        known[id(value)] = table
        for key in list(table):
            table[key] = plain(table[key], known)
        return table
    return value


def without_merge(table: CommentedMap) -> CommentedMap:
    """Return a mapping in which the keys of merged mappings are written out, with its comments."""
    if not hasattr(table, merge_attrib):
        return table
    flat = CommentedMap((key, table[key]) for key in table)
    if table.fa.flow_style():
        flat.fa.set_flow_style()
    flat.ca.items.update(table.ca.items)
    flat.ca.comment = table.ca.comment
    return flat
