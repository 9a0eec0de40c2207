"""The admission policies of deploy/ in an API server, and what they do to a pod."""

import json
import re
from collections.abc import Mapping
from typing import Any

import yaml

from cluster.access import Access, RefusedError
from harness.forms import ROOT
from harness.waiting import eventually

FOLDER = ROOT / "deploy/helm/kubexit/policy"
KINDS = "/apis/admissionregistration.k8s.io/v1"
LABEL, MAIN, PLAN = "kubexit.dev/inject", "kubexit.dev/main", "kubexit.dev/plan"
INJECTED, REFUSED = "kubexit.dev/injected", "kubexit.dev/refused"
ALARM = 30.0  # the API server reads a new policy within about a second

Thing = dict[str, Any]


def objects() -> list[Thing]:
    """The policies and their bindings, as they are published."""
    files = (FOLDER / "mutating.yaml", FOLDER / "validating.yaml")
    return [thing for file in files for thing in yaml.safe_load_all(file.read_text())]


def install(access: Access) -> None:
    """Create the policies, and return when they work."""
    for thing in objects():
        plural = re.sub("y$", "ie", thing["kind"].lower()) + "s"
        access.call("POST", f"{KINDS}/{plural}", thing, {"fieldValidation": "Strict"})
    pods = Injection(access)

    def works() -> bool:
        try:
            return INJECTED in pods.inject(container("main"))["metadata"]["annotations"]
        except RefusedError:
            return False  # the policy that refuses was read first

    eventually(works, "the policies work", ALARM)
    eventually(lambda: bool(pods.refusal(container("main", command=[]))), "the policies refuse", ALARM)


def container(name: str, **more: Any) -> Thing:
    """A container as an author writes it."""
    return {"name": name, "image": "example:1", "command": [f"/app/{name}"], **more}


class Injection:
    """Pods, as the API server would store them; none is stored."""

    def __init__(self, access: Access) -> None:
        self.access = access

    def pod(self, thing: Thing) -> Thing:
        """What becomes of a pod; RefusedError if it is refused."""
        query = {"dryRun": "All", "fieldValidation": "Strict"}
        return dict(self.access.call("POST", self.access.pods, thing, query))

    def inject(
        self,
        *containers: Thing,
        notes: Mapping[str, str] | None = None,
        label: str = "true",
        **spec: Any,
    ) -> Thing:
        """What becomes of a pod with the label; kubexit.dev/main names its first container, unless notes are given."""
        return self.pod(labelled(*containers, notes=notes, label=label, **spec))

    def refusal(self, *containers: Thing, **more: Any) -> str:
        """Why the pod is refused; empty if it is not."""
        try:
            self.inject(*containers, **more)
        except RefusedError as error:
            return said(error)
        return ""

    def plan(self, *containers: Thing, **more: Any) -> list[str]:
        """The lines of the plan that such a pod gets."""
        return str(self.inject(*containers, **more)["metadata"]["annotations"][PLAN]).splitlines()


def said(error: RefusedError) -> str:
    """The code and the message of a refusal."""
    return f"{error.code}: {json.loads(str(error).partition(': ')[2])['message']}"


def labelled(*containers: Thing, notes: Mapping[str, str] | None = None, label: str = "true", **spec: Any) -> Thing:
    """A pod with the label of injection."""
    notes = {MAIN: containers[0]["name"]} if notes is None else notes
    metadata = {"name": "pod", "labels": {LABEL: label}, "annotations": dict(notes)}
    inside = {"restartPolicy": "Never", "automountServiceAccountToken": False, "containers": list(containers), **spec}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": inside}


def variables(pod: Thing, name: str) -> Thing:
    """The variables of a container: a value, or where it comes from."""
    (found,) = (entry for entry in pod["spec"]["containers"] if entry["name"] == name)
    return {entry["name"]: entry.get("value", entry.get("valueFrom")) for entry in found.get("env", [])}
