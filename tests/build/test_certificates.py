"""An authority that this machine added to its certificates does not get into an image."""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

from harness.forms import ROOT

FILE = "certifi/cacert.pem"


def given(packages: Path) -> Path:
    """The file that build/release/certificates.py names if Python finds certifi in this folder."""
    command = [sys.executable, "-P", ROOT / "build/release/certificates.py"]
    environment = {**os.environ, "PYTHONPATH": os.fspath(packages)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return Path(done.stdout.strip())


def test_an_added_authority_is_left_out(tmp_path: Path) -> None:
    """An authority that was added to the certifi of the environment does not get into an image."""
    package = distribution("certifi")
    folder = Path(str(package.locate_file("")))
    (record,) = [file for file in package.files or [] if str(file) == FILE]
    (papers,) = folder.glob("certifi-*.dist-info")
    shutil.copytree(folder / "certifi", tmp_path / "certifi")
    shutil.copytree(papers, tmp_path / papers.name)
    with (tmp_path / FILE).open("a") as bundle:
        bundle.write("-----BEGIN CERTIFICATE-----\n")
    used = given(tmp_path)

    assert used != tmp_path / FILE
    assert record.hash is not None
    digest = hashlib.sha256(used.read_bytes()).digest()
    assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == record.hash.value
