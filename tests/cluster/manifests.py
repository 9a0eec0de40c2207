"""The manifests of examples/: their objects, and how they get to an API server."""

from collections.abc import Iterator
from typing import Any

import yaml

from cluster.access import Access, RefusedError
from harness.forms import ROOT

EXAMPLES = ROOT / "examples"
# All others need an account at a cloud provider.
IMAGE = "kubexit-example:local"


def names() -> list[str]:
    """The folders that are examples."""
    return sorted(path.parent.name for path in EXAMPLES.glob("*/manifest.yaml"))


def files() -> list[str]:
    """All manifests, the small ones too, as paths below examples/."""
    return sorted(str(path.relative_to(EXAMPLES)) for path in EXAMPLES.rglob("*.yaml"))


def read(file: str) -> list[dict[str, Any]]:
    """The objects of a manifest in their order."""
    return list(yaml.safe_load_all((EXAMPLES / file).read_text()))


def objects(example: str) -> list[dict[str, Any]]:
    """The objects of one example."""
    return read(f"{example}/manifest.yaml")


def job(example: str) -> dict[str, Any]:
    """Its Job."""
    (found,) = (thing for thing in objects(example) if thing["kind"] == "Job")
    return found


def pod_spec(thing: dict[str, Any]) -> dict[str, Any]:
    """The pod's part of a Job or a Pod; empty for anything else."""
    spec: dict[str, Any] = thing.get("spec", {})
    return dict(spec["template"]["spec"]) if "template" in spec else spec


def containers(example: str) -> Iterator[dict[str, Any]]:
    """All containers of its pod, with the init containers."""
    spec = job(example)["spec"]["template"]["spec"]
    yield from spec.get("initContainers", [])
    yield from spec["containers"]


def variables(container: dict[str, Any]) -> dict[str, str]:
    """The variables that are set to a value, by name."""
    return {entry["name"]: entry.get("value", "") for entry in container.get("env", [])}


def fill_annotations(spec: dict[str, Any], annotations: dict[str, str]) -> None:
    """Replace each variable from an annotation of the pod by its text, as a kubelet does."""
    for container in [*spec.get("initContainers", []), *spec["containers"]]:
        for entry in container.get("env", []):
            path = entry.get("valueFrom", {}).get("fieldRef", {}).get("fieldPath", "")
            if path.startswith("metadata.annotations["):
                del entry["valueFrom"]
                entry["value"] = annotations.get(path.split("'")[1], "")


def apply(access: Access, thing: dict[str, Any], dry: bool = False) -> None:
    """Create the object if it is not there; unknown fields are errors. A dry run only passes admission."""
    plural = f"{thing['kind'].lower()}s"
    version = thing["apiVersion"]
    root = f"/api/{version}" if "/" not in version else f"/apis/{version}"
    query = {"fieldValidation": "Strict", **({"dryRun": "All"} if dry else {})}
    try:
        access.call("POST", f"{root}/namespaces/{access.namespace}/{plural}", thing, query)
    except RefusedError as error:
        if error.code != 409:
            raise
