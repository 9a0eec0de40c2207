"""Pods and pod templates of any kind, known or not."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from kubectl_kubexit.manifest.container import INIT, MAIN, SIDECAR, Container, text_of
from kubectl_kubexit.manifest.tree import Document, row_at, table_at, tables_of
from kubectl_kubexit.manifest.values import Position, Row, Table

Path = tuple[str | int, ...]
# How deep a pod template can be in a kind that is not known: a circle of aliases must end.
DEPTH = 24
LEAST_GRACE = 2  # seconds, which the kubelet waits also if the pod says less (minimumGracePeriodInSeconds)


@dataclass
class Pod:
    """A pod, or the template of one.

    node: the mapping with `metadata` and `spec`. path: the keys that lead to it in its document. owner: the object that
    it belongs to, with `kind` and `metadata`.
    """

    document: Document
    node: Table
    path: Path
    owner: Table
    containers: list[Container] = field(default_factory=list)

    @property
    def spec(self) -> Table:
        """The specification of the pod."""
        return table_at(self.node, "spec")

    @property
    def kind(self) -> str:
        """The kind of the object, for example Job."""
        return text_of(self.owner.get("kind")) or "Pod"

    @property
    def name(self) -> str:
        """The name of the object; "" if it has none."""
        metadata = table_at(self.owner, "metadata")
        return text_of(metadata.get("name")) or text_of(metadata.get("generateName"))

    @property
    def title(self) -> str:
        """The kind and the name, for a person: Job/report, or Job without a name."""
        return f"{self.kind}/{self.name}" if self.name else self.kind

    @property
    def namespace(self) -> str:
        """The namespace of the object; "" if the manifest does not say."""
        return text_of(table_at(self.owner, "metadata").get("namespace"))

    @property
    def at(self) -> Position:
        """Where the pod begins."""
        return self.spec.at

    @cached_property
    def annotations(self) -> Table:
        """The annotations of the pod itself, not of the object that makes it."""
        return table_at(self.node, "metadata", "annotations")

    @cached_property
    def labels(self) -> Table:
        """The labels of the pod itself."""
        return table_at(self.node, "metadata", "labels")

    @property
    def restart_policy(self) -> str:
        """Never, OnFailure or Always."""
        return text_of(self.spec.get("restartPolicy")) or "Always"

    def restart_policy_of(self, container: Container) -> str:
        """Return the restart policy of a main container: its own, or else that of the pod."""
        return text_of(container.node.get("restartPolicy")) or self.restart_policy

    @property
    def ends(self) -> bool:
        """Whether the pod is meant to end by itself."""
        return self.restart_policy != "Always"

    @cached_property
    def volumes(self) -> dict[str, Table]:
        """The volumes of the pod by name."""
        return {text_of(volume.get("name")): volume for volume in tables_of(self.spec, "volumes")}

    @property
    def grace_seconds(self) -> int:
        """How many seconds the kubelet waits between SIGTERM and SIGKILL."""
        seconds = self.spec.get("terminationGracePeriodSeconds")
        if isinstance(seconds, bool) or not isinstance(seconds, int):
            return 30
        return max(seconds, LEAST_GRACE)

    def container(self, name: str) -> Container | None:
        """Return the container of a name; None if the pod does not have it."""
        return next((container for container in self.containers if container.name == name), None)


def pods(document: Document) -> Iterator[Pod]:
    """Find the pods and pod templates of a document: of a List, each object is looked at."""
    content = document.content
    if (
        isinstance(content, Table)
        and text_of(content.get("kind")).endswith("List")
        and isinstance(content.get("items"), Row)
    ):
        for index, item in enumerate(row_at(content, "items")):
            if isinstance(item, Table):
                yield from templates(document, item, item, ("items", index), 0)
    elif isinstance(content, Table):
        yield from templates(document, content, content, (), 0)


def templates(document: Document, owner: Table, node: Any, path: Path, depth: int) -> Iterator[Pod]:
    """Find the mappings below a node that have a `spec` with containers."""
    if depth > DEPTH:
        return
    if isinstance(node, Table):
        # The `spec` of another object is no pod: its containers are, for example, changes to the pods that it makes.
        if is_pod(node) and (node is not owner or text_of(node.get("kind")) in {"Pod", ""}):
            yield Pod(document, node, path, owner, containers_of(table_at(node, "spec")))
            return
        for key, value in node.items():
            if isinstance(value, Table | Row):
                yield from templates(document, owner, value, (*path, key), depth + 1)
    elif isinstance(node, Row):
        for index, value in enumerate(node):
            if isinstance(value, Table | Row):
                yield from templates(document, owner, value, (*path, index), depth + 1)


def is_pod(node: Table) -> bool:
    """Return whether a mapping is a pod or a pod template: its spec has a list of named containers."""
    containers = table_at(node, "spec").get("containers")
    if not isinstance(containers, Row) or not containers:
        return False
    return all(isinstance(container, Table) and "name" in container for container in containers)


def containers_of(spec: Table) -> list[Container]:
    """Return the containers of a pod in the order in which the kubelet starts them."""
    found = [
        Container(node, SIDECAR if node.get("restartPolicy") == "Always" else INIT, index)
        for index, node in enumerate(row_at(spec, "initContainers"))
        if isinstance(node, Table)
    ]
    found += [
        Container(node, MAIN, index) for index, node in enumerate(row_at(spec, "containers")) if isinstance(node, Table)
    ]
    return found
