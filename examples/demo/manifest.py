"""The manifest of an example: its pod, as a kubelet reads it. Nothing is run here."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

NAMESPACE = "default"
KUBELET_SECONDS = 30  # terminationGracePeriodSeconds, where it is not set


class ManifestError(Exception):
    """Why a manifest cannot be run here."""


@dataclass(frozen=True)
class ContainerSpec:
    """What a manifest says of a container."""

    name: str
    image: str
    command: tuple[str, ...]
    """Empty: the image's own entry point."""
    arguments: tuple[str, ...]
    environment: dict[str, str]
    mounts: dict[str, str]
    """Mount paths, and the names of the volumes there."""
    user: int | None


@dataclass(frozen=True)
class PodSpec:
    """What it says of the pod."""

    kind: str
    name: str
    annotations: dict[str, str]
    init: tuple[ContainerSpec, ...]
    containers: tuple[ContainerSpec, ...]
    volumes: tuple[str, ...]
    images: tuple[str, ...]
    """The volumes that are images; the only image that is known here is that of kubexit."""
    grace_seconds: int


def read(file: Path) -> PodSpec:
    """Return the pod of a manifest, which can also have a Service or a Role; ManifestError if there is not one pod."""
    pods = [thing for thing in yaml.safe_load_all(file.read_text()) if template(thing) is not None]
    if len(pods) != 1:
        raise ManifestError(f"{file} has {len(pods)} Pods, Jobs or Deployments; one can be run")
    (thing,) = pods
    pod = template(thing) or {}
    spec = pod["spec"]
    name = thing["metadata"]["name"]
    annotations = pod.get("metadata", {}).get("annotations", {})
    fields = {
        "metadata.name": f"{name}-local",
        "metadata.namespace": NAMESPACE,
        **{f"metadata.annotations['{key}']": text for key, text in annotations.items()},
    }
    if any("restartPolicy" in container for container in spec.get("initContainers", [])):
        raise ManifestError(f"{file} has a native sidecar, which takes a kubelet")
    return PodSpec(
        kind=thing["kind"],
        name=name,
        annotations=annotations,
        init=tuple(containers(spec, "initContainers", fields)),
        containers=tuple(containers(spec, "containers", fields)),
        volumes=tuple(volume["name"] for volume in spec.get("volumes", [])),
        images=tuple(image_volumes(spec)),
        grace_seconds=spec.get("terminationGracePeriodSeconds", KUBELET_SECONDS),
    )


def template(thing: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Metadata and spec of the pod that an object makes; None when it makes none."""
    if thing["kind"] == "Pod":
        return thing
    found: Mapping[str, Any] | None = thing.get("spec", {}).get("template")
    return found


def image_volumes(spec: Mapping[str, Any]) -> Iterator[str]:
    """The names of the volumes that are the image of kubexit; ManifestError for another image."""
    for volume in spec.get("volumes", []):
        reference = volume.get("image", {}).get("reference", "")
        if reference and not re.fullmatch(r"(.*/)?kubexit([:@].*)?", reference):
            raise ManifestError(f"volume {volume['name']}: {reference} is not the image of kubexit")
        if reference:
            yield volume["name"]


def containers(spec: Mapping[str, Any], key: str, fields: Mapping[str, str]) -> Iterator[ContainerSpec]:
    """The containers of one list of a pod; variables can come from its fields."""
    user = spec.get("securityContext", {}).get("runAsUser")
    for entry in spec.get(key, []):
        yield ContainerSpec(
            name=entry["name"],
            image=entry["image"],
            command=tuple(entry.get("command", ())),
            arguments=tuple(entry.get("args", ())),
            environment={variable["name"]: value(variable, fields) for variable in entry.get("env", [])},
            mounts={mount["mountPath"]: mount["name"] for mount in entry.get("volumeMounts", [])},
            user=entry.get("securityContext", {}).get("runAsUser", user),
        )


def value(variable: Mapping[str, Any], fields: Mapping[str, str]) -> str:
    """The value of a variable, also of one that the kubelet fills in from the pod's own fields."""
    if "valueFrom" not in variable:
        return str(variable.get("value", ""))
    path = variable["valueFrom"].get("fieldRef", {}).get("fieldPath")
    if path not in fields:
        raise ManifestError(f"{variable['name']}: only {', '.join(fields)} can be filled in here")
    return fields[path]
