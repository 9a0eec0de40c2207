"""Change the pods of a file, and only their documents."""

from collections.abc import Callable
from typing import Any

from kubectl_kubexit.errors import UserError
from kubectl_kubexit.manifest.bundle import bundle
from kubectl_kubexit.manifest.shape import refuse_shape
from kubectl_kubexit.manifest.workload import Pod
from kubectl_kubexit.wrap.editing import at_path, edited, segments

MOST_LETTERS = 3 * 2**20  # of a document: the limit of the API server for a request
# Changes the mapping of a pod; returns whether it did.
EditPod = Callable[[Any, Pod], bool]


def change_pods(text: str, path: str, edit: EditPod) -> tuple[str, int]:
    """Return a file after a change of its pods, and how many pods were changed.

    Args:
        text: of the file.
        path: its name, for messages.
        edit: is called with each pod, as a mapping for a change and as it was.

    Raises:
        UserError: the text is not YAML, a document is too large, a part of a pod is no list or mapping, or what edit
            raises.
    """
    known = bundle([(path, text)])
    for pod in known.pods:
        refuse_shape(pod)
    changed = 0
    parts = []
    for segment in segments(text):
        pods = [pod for pod in known.pods if segment.first <= pod.document.first <= segment.last]
        new = segment.text
        if pods and len(segment.text) > MOST_LETTERS:
            raise UserError(f"{path}:{segment.first}: a document of more than 3 MiB, which no API server takes")
        if pods:
            counts: list[bool] = []

            def change(content: Any, pods: list[Pod] = pods, counts: list[bool] = counts) -> None:
                nodes = {id(node): (node, pod) for pod in reversed(pods) for node in [at_path(content, pod.path)]}
                # Pods that an alias makes one are changed once.
                counts += [edit(node, pod) for node, pod in reversed(nodes.values())]

            new = edited(segment.text, change)
            new = new if any(counts) else segment.text
            changed += sum(counts)
        parts.append(segment.head + new)
    return "".join(parts), changed
