"""The label and the annotations by which a pod asks for kubexit."""

from kubectl_kubexit.manifest.container import text_of
from kubectl_kubexit.manifest.tree import table_at
from kubectl_kubexit.manifest.workload import Pod

LABEL = "kubexit.dev/inject"
MAIN, PLAN, COMMAND = "kubexit.dev/main", "kubexit.dev/plan", "kubexit.dev/command."
INJECTED, REFUSED = "kubexit.dev/injected", "kubexit.dev/refused"  # written by the policy
EMPTY = "kubexit.dev/empty"  # written by wrap for unwrap
MIRROR = "kubernetes.io/config.mirror"


def asks(pod: Pod) -> bool:
    """Return whether the policies look at a pod: by its label, and if kubexit can run in it."""
    labelled = LABEL in pod.labels and text_of(pod.labels[LABEL]) != "false"
    return labelled and not is_windows(pod) and MIRROR not in pod.annotations


def is_windows(pod: Pod) -> bool:
    """Return whether a pod runs on Windows, where kubexit does not."""
    os_name = text_of(table_at(pod.spec, "os").get("name"))
    selected = text_of(table_at(pod.spec, "nodeSelector").get("kubernetes.io/os"))
    return "windows" in {os_name, selected}
