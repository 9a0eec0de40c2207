"""A pod as the policy makes it. Each value is where its author wrote what it came from."""

from dataclasses import replace

from kubectl_kubexit.admission.graveyard import graveyard_of
from kubectl_kubexit.admission.label import INJECTED, MAIN, PLAN, asks
from kubectl_kubexit.admission.refusals import Refusal, entry_of, mains, normal, not_injected, refusals
from kubectl_kubexit.admission.sidecars import plan_of, roles_of
from kubectl_kubexit.manifest.container import GENERATED, Container, Variable, is_kubexit, text_of
from kubectl_kubexit.manifest.tree import row_at, table_at
from kubectl_kubexit.manifest.values import Position, Row, Table
from kubectl_kubexit.manifest.workload import Pod

PROGRAM = ["/kubexit/bin/kubexit", "--"]


def as_it_runs(pod: Pod) -> tuple[Pod, list[Refusal]]:
    """Return a pod as its containers will run, and why it will not run at all.

    A pod without the label, or with kubexit already, is returned itself.
    """
    if not asks(pod):
        return pod, []
    if INJECTED in pod.annotations:
        return pod, list(not_injected(pod))
    reasons = list(refusals(pod))
    return (pod, reasons) if reasons else (injected(pod), [])


def injected(pod: Pod) -> Pod:
    """Return what the policy makes of a pod that it does not refuse."""
    written = PLAN in pod.annotations
    if written:
        plan = text_of(pod.annotations[PLAN])
    else:
        plan = plan_of(pod, roles_of(pod, (text_of(pod.annotations[MAIN]),), ()))
    at = pod.annotations.values_at[PLAN if written else MAIN]
    metadata, spec = shallow(table_at(pod.node, "metadata")), shallow(pod.spec)
    notes = shallow(pod.annotations)
    notes |= {PLAN: plan, INJECTED: ",".join(container.name for container in mains(pod))}
    notes.values_at.setdefault(PLAN, at)
    metadata["annotations"] = notes
    image = table(pod.at, name="kubexit", image=table(pod.at))
    volumes = (
        [image] if "graveyard" in pod.volumes else [image, table(pod.at, name="graveyard", emptyDir=table(pod.at))]
    )
    spec["volumes"] = longer(row_at(pod.spec, "volumes"), volumes, pod.at)
    node = shallow(pod.node)
    node |= {"metadata": metadata, "spec": spec}
    variable = Variable("KUBEXIT_PLAN", plan, "fieldRef" if written else GENERATED, at)
    changed = [with_kubexit(pod, one, variable) if one.role == "main" else one for one in pod.containers]
    return Pod(pod.document, node, pod.path, pod.owner, changed)


def with_kubexit(pod: Pod, container: Container, plan: Variable) -> Container:
    """Return what the policy makes of a container."""
    node = shallow(container.node)
    entry = entry_of(pod, container)
    node["command"] = row(container.at, entry if is_kubexit(entry[0]) else [*PROGRAM, *entry])
    mounts = [table(container.at, name="kubexit", mountPath="/kubexit", readOnly=True)]
    grave = graveyard_of(container)
    if grave and not any(f"{grave}/".startswith(f"{normal(mount.path)}/") for mount in container.mounts):
        mounts.append(table(container.at, name="graveyard", mountPath=grave))
    node["volumeMounts"] = longer(row_at(container.node, "volumeMounts"), mounts, container.at)
    name = Variable("KUBEXIT_NAME", container.name, "", container.at)
    own = {"KUBEXIT_NAME": name, "KUBEXIT_PLAN": plan} | container.variables
    return replace(container, node=node, variables=own)


def shallow(value: Table) -> Table:
    """Return a mapping that can be changed, with the places of the original."""
    made = Table(value)
    made.at, made.keys_at, made.values_at = value.at, dict(value.keys_at), dict(value.values_at)
    made.blocks, made.written = value.blocks, value.written
    return made


def table(at: Position, **values: object) -> Table:
    """Return a new mapping, all of whose values are at one place."""
    made = Table(values)
    made.at, made.keys_at, made.values_at = at, dict.fromkeys(values, at), dict.fromkeys(values, at)
    return made


def row(at: Position, values: list[str]) -> Row:
    """Return a new list."""
    made = Row(values)
    made.at, made.values_at = at, [at] * len(values)
    return made


def longer(values: Row, more: list[Table], at: Position) -> Row:
    """Return a list with more elements."""
    made = Row([*values, *more])
    made.at, made.values_at = values.at, [*values.values_at, *[at] * len(more)]
    return made
