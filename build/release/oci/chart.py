"""The Helm chart as a package and as an OCI artefact, and the same policies as one file and as a Kustomize base."""

import json
from pathlib import Path
from typing import Any

import yaml

from release.archive import Entry, folder, gzip, tar
from release.oci.layout import Layout
from release.project import ROOT, VERSION, created, epoch, image

CHART = ROOT / "deploy" / "helm" / "kubexit"
BASE = ROOT / "deploy" / "kustomize"
CONFIG = "application/vnd.cncf.helm.config.v1+json"
CONTENT = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"


def metadata() -> dict[str, Any]:
    """Return what Chart.yaml says."""
    found: dict[str, Any] = yaml.safe_load((CHART / "Chart.yaml").read_text())
    return found


def values(text: str, digest: str) -> str:
    """Return the values of the chart with the name and the digest of the published image as defaults."""
    for old, new in (
        (" repository: kubexit\n", f" repository: {image()}\n"),
        (' digest: ""\n', f" digest: {digest}\n"),
    ):
        if text.count(old) != 1:
            raise ValueError(f"values.yaml of the chart no longer has the line{old}")
        text = text.replace(old, new)
    return text


def package(digest: str) -> bytes:
    """Return the chart as `helm package` would write it: Chart.yaml first, below the name of the chart."""
    entries = []
    for entry in folder(CHART, "kubexit/"):
        is_values = entry.name == "kubexit/values.yaml"
        data = values(entry.data.decode(), digest).encode() if is_values else entry.data
        entries.append(Entry(entry.name, data))
    return gzip(tar(sorted(entries, key=lambda one: (one.name != "kubexit/Chart.yaml", one.name)), epoch()))


def policies(digest: str) -> str:
    """Return the policies as one file for `kubectl apply -f`, with the published image.

    Raises:
        ValueError: a policy no longer has the name of the image as a variable.
    """
    text = "---\n".join((CHART / "policy" / name).read_text() for name in ("mutating.yaml", "validating.yaml"))
    quoted = f"\"'kubexit:{VERSION}'\""
    if text.count(quoted) != 1:
        raise ValueError(f"the policies no longer have the image as {quoted}")
    return text.replace(quoted, f"\"'{image()}@{digest}'\"")


def base(digest: str) -> bytes:
    """Return the Kustomize base as an archive: a folder with the policies, complete in itself."""
    resources = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n- policies.yaml\n"
    entries = [
        Entry("kubexit/kustomization.yaml", resources.encode()),
        Entry("kubexit/policies.yaml", policies(digest).encode()),
    ]
    return gzip(tar(entries, epoch()))


def make(layout: Layout, chart: bytes) -> None:
    """Write the chart into a layout, as `helm push` would write it into a registry."""
    config = layout.blob(json.dumps(metadata(), sort_keys=True).encode(), CONFIG)
    content = layout.blob(chart, CONTENT)
    found = metadata()
    notes = {
        "org.opencontainers.image.title": found["name"],
        "org.opencontainers.image.version": found["version"],
        "org.opencontainers.image.description": found["description"],
        "org.opencontainers.image.created": created(),
    }
    layout.name(layout.manifest(config, [content], notes), found["version"])
    layout.finish()


def write(out: Path, digest: str) -> None:
    """Write the chart, the policies and the base into the folder of the release."""
    (out / f"kubexit-{metadata()['version']}.tgz").write_bytes(package(digest))
    (out / "kubexit-policies.yaml").write_text(policies(digest))
    (out / "kubexit-kustomize.tar.gz").write_bytes(base(digest))
