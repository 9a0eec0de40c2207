"""The page on verification: what works without the network is run on the release, as it is written there."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from harness.forms import ROOT
from published.conftest import not_tested

pytestmark = [pytest.mark.release, pytest.mark.behaviour("verify-offline")]
PAGE = (ROOT / "docs/use/verify.md").read_text()
BLOCKS = re.findall(r"^```sh offline\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
SUMS, DIGEST, INDEX, BILL, WHEEL = range(5)


@pytest.fixture
def downloaded(released: Path, tmp_path: Path) -> Path:
    """A folder with the files of the release, as a reader downloads them."""
    return Path(shutil.copytree(released, tmp_path / "downloaded"))


def run(block: int, folder: Path, version: str) -> subprocess.CompletedProcess[str]:
    """Run a block of the page, for this version, in a folder."""
    script = BLOCKS[block].replace("0.2.0", version)
    return subprocess.run(["bash", "-e", "-c", script], cwd=folder, capture_output=True, text=True, timeout=100)


def test_every_block_is_tried() -> None:
    """The page has the blocks that the tests below run, and no other."""
    assert len(BLOCKS) == 5
    beginnings = [block.split()[0] for block in BLOCKS]
    assert beginnings == ["sha256sum", "python3", "tar", "python3", "unzip"]


def test_sums_find_a_file_that_was_changed(downloaded: Path, version: str) -> None:
    """All files are OK; after one byte of one file was changed, the command fails and names it."""
    assert run(SUMS, downloaded, version).returncode == 0
    with (downloaded / "kubexit.1").open("a") as file:
        file.write("\n")
    changed = run(SUMS, downloaded, version)

    assert changed.returncode != 0
    assert "kubexit.1: FAILED" in changed.stdout


def test_the_archive_has_the_published_digest(downloaded: Path, version: str) -> None:
    """The digest that digests.json names is in the index of the archive."""
    digest = run(DIGEST, downloaded, version).stdout.strip()
    found = run(INDEX, downloaded, version)

    assert re.fullmatch("sha256:[0-9a-f]{64}", digest)
    assert digest in found.stdout.split()


def test_the_bill_is_compared_with_its_file(downloaded: Path, version: str) -> None:
    """The bill is of the file, and lists what is inside; of a changed file it says so."""
    if not (downloaded / "kubexit-linux-amd64").exists():
        not_tested("it was made without amd64")
    assert run(BILL, downloaded, version).stdout.startswith("the bill is of this file\n")
    (downloaded / "kubexit-linux-amd64").write_bytes(b"another")
    changed = run(BILL, downloaded, version).stdout

    assert changed.startswith("THE BILL IS OF ANOTHER FILE\n")
    assert re.search(r"^openssl \d", changed, re.MULTILINE)


def test_the_wheel_is_compared_with_the_file(downloaded: Path, version: str) -> None:
    """The script in the wheel is equal to the static file; cmp notices another one."""
    if not (downloaded / "kubexit-linux-amd64").exists():
        not_tested("it was made without amd64")
    assert run(WHEEL, downloaded, version).returncode == 0
    (downloaded / "kubexit-linux-amd64").write_bytes(b"another")

    assert run(WHEEL, downloaded, version).returncode != 0
