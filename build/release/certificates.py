"""The CA certificates of the images: the file of the pinned package certifi, as it was published.

    python -P build/release/certificates.py     prints the path of the file

Many a network has its own CA, and tools add it to the certifi of each environment. That CA must not get into an image.
"""

import base64
import hashlib
import io
import re
import subprocess
import sys
import tempfile
import zipfile
from importlib.metadata import distribution
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILE = "certifi/cacert.pem"


def path() -> Path:
    """Return the installed file, or one from the package itself if the installed one was changed."""
    record = distribution("certifi")
    (entry,) = [file for file in record.files or [] if str(file) == FILE]
    installed = Path(str(entry.locate()))
    assert entry.hash is not None
    if _digest(installed.read_bytes()) == entry.hash.value:
        return installed
    kept = ROOT / ".build" / "certificates" / f"{record.version}.pem"
    if not kept.exists() or _digest(kept.read_bytes()) != entry.hash.value:
        print("  the certifi of this environment was changed: its certificates come from the package", file=sys.stderr)
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(_published())
    return kept


def _digest(content: bytes) -> str:
    """Return the hash as a RECORD has it (PEP 376)."""
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def _published() -> bytes:
    """Return the file from the package that the lock file names, whose hash pip checks."""
    lock = (ROOT / "requirements" / "lock.txt").read_text()
    pin = re.search(r"^certifi==(?:.*\\\n)*.*\n", lock, re.MULTILINE)
    assert pin is not None
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "certifi.txt"
        wanted.write_text(pin[0])
        # Not by this interpreter, which may be the one of the static file, and without its settings.
        pip = [
            str(ROOT / ".build/venv/bin/python"),
            "-I",
            "-m",
            "pip",
            "download",
            "-q",
            "--no-deps",
            "--require-hashes",
        ]
        subprocess.run([*pip, "-d", folder, "-r", wanted], check=True)
        (wheel,) = Path(folder).glob("certifi-*.whl")
        with zipfile.ZipFile(io.BytesIO(wheel.read_bytes())) as package:
            return package.read(FILE)


if __name__ == "__main__":
    print(path())
