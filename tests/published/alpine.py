"""A root in place of Alpine: musl's loader and busybox from Debian, and a CPython that is linked with that loader.

Debian has no Python for musl. So one is compiled from the pinned source, by the compiler of the static file, with
shared modules and a way to load more: other wheels for musl have compiled parts.
"""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import fetch
from harness.forms import ROOT
from published import debian
from published.unavailable import UnavailableError

RECIPE = Path(__file__).with_name("musl-python.sh")
PYTHON = "/usr/bin/python3.11"


def make(folder: Path, *more: str) -> str:
    """Lay out the root in a folder. Return the path of its Python, inside.

    Args:
        folder: where the root is made.
        more: further programs of busybox.

    Raises:
        UnavailableError: the packages do not come, or the compiler of the static file is not there.
    """
    debian.root(folder, "bookworm", "musl", "busybox-static")
    for name in ("sh", "ls", "cat", "env", "mkdir", "sleep", "true", *more):
        (folder / "usr/bin" / name).symlink_to("busybox")
    # Nothing of glibc may be there: with it, what was linked for glibc would run.
    loaders = [path.name for path in folder.rglob("ld-linux*")]
    assert loaders == [], loaders
    shutil.copytree(interpreter(), folder / "usr", symlinks=True, dirs_exist_ok=True)
    return PYTHON


def interpreter() -> Path:
    """Return a folder with bin/python3.11 and its library, built now if the cache does not have it."""
    if not (ROOT / ".build/static/venv/bin/python").exists():
        raise UnavailableError("no compiler for musl here (make static)")
    parts = [
        RECIPE.read_text(),
        (ROOT / "build/static/compiler.sh").read_text(),
        (ROOT / "build/static/unpack.sh").read_text(),
    ]
    parts += [repr(fetch.pins()["python"]["files"]), *_libraries().parts[-1:]]
    kept = fetch.cache().parent / "roots" / f"musl-python-{hashlib.sha256(''.join(parts).encode()).hexdigest()[:16]}"
    with debian.alone():
        if not kept.exists():
            _build(kept)
    return kept


def _build(kept: Path) -> None:
    """Build it beside its place, and rename it: an interrupted build leaves nothing that counts."""
    draft = kept.with_suffix(f".{os.getpid()}")
    command = [RECIPE, _libraries(), draft]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=1800)
    if done.returncode != 0:
        raise UnavailableError(f"CPython for musl was not built: {done.stderr.strip().splitlines()[-1:]}")
    draft.rename(kept)


def _libraries() -> Path:
    """Return the folder with zlib and OpenSSL, from which the static file was linked."""
    command = ["build/static/libraries.sh", "amd64"]
    return Path(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip())
