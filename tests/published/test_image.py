"""The images as they are published: index, images, bills of materials."""

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from harness.forms import ROOT
from published.layout import Read

pytestmark = [pytest.mark.release, pytest.mark.behaviour("images-without-a-daemon")]
BILL = "application/vnd.cyclonedx+json"


@pytest.fixture(scope="session")
def layout(released: Path) -> Read:
    """The layout in dist/oci."""
    assert released.is_dir()
    return Read(ROOT / "dist" / "oci" / "image")


@pytest.fixture(params=["", "-ca"], ids=["plain", "ca"])
def index(request: pytest.FixtureRequest, layout: Read, version: str) -> dict[str, Any]:
    """The descriptor of each index in turn."""
    return layout.tag(f"{version}{request.param}")


def images(layout: Read, index: dict[str, Any]) -> list[dict[str, Any]]:
    """The descriptors of the images in an index."""
    found: list[dict[str, Any]] = layout.json(index)["manifests"]
    return found


def test_the_index_has_an_image_for_each_architecture(layout: Read, index: dict[str, Any], released: Path) -> None:
    """Each static file of the release is in an image for its platform, executable, with `cp` as a link to it."""
    arches = {path.name.rpartition("-")[2] for path in released.glob("kubexit-linux-*[!n]")}
    found = images(layout, index)

    assert {image["platform"]["architecture"] for image in found} == arches != set()
    for image in found:
        assert image["platform"]["os"] == "linux"
        files = layout.files(layout.json(image)["layers"][0])
        entry, content = files["bin/kubexit"]
        assert content == (released / f"kubexit-linux-{image['platform']['architecture']}").read_bytes()
        assert (entry.mode, entry.uid, entry.gid) == (0o555, 0, 0)
        assert files["bin/cp"][0].linkname == "kubexit"


def test_layers_are_those_of_the_configuration(layout: Read, index: dict[str, Any], version: str) -> None:
    """The configuration names the layers, the user and the entry point; runtimes refuse other layers."""
    extra = 1 if layout.json(index) != layout.json(layout.tag(version)) else 0
    for image in images(layout, index):
        manifest = layout.json(image)
        config = layout.json(manifest["config"])
        layers = [layout.files(layer)[""][1].decode() for layer in manifest["layers"]]

        assert config["rootfs"]["diff_ids"] == [f"sha256:{digest}" for digest in layers]
        assert len(layers) == 1 + extra
        assert config["config"]["Entrypoint"] == ["/bin/kubexit"]
        assert config["config"]["User"] == "65532:65532"
        assert config["architecture"] == image["platform"]["architecture"]


def test_annotations_are_on_the_index(layout: Read, index: dict[str, Any], version: str) -> None:
    """Title, version, commit, time, source and all licences: registries show the annotations of the index."""
    notes = {key.rpartition(".")[2]: value for key, value in layout.json(index)["annotations"].items()}

    assert notes["version"] == version
    assert notes["title"] == "kubexit"
    assert {"revision", "created", "source", "description"} <= set(notes)
    assert "Bootloader-exception" in notes["licenses"]


def test_bills_of_materials_refer_to_index_and_images(layout: Read, index: dict[str, Any], released: Path) -> None:
    """For the index and for each image there is a referrer whose subject it is, with the bill of its file."""
    for subject in (index, *images(layout, index)):
        listed = layout.json(layout.tag(subject["digest"].replace(":", "-")))["manifests"]
        (referrer,) = listed
        manifest = layout.json(referrer)

        assert referrer["artifactType"] == manifest["artifactType"] == BILL
        assert manifest["subject"] == {key: subject[key] for key in ("mediaType", "digest", "size")}
        for layer in manifest["layers"]:
            name = layer["annotations"]["org.opencontainers.image.title"]
            assert layout.blob(layer) == (released / name).read_bytes()
            assert json.loads(layout.blob(layer))["bomFormat"] == "CycloneDX"


def test_the_archive_has_the_images_alone(layout: Read, released: Path, version: str, tmp_path: Path) -> None:
    """The archive is a layout with both images by their full names, complete, and nothing without a name."""
    with tarfile.open(released / f"kubexit-{version}-oci.tar") as archive:
        members = archive.getmembers()
        archive.extractall(tmp_path, filter="data")
    packed = Read(tmp_path)
    names = [one["annotations"]["io.containerd.image.name"] for one in packed.index["manifests"]]

    assert names == [f"docker.io/library/kubexit:{version}", f"docker.io/library/kubexit:{version}-ca"]
    assert packed.index["manifests"] == [layout.tag(version), layout.tag(f"{version}-ca")]
    for one in packed.index["manifests"]:
        for image in images(packed, one):
            manifest = packed.json(image)
            assert all(packed.blob(part) for part in (manifest["config"], *manifest["layers"]))
    assert {(member.uid, member.uname, member.mtime) for member in members} == {(0, "", members[0].mtime)}


def test_digests_are_published(layout: Read, released: Path, version: str) -> None:
    """digests.json has the digest of each tag, which a reader pins."""
    found = json.loads((released / "digests.json").read_text())

    assert found == {tag: layout.tag(tag)["digest"] for tag in (version, f"{version}-ca")}
