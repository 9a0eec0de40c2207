"""kubexit's own images: what is in them, what they say of themselves, and what they do."""

import json
import re
import ssl
import tarfile
from pathlib import Path
from typing import IO, Any

import pytest

from images.conftest import KUBEXIT
from images.engine import Engine

pytestmark = pytest.mark.container

MEBIBYTE = 1024 * 1024
Files = dict[str, tuple[tarfile.TarInfo, bytes]]


def layers(engine: Engine, image: str, folder: Path) -> list[Files]:
    """The files of each layer: name → (entry of the archive, content)."""
    archive = folder / f"{image.replace('/', '-').replace(':', '-')}.tar"
    engine.call("save", "--output", archive, image)
    with tarfile.open(archive) as outer:
        names = json.load(outer.extractfile("manifest.json"))[0]["Layers"]
        return [files(outer.extractfile(name)) for name in names]


def files(layer: IO[bytes]) -> Files:
    """What is in one layer and no folder: name → (entry of the archive, content)."""
    with tarfile.open(fileobj=layer) as archive:
        entries = [entry for entry in archive if not entry.isdir()]
        return {
            entry.name.removeprefix("./"): (entry, archive.extractfile(entry).read() if entry.isfile() else b"")
            for entry in entries
        }


@pytest.fixture(scope="session")
def configuration(engine: Engine, image: str) -> dict[str, Any]:
    """The configuration in the image."""
    return json.loads(engine.call("inspect", "--type", "image", image))[0]["Config"]


@pytest.mark.behaviour("runs-anywhere-unprivileged")
def test_only_the_file(engine: Engine, image: str, tmp_path: Path) -> None:
    """The bare image holds one file, for all to read and execute and none to write, and cp as a link to it."""
    (layer,) = layers(engine, image, tmp_path)

    assert sorted(layer) == ["bin/cp", "bin/kubexit"]
    entry, content = layer["bin/kubexit"]
    assert (entry.mode & 0o7777, entry.uid, entry.gid) == (0o555, 0, 0)
    assert content == KUBEXIT.read_bytes()
    entry, _ = layer["bin/cp"]
    assert (entry.issym(), entry.linkname) == (True, "kubexit")


def test_the_ca_image_has_certificates(engine: Engine, image: str, tmp_path: Path) -> None:
    """The other image holds the same, and CA certificates where TLS libraries look for them."""
    bare = layers(engine, image, tmp_path)
    *below, top = layers(engine, f"{image}-ca", tmp_path)

    assert [sorted(layer) for layer in below] == [sorted(layer) for layer in bare]
    assert list(top) == ["etc/ssl/certs/ca-certificates.crt"]
    entry, content = top["etc/ssl/certs/ca-certificates.crt"]
    assert entry.mode & 0o7777 == 0o444
    context = ssl.create_default_context(cadata=content.decode())
    assert len(context.get_ca_certs()) > 100


def test_the_image_is_as_small_as_the_file(engine: Engine, image: str, tmp_path: Path) -> None:
    """The image is as small as the file: 12.5 MiB at most."""
    (layer,) = layers(engine, image, tmp_path)

    assert sum(entry.size for entry, _ in layer.values()) <= 12.5 * MEBIBYTE


def test_the_entry_point_is_kubexit(configuration: dict[str, Any]) -> None:
    """Entry point is kubexit, with nothing preset; the user is a number, so that `runAsNonRoot` can be judged."""
    assert configuration["Entrypoint"] == ["/bin/kubexit"]
    assert not configuration.get("Cmd")
    assert [name for name in configuration["Env"] if not name.startswith("PATH=")] == []
    assert configuration["User"] == "65532:65532"
    assert not configuration.get("Volumes")


def test_labels_follow_the_oci_specification(configuration: dict[str, Any], version: str) -> None:
    """Labels follow the annotations of the OCI image specification."""
    labels = {key: value for key, value in configuration["Labels"].items() if key.startswith("org.opencontainers.")}
    titles = {key.removeprefix("org.opencontainers.image."): value for key, value in labels.items()}

    assert titles["title"] == "kubexit"
    assert titles["version"] == version
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", titles["created"])
    assert re.fullmatch(r"[0-9a-f]{40}|unknown", titles["revision"])
    assert titles["description"]


def test_the_label_names_all_licences(engine: Engine, image: str) -> None:
    """The label names the licences of all that the bill of materials finds in the file; that of the certificates is
    added in the image that has them."""
    bill = json.loads(Path(f"{KUBEXIT}.cdx.json").read_text())
    wanted = {
        entry.get("expression") or entry["license"]["id"]
        for component in [bill["metadata"]["component"], *bill["components"]]
        for entry in component["licenses"]
    }
    label = '{{index .Config.Labels "org.opencontainers.image.licenses"}}'

    bare, ca = (engine.call("inspect", "--type", "image", "--format", label, tag) for tag in (image, f"{image}-ca"))
    assert {name.strip("()") for name in bare.split(" AND ")} == wanted
    assert ca == f"{bare} AND MPL-2.0"


def test_entry_point_runs(engine: Engine, image: str, version: str) -> None:
    """Without a command line a container runs kubexit."""
    done = engine.run(image, "--version")

    assert (done.code, done.stdout) == (0, f"kubexit {version}\n")


def test_no_arguments_exit_with_2(engine: Engine, image: str) -> None:
    """Started with nothing, as a plain init, it says what is missing, and exits with 2."""
    done = engine.run(image)

    assert done.code == 2
    (command,) = done.stderr.splitlines()
    assert "no command was given" in command
