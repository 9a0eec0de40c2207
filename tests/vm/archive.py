"""Fetch pinned packages of Debian, and find what the archive offers instead if one is gone.

A file comes from the cache, from the places in KUBEXIT_SOURCES, or from the archives that apt is set up with. Only its
hash is believed. If no place has it, apt says what the suite of the pin offers now.
"""

import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import IO, cast

import fetch

from .pins import Pin

KEYS = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
RENEW = "print new pins with `make vm ARGS=--renew`, or name a place that has the file in KUBEXIT_SOURCES"


class ArchiveError(Exception):
    """A package is not available, or is not what it should be; the text says what to do."""


def cache() -> Path:
    """Return the folder of packages, outside the tree."""
    folder: Path = fetch.cache().parent / "kernels"
    return folder


def pinned(pin: Pin) -> Path:
    """Return the pinned file; ArchiveError with what each place said if no place has it."""
    kept = cache() / Path(pin.path).name
    if kept.is_file() and fetch.sha256(kept) == pin.sha256:
        return kept
    cache().mkdir(parents=True, exist_ok=True)
    said = []
    with tempfile.TemporaryDirectory(dir=cache(), prefix=".fetch-") as folder:
        draft = Path(folder) / "file"
        for place, reason in fetch.attempts({"path": pin.path, "sha256": pin.sha256}, draft):
            if not reason and (found := fetch.sha256(draft)) != pin.sha256:
                reason = f"its hash is {found}, pinned is {pin.sha256}"
            if not reason:
                return draft.replace(kept)
            said.append(f"    {place}: {reason}")
    nowhere = ["    no place to look: apt names no archive, and KUBEXIT_SOURCES is empty"]
    raise ArchiveError("\n".join([f"{kept.name} is not available:", *(said or nowhere)]))


def debian() -> str:
    """Return the base URL of Debian's main archive, as apt knows it; ArchiveError if it knows none."""
    command = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", "Label: Debian"]
    found = run(command).split()
    if not found:
        raise ArchiveError("apt knows no archive of Debian; run apt-get update")
    return found[0]


def run(command: list[str], folder: Path | None = None) -> str:
    """Return what a command prints; ArchiveError with its last error."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ArchiveError(f"{' '.join(command[:1])}: {' '.join(done.stderr.splitlines()[-1:])}")
    return done.stdout


class Offer:
    """What the suite of a pin offers now: apt with lists of this suite alone, in a separate folder."""

    def __init__(self, pin: Pin) -> None:
        self._pin = pin
        self._folder = cache() / f"apt-{pin.suite}-{pin.arch}"
        (self._folder / "lists" / "partial").mkdir(parents=True, exist_ok=True)
        source = self._folder / "source.list"
        source.write_text(f"deb [arch={pin.arch} signed-by={KEYS}] {debian()} {pin.suite} main\n")
        self._options = [
            f"-oDir::State::lists={self._folder}/lists",
            f"-oDir::Etc::sourcelist={source}",
            "-oDir::Etc::sourceparts=/dev/null",
            f"-oDir::Cache={self._folder}",
            f"-oAPT::Architecture={pin.arch}",
            f"-oAPT::Architectures={pin.arch}",
            "-oAPT::Sandbox::User=root",
            "-oAcquire::Languages=none",
        ]
        self._apt("get", "update")

    def _apt(self, tool: str, *words: str) -> str:
        return run([f"apt-{tool}", *self._options, *words], self._folder)

    def _fields(self, package: str) -> dict[str, str]:
        """Return the fields of the newest version of a package."""
        text = self._apt("cache", "show", "--no-all-versions", package)
        return dict(line.split(": ", 1) for line in text.splitlines() if ": " in line and line[0] != " ")

    def _package(self) -> str:
        """Return the package with the file: what a package of kernels without a version depends on, maybe twice."""
        package = self._pin.meta
        for prefix in ("linux-image-", "linux-binary-"):
            words = self._fields(package).get("Depends", "").replace(",", " ").split()
            package = next((word for word in words if word.startswith(prefix)), package)
        return package

    def pin(self) -> Pin:
        """Return the pin of what is offered."""
        fields = self._fields(self._package())
        old = self._pin
        return Pin(old.name, old.arch, old.suite, old.meta, fields["Version"], fields["Filename"], fields["SHA256"])


def package(pin: Pin, warn: list[str]) -> tuple[Pin, Path]:
    """Return a pinned package, or, with a warning, what its suite offers now; ArchiveError if there is neither."""
    try:
        return pin, pinned(pin)
    except ArchiveError as error:
        gone = str(error)
    try:
        offered = Offer(pin).pin()
        file = pinned(offered)
    except ArchiveError as error:
        raise ArchiveError(f"{gone}\n  and {pin.suite} offers nothing instead: {error}\n  {RENEW}") from None
    warn.append(f"PIN GONE: {gone}\n  {offered.version} of {pin.suite} is used instead of {pin.version}; {RENEW}")
    return offered, file


def extracted(deb: Path, names: tuple[str, ...], target: Path) -> Path:
    """Write the first file of a package whose name begins with one of `names` to `target`."""
    draft = target.with_suffix(".new")
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", deb], stdout=subprocess.PIPE) as unpacking:
        with tarfile.open(fileobj=cast(IO[bytes], unpacking.stdout), mode="r|") as members:
            for member in members:
                if member.isfile() and Path(member.name).name.startswith(names):
                    content = cast(IO[bytes], members.extractfile(member))
                    draft.write_bytes(content.read())
                    break
            else:
                raise ArchiveError(f"{deb} has no {' or '.join(names)}")
        unpacking.kill()
    return draft.replace(target)
