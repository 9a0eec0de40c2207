"""KX116 to KX118: the label and the annotations by which a pod asks the API server for kubexit."""

from collections.abc import Iterator
from typing import Any

from kubectl_kubexit.admission.label import LABEL, MAIN, PLAN, asks
from kubectl_kubexit.findings.check import Found, Severity, View, check
from kubectl_kubexit.manifest.container import text_of
from kubectl_kubexit.manifest.tree import table_at
from kubectl_kubexit.manifest.values import Table
from kubectl_kubexit.manifest.workload import Pod


@check(
    "KX116", Severity.ERROR, "the admission policy refuses the pod",
    "No pod is created; only `kubectl describe` of the Job or the ReplicaSet shows it.",
)  # fmt: skip
def refused(view: View) -> Iterator[Found]:
    for refusal in view.refusals:
        yield Found(refusal.at, refusal.container, refusal.message, refusal.remedy)


@check(
    "KX117", Severity.WARNING, "the label is not on the pod",
    "The policy looks at pods alone, so the containers start without kubexit.",
)  # fmt: skip
def misplaced(view: View) -> Iterator[Found]:
    pod = view.written
    if asks(pod) or any(member.is_wrapped for member in view.members.all):
        return
    for metadata in above(pod):
        labels, notes = table_at(metadata, "labels"), table_at(metadata, "annotations")
        if LABEL in labels and LABEL not in pod.labels and text_of(labels[LABEL]) != "false":
            message = f"the label {LABEL} is on the {pod.kind}, and not on its pod template"
            yield Found(labels.keys_at[LABEL], None, message, "move it to metadata.labels of the pod template")
        for key in (MAIN, PLAN):
            if key in notes and key not in pod.annotations:
                message = f"the annotation {key} is on the {pod.kind}, and not on its pod template"
                yield Found(notes.keys_at[key], None, message, "move it to metadata.annotations of the pod template")


def above(pod: Pod) -> Iterator[Table]:
    """Return the metadata of all that a pod template is in."""
    node: Any = pod.owner
    for key in pod.path[2:] if pod.path[:1] == ("items",) else pod.path:
        if isinstance(node, Table):
            yield table_at(node, "metadata")
        node = node[key]


@check(
    "KX118", Severity.ERROR, "a label or an annotation without quotes",
    "The API server takes only strings as labels and annotations.",
)  # fmt: skip
def not_text(view: View) -> Iterator[Found]:
    pod = view.written
    for table in (pod.labels, pod.annotations):
        for key, value in table.items():
            if key.startswith("kubexit.dev/") and isinstance(value, bool | int | float):
                yield Found(
                    table.values_at[key], None, f"the value of {key} is not a string", f'write "{text_of(value)}"'
                )
