"""Put kubexit into a pod: delivery, graveyard, names, the plan, and kubexit in front of each command."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from kubectl_kubexit.admission.graveyard import graveyard_of
from kubectl_kubexit.admission.label import EMPTY, INJECTED, PLAN
from kubectl_kubexit.admission.sidecars import where
from kubectl_kubexit.errors import UserError
from kubectl_kubexit.manifest import plain
from kubectl_kubexit.manifest.container import Container, is_kubexit
from kubectl_kubexit.manifest.workload import Pod
from kubectl_kubexit.wrap.editing import append, flow, like, words
from kubectl_kubexit.wrap.empty import recorded
from kubectl_kubexit.wrap.sharing import own, own_parts
from kubectl_kubexit.wrap.trailing import give_trailing, take_trailing

FIELD = f"metadata.annotations['{PLAN}']"
IMAGE_VOLUME, INIT_CONTAINER, NONE = "image-volume", "init-container", "none"
PROGRAMS = {IMAGE_VOLUME: "/kubexit/bin/kubexit", INIT_CONTAINER: "/kubexit/kubexit", NONE: "kubexit"}


@dataclass(frozen=True)
class Delivery:
    """How kubexit gets into the containers. kind: image-volume, init-container or none (it is in the images)."""

    kind: str = IMAGE_VOLUME
    image: str = "kubexit:0.2.0"
    pull_policy: str = "IfNotPresent"


# The words of a container's entry point, for one without `command`; it raises UserError if they are not known.
Entry = Callable[[Container], list[str]]


def inject(node: CommentedMap, pod: Pod, names: list[str], plan: str, delivery: Delivery, entry: Entry) -> None:
    """Change the mapping of a pod, which has `metadata` and `spec`.

    Args:
        node: of the pod, for a change.
        pod: the same pod, to read.
        names: the containers that get kubexit.
        plan: its text.
        delivery: how kubexit gets into the containers.
        entry: finds the entry point of a container without `command`.

    Raises:
        UserError: a name is taken, or an entry point is not known.
    """
    containers = {container.name: container for container in pod.containers if container.role == "main"}
    refuse_taken(pod, [containers[name] for name in names], delivery)
    commands = {name: command_of(containers[name], delivery, entry) for name in names}
    own_parts(node)
    empty = recorded(node, names)
    metadata = own(node, "metadata", CommentedMap) if "metadata" in node else first(node, "metadata")
    annotations = own(metadata, "annotations", CommentedMap)
    annotations[INJECTED] = text_word(",".join(names))
    annotations[PLAN] = LiteralScalarString(plan) if "\n" in plan else plan
    if empty:
        annotations[EMPTY] = empty
    spec = node["spec"]
    behind = take_trailing(spec)
    for container in spec["containers"]:
        if container["name"] in names:
            rest = take_trailing(container)
            wrap_container(container, containers[container["name"]], commands[container["name"]], delivery)
            give_trailing(container, rest)
    add_volumes(spec, delivery)
    give_trailing(spec, behind)


def first(node: CommentedMap, key: str) -> CommentedMap:
    """Return a new mapping that is the first key of another."""
    value = CommentedMap()
    node.insert(0, key, value)
    return value


def refuse_taken(pod: Pod, containers: list[Container], delivery: Delivery) -> None:
    """Refuse a pod in which the volume, the init container or the mount path of kubexit has another meaning."""
    if delivery.kind == NONE:
        return
    if "kubexit" in pod.volumes:
        raise UserError(
            f"{where(pod)}: the pod already has a volume called kubexit; unwrap it first, or rename the volume"
        )
    if delivery.kind == INIT_CONTAINER and pod.container("kubexit") is not None:
        raise UserError(
            f"{where(pod)}: the pod already has a container called kubexit; unwrap it first, or rename the container"
        )
    for container in containers:
        if any(f"{mount.path}/".startswith("/kubexit/") for mount in container.mounts):
            raise UserError(
                f"{where(pod)}: container {container.name} already mounts a volume at /kubexit, or below it; "
                "mount it elsewhere"
            )


def command_of(container: Container, delivery: Delivery, entry: Entry) -> list[str]:
    """Return the new command of a container; one that has kubexit already stays."""
    if container.has_kubexit:
        return container.command
    found = container.command or entry(container)
    return found if is_kubexit(found[0]) else [PROGRAMS[delivery.kind], "--", *found]


def add_volumes(spec: CommentedMap, delivery: Delivery) -> None:
    """Add the volumes of kubexit and of the graveyard, and the init container that copies kubexit."""
    volumes: CommentedSeq = own(spec, "volumes")
    if delivery.kind == IMAGE_VOLUME:
        image = flow(reference=delivery.image, pullPolicy=delivery.pull_policy)
        append(volumes, like(volumes, name="kubexit", image=image))
    elif delivery.kind == INIT_CONTAINER:
        append(volumes, like(volumes, name="kubexit", emptyDir=flow()))
    if all(volume.get("name") != "graveyard" for volume in volumes):
        append(volumes, like(volumes, name="graveyard", emptyDir=flow(medium="Memory", sizeLimit="1Mi")))
    if delivery.kind == INIT_CONTAINER:
        own(spec, "initContainers").insert(0, installer(delivery))


def installer(delivery: Delivery) -> CommentedMap:
    """Return the init container that copies kubexit into a volume, as restricted Pod Security allows it."""
    return CommentedMap(
        name="kubexit",
        image=delivery.image,
        imagePullPolicy=delivery.pull_policy,
        command=words(["kubexit", "--install", "/kubexit"]),
        securityContext=CommentedMap(
            allowPrivilegeEscalation=False,
            readOnlyRootFilesystem=True,
            runAsNonRoot=True,
            runAsUser=65532,
            capabilities=flow(drop=words(["ALL"])),
            seccompProfile=flow(type="RuntimeDefault"),
        ),
        volumeMounts=CommentedSeq([flow(name="kubexit", mountPath="/kubexit")]),
    )


def wrap_container(node: CommentedMap, container: Container, command: list[str], delivery: Delivery) -> None:
    """Put kubexit into one container."""
    if container.command and command != container.command:
        sequence: CommentedSeq = own(node, "command")
        for index, word in enumerate(command[: len(command) - len(container.command)]):
            sequence.insert(index, word)
    elif command != container.command:
        node["command"] = words([text_word(word) for word in command])
    if "KUBEXIT_NAME" not in container.variables:
        add_variable(node, "KUBEXIT_NAME", value=text_word(container.name))
    if "KUBEXIT_PLAN" not in container.variables:
        add_variable(node, "KUBEXIT_PLAN", valueFrom=flow(fieldRef=flow(fieldPath=FIELD)))
    mounts: CommentedSeq = own(node, "volumeMounts")
    if delivery.kind != NONE:
        append(mounts, like(mounts, name="kubexit", mountPath="/kubexit", readOnly=True))
    path = graveyard_of(container)
    if path and container.mount_of(path) is None:
        append(mounts, like(mounts, name="graveyard", mountPath=path))


def add_variable(node: CommentedMap, name: str, **value: Any) -> None:
    """Add a variable to a container."""
    env: CommentedSeq = own(node, "env")
    append(env, like(env, name=name, **value))


def text_word(word: str) -> str:
    """Return a word that stays a string: Kubernetes takes `on` or `1e3` for something else, and other tools 1:30."""
    digits = word.replace("-", "").replace("/", "").replace(".", "")[:1].isdigit()
    looks_other = digits or not isinstance(plain.read(word)[0], str)
    return DoubleQuotedScalarString(word) if looks_other and "\n" not in word else word
