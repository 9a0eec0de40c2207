"""Root file systems with nothing but a Python: Debian's packages, unpacked and not configured. No compiler, no pip.

apt resolves what a package needs, with separate folders for each suite: the apt of the machine knows only its own. The
packages are kept outside the tree for a week.
"""

import fcntl
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import fetch
from audit import debian
from published.unavailable import UnavailableError

NEVER = ("gcc", "cc", "clang", "tcc", "make")  # what a root without a compiler does not have
WEEK = 7 * 86_400
NEWEST = "newest-python"


def root(folder: Path, suite: str, *packages: str) -> Path:
    """Unpack packages of a suite and all that they need into a folder; the folder.

    Raises:
        UnavailableError: the archive of the suite does not answer, or does not have one of them.
    """
    for name in ("bin", "sbin", "lib", "lib64"):
        (folder / "usr" / name).mkdir(parents=True)
        (folder / name).symlink_to(f"usr/{name}")
    for name in ("dev", "proc", "tmp", "root", "etc", "wheels"):
        (folder / name).mkdir()
    for deb in _packages(suite, packages):
        # dpkg-deb --extract would put a folder in place of the link /bin, if a package has files there.
        files = subprocess.run(
            ["dpkg-deb", "--fsys-tarfile", deb], check=True, stdout=subprocess.PIPE, timeout=120
        ).stdout
        subprocess.run(["tar", "-x", "--keep-directory-symlink", "-C", folder], input=files, check=True, timeout=120)
    found = [name for name in NEVER if (folder / "usr/bin" / name).exists()]
    assert found == [], found
    return folder


def _packages(suite: str, packages: tuple[str, ...]) -> list[Path]:
    """Return packages as files of the cache."""
    kept = fetch.cache().parent / "roots" / "-".join((suite, *packages))
    with alone():
        if not kept.exists() or time.time() - kept.stat().st_mtime > WEEK:
            _download(suite, packages, kept)
    return sorted(kept.glob("*.deb"))


def _download(suite: str, packages: tuple[str, ...], kept: Path) -> None:
    """Download packages and what they need; NEWEST is the newest python3.N of the suite."""
    with tempfile.TemporaryDirectory(dir=kept.parent, prefix=".apt-") as name:
        folder = Path(name)
        for part in ("state/lists/partial", "cache/archives/partial"):
            (folder / part).mkdir(parents=True)
        plain, _ = debian.bases()
        (folder / "sources.list").write_text(f"deb [signed-by={debian.KEYRING}] {plain} {suite} main\n")
        debian.apt("apt-get", "update", "-q", folder=folder)
        wanted = [_newest(folder) if package == NEWEST else package for package in packages]
        words = ["install", "-q", "-y", "--no-install-recommends", "--download-only"]
        said = debian.apt("apt-get", *words, *wanted, folder=folder)
        debs = sorted((folder / "cache/archives").glob("*.deb"))
        if not debs or "Download complete" not in said:
            raise UnavailableError(f"{' '.join(wanted)} of Debian's {suite}: {said.strip().splitlines()[-1:]}")
        draft = folder / "debs"
        draft.mkdir()
        for deb in debs:
            deb.rename(draft / deb.name)
        if kept.exists():
            kept.rename(folder / "old")
        draft.rename(kept)


def _newest(folder: Path) -> str:
    """Return the name of the newest package python3.N, for example python3.15."""
    names = re.findall(
        r"^(python3\.\d+)$", debian.apt("apt-cache", "pkgnames", "python3.", folder=folder), re.MULTILINE
    )
    if not names:
        raise UnavailableError("the archive of Debian does not answer")
    return max(names, key=lambda name: int(name.partition(".")[2]))


@contextmanager
def alone() -> Iterator[None]:
    """Wait until no other process downloads packages, or builds for a root."""
    place = fetch.cache().parent / "roots"
    place.mkdir(parents=True, exist_ok=True)
    with (place / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
