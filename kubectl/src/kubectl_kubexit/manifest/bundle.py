"""All that is checked at once: the documents of some files, with what they say about each other."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from kubectl_kubexit.manifest.container import Container, Variable, text_of
from kubectl_kubexit.manifest.expansion import expanded
from kubectl_kubexit.manifest.tree import Document, documents, row_at, table_at, tables_of
from kubectl_kubexit.manifest.values import Table
from kubectl_kubexit.manifest.workload import Pod, pods
from kubectl_kubexit.progress import say


@dataclass
class Bundle:
    """Documents, their pods, and all objects by (kind, namespace, name); the namespace can be "".

    live: the paths that are pods in a cluster, which has more objects.
    """

    documents: list[Document] = field(default_factory=list)
    pods: list[Pod] = field(default_factory=list)
    objects: dict[tuple[str, str, str], Table] = field(default_factory=dict)
    live: frozenset[str] = frozenset()

    def of_kind(self, *kinds: str) -> list[Table]:
        """Return the objects of some kinds."""
        return [thing for (kind, _, _), thing in self.objects.items() if kind in kinds]

    def find(self, kind: str, namespace: str, name: str) -> Table | None:
        """Return an object; None if the files do not have it. An object without a namespace fits any."""
        found = (self.objects.get((kind, space, name)) for space in (namespace, ""))
        return next((thing for thing in found if thing is not None), None)


def bundle(sources: Iterable[tuple[str, str]], live: frozenset[str] = frozenset()) -> Bundle:
    """Read (path, text) pairs; live: the paths that are pods in a cluster.

    Raises:
        UserError: a text is not YAML.
    """
    found = Bundle(live=live)
    for path, text in sources:
        say(f"parsing {path}")
        for document in documents(text, path):
            found.documents.append(document)
            for thing in objects_of(document.content):
                metadata = table_at(thing, "metadata")
                key = (text_of(thing.get("kind")), text_of(metadata.get("namespace")), text_of(metadata.get("name")))
                found.objects[key] = thing
            found.pods.extend(pods(document))
    for pod in found.pods:
        for container in pod.containers:
            read_environment(container, pod, found)
    return found


def objects_of(content: object) -> list[Table]:
    """Return the objects of a document: of a List its items, otherwise itself."""
    if not isinstance(content, Table):
        return []
    items = tables_of(content, "items") if text_of(content.get("kind")).endswith("List") else []
    return items or [content]


def read_environment(container: Container, pod: Pod, known: Bundle) -> None:
    """Find the variables of a container: its own, and the variables of ConfigMaps that are in the bundle."""
    for source in tables_of(container.node, "envFrom"):
        reference = table_at(source, "configMapRef")
        data = table_at(known.find("ConfigMap", pod.namespace, text_of(reference.get("name"))), "data")
        if not data:
            container.opaque = True
        prefix = text_of(source.get("prefix"))
        for key, value in data.items():
            container.variables[prefix + key] = Variable(prefix + key, text_of(value), "configMapRef", source.at)
    own: set[str] = set()
    for node in tables_of(container.node, "env"):
        variable = variable_of(node, container, pod, known)
        if variable.name in own and variable.name.startswith("KUBEXIT_"):
            container.repeated.append(variable)
        own.add(variable.name)
        container.variables[variable.name] = variable


def variable_of(node: Table, container: Container, pod: Pod, known: Bundle) -> Variable:
    """Return a variable of `env`, with its value if the manifest shows it."""
    name = text_of(node.get("name"))
    if "valueFrom" not in node:
        written, at = text_of(node.get("value")), node.values_at.get("value", node.at)
        value = expanded(written, container.variables, container.opaque)
        return Variable(name, value, "", at, "value" in node.blocks, written)
    source = table_at(node, "valueFrom")
    kind = next(iter(source), "valueFrom")
    value = None
    path = text_of(table_at(source, "fieldRef").get("fieldPath"))
    if path.startswith("metadata.annotations['") and path.endswith("']"):
        key = path[len("metadata.annotations['") : -2]
        # An annotation that the manifest lacks may be written by an injector; ours is not.
        shown = key in pod.annotations or key.startswith("kubexit.dev/")
        value = text_of(pod.annotations.get(key)) if shown else None
    elif "configMapKeyRef" in source:
        reference = table_at(source, "configMapKeyRef")
        thing = known.find("ConfigMap", pod.namespace, text_of(reference.get("name")))
        data = table_at(thing, "data")
        key = text_of(reference.get("key"))
        value = text_of(data[key]) if key in data else None
    return Variable(name, value, kind, node.at)


def words_unquoted(container: Container) -> list[tuple[Table, str]]:
    """Return the variables whose value is a number or a boolean, which the API server refuses."""
    found = []
    for node in row_at(container.node, "env"):
        if isinstance(node, Table) and isinstance(node.get("value"), bool | int | float):
            found.append((node, text_of(node.get("name"))))
    return found
