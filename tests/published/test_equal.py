"""A release that is made again is the same."""

import os
import subprocess
from pathlib import Path

import pytest

from harness.forms import ROOT
from published.conftest import not_tested
from published.layout import Read
from release import project

pytestmark = pytest.mark.release
ALARM = 900


@pytest.mark.behaviour("release-is-reproducible")
@pytest.mark.timeout(ALARM)
def test_a_second_release_has_the_same_bytes(released: Path, tmp_path: Path) -> None:
    """Made again from the same static files, in another folder, time zone, locale and umask, every file is equal.

    Digests of images are hashes of such files.
    """
    made = layout_notes()["org.opencontainers.image.revision"]
    if made != project.revision():
        not_tested(f"it was made from the commit {made[:12]}, and the tree has another one (make release)")
    arches = sorted(path.name.rpartition("-")[2] for path in released.glob("kubexit-linux-*[!n]"))
    environment = {**os.environ, "KUBEXIT_RELEASE": str(tmp_path / "another/and/deeper"), "TZ": "Asia/Kathmandu"}
    environment |= {"LC_ALL": "C.UTF-8", "HOME": str(tmp_path)} | {"XDG_CACHE_HOME": str(cache())}
    command = f"umask 077; exec build/release.sh {' '.join(arches)}"
    subprocess.run(
        ["sh", "-c", command], cwd=ROOT, env=environment, check=True, timeout=ALARM, stdout=subprocess.DEVNULL
    )
    again = tmp_path / "another/and/deeper/release"

    assert (again / "SHA256SUMS").read_text() == (released / "SHA256SUMS").read_text()
    assert digests(tmp_path / "another/and/deeper/oci") == digests(ROOT / "dist/oci")


def layout_notes() -> dict[str, str]:
    """The annotations of the index of the image that was released."""
    layout = Read(ROOT / "dist/oci/image")
    notes: dict[str, str] = layout.json(layout.tag(project.VERSION))["annotations"]
    return notes


def cache() -> Path:
    """The folder above the cache of the project, for a run with another home."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def digests(folder: Path) -> dict[str, str]:
    """The index of each layout: it names everything by digest."""
    return {path.parent.name: path.read_text() for path in folder.glob("*/index.json")}
