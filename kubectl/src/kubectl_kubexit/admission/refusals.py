"""Why the policies refuse a pod with the label: the same reasons as in deploy/, each at its place in the manifest."""

from collections.abc import Iterator
from dataclasses import dataclass

from kubectl_kubexit.admission.label import COMMAND, INJECTED, LABEL, MAIN, PLAN, REFUSED
from kubectl_kubexit.admission.sidecars import has_probe, own_relations, why_not_in_a_plan
from kubectl_kubexit.manifest.container import Container, is_kubexit, text_of
from kubectl_kubexit.manifest.probe import probe_of, why_unlike
from kubectl_kubexit.manifest.values import Position
from kubectl_kubexit.manifest.workload import Pod
from kubectl_kubexit.plan.text import MAX_BYTES
from kubectl_kubexit.settings.name import nearest

MOUNT = "/kubexit"
LONGEST_NAME = 55  # of a container, so that the key of its annotation has at most 63 characters


@dataclass(frozen=True)
class Refusal:
    """A reason. container: None if it is about the pod as a whole."""

    at: Position
    container: Container | None
    message: str
    remedy: str


def refusals(pod: Pod) -> Iterator[Refusal]:
    """Return the reasons, of a pod that the policies look at; lines of a plan and their names are not among them."""
    yield from of_annotations(pod)
    if "kubexit" in pod.volumes:
        at = pod.volumes["kubexit"].at
        yield Refusal(at, None, "the pod already has a volume called kubexit", "rename it, or remove the label")
    for container in mains(pod):
        yield from of_container(pod, container)


def mains(pod: Pod) -> list[Container]:
    """Return the containers that the policy changes."""
    return [container for container in pod.containers if container.role == "main"]


def of_annotations(pod: Pod) -> Iterator[Refusal]:
    """Return what is wrong with the label and the annotations."""
    notes, label = pod.annotations, text_of(pod.labels[LABEL])
    names = [container.name for container in mains(pod)]
    if label != "true":
        message = f'the label {LABEL} must be true or false, and it is "{label}"'
        yield Refusal(pod.labels.values_at[LABEL], None, message, 'write "true"')
    yield from marked(pod)
    if PLAN in notes:
        yield from of_plan(pod)
    elif MAIN not in notes:
        message = f"the label {LABEL} is set, but neither the annotation {MAIN} nor {PLAN}"
        remedy = f"set {MAIN} to the container that does the work: one of {', '.join(names)}"
        yield Refusal(pod.labels.values_at[LABEL], None, message, remedy)
    elif text_of(notes[MAIN]) not in names:
        meant = nearest(text_of(notes[MAIN]), names)
        message = f'{MAIN} names "{text_of(notes[MAIN])}", which is not one of the containers'
        remedy = f"write {meant}" if meant else f"write one of {', '.join(names)}"
        yield Refusal(notes.values_at[MAIN], None, message, remedy)


def marked(pod: Pod) -> Iterator[Refusal]:
    """Return whether the pod has the annotation with which the policy gives its reason."""
    if REFUSED in pod.annotations:
        message = f"the annotation {REFUSED} is the policy's own"
        yield Refusal(pod.annotations.values_at[REFUSED], None, message, "remove it")


def of_plan(pod: Pod) -> Iterator[Refusal]:
    """Return what is wrong with the author's plan as a whole."""
    plan, at = text_of(pod.annotations[PLAN]), pod.annotations.values_at[PLAN]
    lines = [line.strip() for line in plan.split("\n")]
    if not any(line and not line.startswith("#") for line in lines):
        yield Refusal(at, None, f"the annotation {PLAN} is empty", "write one line for each container")
    if len(plan.encode()) > MAX_BYTES:
        yield Refusal(at, None, f"the annotation {PLAN} is longer than 32 KiB", "shorten it")


def of_container(pod: Pod, container: Container) -> Iterator[Refusal]:
    """Return why a container cannot get kubexit."""
    for mount in container.mounts:
        if f"{normal(mount.path)}/".startswith(f"{MOUNT}/"):
            message = f"{container.name} already mounts a volume at {MOUNT}, or below it"
            yield Refusal(mount.node.at, container, message, "mount it elsewhere")
    if not entry_of(pod, container):
        message = f"{container.name} has no command, and the API server cannot look into its image"
        noted = "" if len(container.name) > LONGEST_NAME else f", or as the annotation {COMMAND}{container.name}"
        yield Refusal(container.at, container, message, f"write the entry point of the image as command{noted}")
    if PLAN not in pod.annotations:
        yield from of_relations(pod, container)


def of_relations(pod: Pod, container: Container) -> Iterator[Refusal]:
    """Return why no line of a plan can be made of a container."""
    probe = probe_of(container)
    serves = container.name != text_of(pod.annotations.get(MAIN)) and not has_probe(container)
    unlike = why_unlike(container, probe) if serves and MAIN in pod.annotations else ""
    if unlike:
        remedy = f"write {PLAN} in place of {MAIN}, with another READY_ setting for {container.name}"
        yield Refusal(probe.at, container, f"the probe of {container.name} {unlike}", remedy)
    for name, variable in own_relations(container).items():
        why, remedy = why_not_in_a_plan(variable)
        if why:
            yield Refusal(variable.at, container, f"{name} {why}", remedy or f"write {PLAN} in place of {MAIN}")


def not_injected(pod: Pod) -> Iterator[Refusal]:
    """Return why a pod with the annotation that the policy writes is refused: it was copied from another pod."""
    yield from marked(pod)
    for name in text_of(pod.annotations[INJECTED]).split(","):
        container = next((container for container in mains(pod) if container.name == name), None)
        if container is None or not (container.command and is_kubexit(container.command[0])):
            message = f'the annotation {INJECTED} names "{name}", which does not start with kubexit'
            yield Refusal(pod.annotations.values_at[INJECTED], container, message, "remove the annotation")


def entry_of(pod: Pod, container: Container) -> list[str]:
    """Return the words that the policy puts behind kubexit; none if it does not know them."""
    return container.command or text_of(pod.annotations.get(COMMAND + container.name)).split()


def normal(path: str) -> str:
    """Return a path as the kubelet understands it: /a/./b/ is /a/b."""
    return "/" + "/".join(part for part in path.split("/") if part not in {"", "."})
