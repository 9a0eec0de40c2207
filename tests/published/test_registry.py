"""The layouts of the release in a real registry: pushed by what the release workflow pushes with, and read back."""

import hashlib
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from harness.forms import ROOT
from images.registry import Registry
from node.programs import UnavailableError
from published.conftest import not_tested
from published.layout import NAME, Read
from release.oci.push import push

pytestmark = [pytest.mark.release, pytest.mark.behaviour("registry-has-the-same-bytes")]
ACCEPT = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json"
BILL = "application/vnd.cyclonedx+json"


@pytest.fixture(scope="session")
def registry(released: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A registry on loopback that has the images and the chart of the release."""
    assert released.is_dir()
    try:
        with Registry(tmp_path_factory.mktemp("registry")) as started:
            push(ROOT / "dist/oci/image", f"{started.host}/kubexit")
            push(ROOT / "dist/oci/chart", f"{started.host}/charts/kubexit")
            yield started
    except UnavailableError as reason:
        not_tested(str(reason))


def get(registry: Registry, path: str) -> requests.Response:
    """An answer of the registry about kubexit."""
    return requests.get(f"http://{registry.host}/v2/kubexit/{path}", headers={"Accept": ACCEPT}, timeout=30)


def test_each_tag_leads_to_its_digest(registry: Registry) -> None:
    """Every tag of the layout is in the registry, with the same bytes, and so with the digest that was published."""
    layout = Read(ROOT / "dist/oci/image")
    for descriptor in layout.index["manifests"]:
        answer = get(registry, f"manifests/{descriptor['annotations'][NAME]}")

        assert answer.status_code == 200, answer.text
        assert f"sha256:{hashlib.sha256(answer.content).hexdigest()}" == descriptor["digest"]
        assert answer.headers["Docker-Content-Digest"] == descriptor["digest"]


def test_each_image_can_be_pulled(registry: Registry, version: str, released: Path) -> None:
    """By the tag, the index, the manifest of each platform, its configuration and its layers come, unchanged."""
    index = get(registry, f"manifests/{version}").json()
    assert len(index["manifests"]) == len(list(released.glob("kubexit-linux-*[!n]")))
    for image in index["manifests"]:
        manifest = get(registry, f"manifests/{image['digest']}").json()
        for blob in (manifest["config"], *manifest["layers"]):
            data = get(registry, f"blobs/{blob['digest']}").content
            assert (f"sha256:{hashlib.sha256(data).hexdigest()}", len(data)) == (blob["digest"], blob["size"])


def test_bills_are_found_by_the_digest(registry: Registry, version: str, released: Path) -> None:
    """From the digest of the index, a client finds the bills: by the tag for registries without a list of referrers."""
    digest = get(registry, f"manifests/{version}").headers["Docker-Content-Digest"]
    listed = get(registry, f"manifests/{digest.replace(':', '-')}").json()["manifests"]
    (found,) = [one for one in listed if one["artifactType"] == BILL]
    manifest: dict[str, Any] = get(registry, f"manifests/{found['digest']}").json()

    assert manifest["subject"]["digest"] == digest
    for layer in manifest["layers"]:
        name = layer["annotations"]["org.opencontainers.image.title"]
        assert get(registry, f"blobs/{layer['digest']}").content == (released / name).read_bytes()


def test_helm_pulls_the_chart(registry: Registry, version: str, tmp_path: Path, tool: Callable[[str], Path]) -> None:
    """`helm pull oci://…` writes the package that was released, byte for byte."""
    words = ["pull", f"oci://{registry.host}/charts/kubexit", "--version", version, "--plain-http", "-d", tmp_path]
    home = {**os.environ, "HOME": str(tmp_path)}
    done = subprocess.run([tool("helm"), *words], capture_output=True, text=True, env=home, timeout=100)

    assert done.returncode == 0, done.stderr
    assert (tmp_path / f"kubexit-{version}.tgz").read_bytes() == (
        ROOT / "dist/release" / f"kubexit-{version}.tgz"
    ).read_bytes()


def test_a_second_push_changes_nothing(registry: Registry, version: str) -> None:
    """A push that is repeated leaves the tag at its digest: a workflow may be started again."""
    before = get(registry, f"manifests/{version}").headers["Docker-Content-Digest"]
    push(ROOT / "dist/oci/image", f"{registry.host}/kubexit")

    assert get(registry, f"manifests/{version}").headers["Docker-Content-Digest"] == before
    assert json.loads((ROOT / "dist/release/digests.json").read_text())[version] == before
