"""The packages that kubectl-kubexit needs, from the index, for an interpreter that runs in a root without network."""

import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

import fetch
from harness.forms import ROOT
from published.unavailable import UnavailableError

# The names by which an installer knows its C library; a wheel for an older release of it also serves.
PLATFORMS = {
    "glibc": ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64", "manylinux_2_5_x86_64"),
    "musl": ("musllinux_1_2_x86_64", "musllinux_1_1_x86_64"),
}
LOCKS = ("plugin", "pip")


def wheelhouse(version: str, libc: str, *more: str) -> Path:
    """Return a folder with wheels of pip and of all dependencies.

    Args:
        version: of the interpreter, for example 3.13.
        libc: glibc or musl.
        more: names of further locks in requirements/.

    Raises:
        UnavailableError: the index does not have one of them as a wheel, or does not answer.
    """
    locks = [ROOT / "requirements" / f"{name}.txt" for name in (*LOCKS, *more)]
    wanted = (version, libc, [lock.read_text() for lock in locks], PLATFORMS[libc])
    key = hashlib.sha256(repr(wanted).encode()).hexdigest()[:16]
    kept = fetch.cache().parent / "wheels" / f"{version}-{libc}-{key}"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as name:
            folder = Path(name) / "wheels"
            _download(folder, version, libc, locks)
            try:
                folder.rename(kept)
            except OSError:  # another process was first
                assert kept.exists()
    return kept


def _download(folder: Path, version: str, libc: str, locks: list[Path]) -> None:
    tag = f"cp{version.replace('.', '')}"
    words = [
        "download",
        "--quiet",
        "--disable-pip-version-check",
        "--only-binary",
        ":all:",
        "--dest",
        str(folder),
        "--no-deps",
    ]
    words += ["--python-version", version, "--implementation", "cp", "--abi", tag, "--abi", "abi3", "--abi", "none"]
    words += [word for platform in PLATFORMS[libc] for word in ("--platform", platform)]
    # The pinned packages of the plugin are what kubectl-kubexit needs; so pip resolves nothing.
    for lock in locks:
        command = [sys.executable, "-m", "pip", *words, "--require-hashes", "-r", str(lock)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=500)
        if done.returncode != 0:
            reason = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
            raise UnavailableError(f"no wheels for Python {version} with {libc}: {reason[0]}")
