"""What is inside the static file: every foreign part, with its version, its licence and where it came from.

It reads what really went in: the pins of the native sources, the package of the compiler for the C library, and the
archive of Python modules. The list feeds the SBOM, the licence texts and the audit.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from types import CodeType

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import fetch

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements" / "static.txt"

# Packages that name their licence only by a classifier. A person must look at one that is not here.
CLASSIFIERS = {
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: MIT License": "MIT",
}


@dataclass(frozen=True)
class Part:
    """One foreign part of the file."""

    name: str
    version: str
    licence: str
    """An SPDX expression."""
    purl: str
    """Package URL: where it came from."""
    texts: tuple[Path, ...]
    """The files with the licence's words."""
    files: tuple[tuple[str, str], ...]
    """What it was made from: path or name, and SHA-256."""
    cpe: str = ""
    """Its name in vulnerability databases; empty if it has no such name."""
    patches: tuple[str, ...] = ()
    """Debian's patches that were applied, in order."""
    description: str = ""


class UnknownPartError(Exception):
    """The file contains something of unknown origin or licence."""


def native(prefix: Path) -> Iterator[Part]:
    """zlib, OpenSSL and CPython, as build/static/libraries.sh made them in `prefix`."""
    for name, pin in fetch.pins().items():
        source = pin.get("source-package", name)
        yield Part(
            name=name,
            version=pin["version"],
            licence=pin["licence"],
            purl=f"pkg:deb/debian/{source}@{pin['debian']}?arch=source&distro={pin['suite']}",
            texts=(prefix / "licences" / f"{name}.txt",),
            files=tuple((file["path"], file["sha256"]) for file in pin["files"]),
            cpe=pin["cpe"],
            patches=tuple((prefix / "patches" / f"{name}.txt").read_text().split()),
        )


def hashes(name: str) -> tuple[tuple[str, str], ...]:
    """Return the hashes that the lock allows for a package: of its wheels and of its source archive."""
    lines = re.search(rf"^{re.escape(name)}==(?:.*\\\n)*.*", LOCK.read_text(), re.MULTILINE)
    if lines is None:
        raise UnknownPartError(f"{name} is in the file but not in {LOCK.name}")
    return tuple((f"requirements/{LOCK.name}", found) for found in re.findall(r"sha256:(\w+)", lines[0]))


def folder(distribution: metadata.Distribution) -> Path:
    """Where the metadata of an installed package are."""
    files = distribution.files or []
    return next(Path(str(file.locate())).parent for file in files if file.name == "METADATA")


def texts(distribution: metadata.Distribution) -> tuple[Path, ...]:
    """The licence files that came with an installed package."""
    named = distribution.metadata.get_all("License-File") or []
    at = folder(distribution)
    return tuple(next(path for path in (at / "licenses" / name, at / name) if path.exists()) for name in named)


def licence(distribution: metadata.Distribution) -> str:
    """The SPDX expression of an installed package's licence."""
    told = distribution.metadata
    if "License-Expression" in told:
        return told["License-Expression"]
    found = {CLASSIFIERS[text] for text in told.get_all("Classifier") or [] if text in CLASSIFIERS}
    if len(found) != 1:
        raise UnknownPartError(f"{told['Name']}: which licence is it? Name its classifier in build/static/inventory.py")
    return found.pop()


def compiler() -> Iterator[Part]:
    """The C library and the compiler's own helpers, which zig compiles from sources in its package."""
    package = metadata.distribution("ziglang")
    zig = folder(package).parent / "ziglang"
    musl = re.search(r'VERSION "(.*)"', (zig / "lib/libc/musl/src/internal/version.h").read_text())
    if musl is None:
        raise UnknownPartError("the version of musl is not where ziglang used to have it")
    origin = f"pkg:pypi/ziglang@{package.version}"
    yield Part(
        name="musl",
        version=musl[1],
        licence="MIT",
        purl=f"pkg:generic/musl@{musl[1]}",
        texts=(zig / "lib/libc/musl/COPYRIGHT",),
        files=hashes("ziglang"),
        cpe=f"cpe:2.3:a:musl-libc:musl:{musl[1]}:*:*:*:*:*:*:*",
        description=f"the C library, with the changes of {origin}",
    )
    yield Part(
        name="zig",
        version=package.version,
        licence="MIT",
        purl=origin,
        texts=(zig / "LICENSE",),
        files=hashes("ziglang"),
        description="compiler_rt and the parts of the C library that are written in Zig",
    )


def bootloader() -> Part:
    """PyInstaller's boot loader and its three modules that import from the archive."""
    package = metadata.distribution("pyinstaller")
    return Part(
        name="pyinstaller",
        version=package.version,
        licence="GPL-2.0-or-later WITH Bootloader-exception",
        purl=f"pkg:pypi/pyinstaller@{package.version}",
        texts=texts(package),
        files=hashes("pyinstaller"),
        description="the boot loader, and the modules that import from the archive",
    )


def modules(archive: Path) -> list[str]:
    """The modules in PyInstaller's archive (or in an executable that ends in one) that hold any code.

    A package whose file was replaced by an empty one (kubexit.spec) is not inside, although its name is.
    """
    from PyInstaller.archive.readers import CArchiveReader

    inner = CArchiveReader(str(archive)).open_embedded_archive("PYZ.pyz")
    found = ((name, inner.extract(name)) for name in inner.toc)
    return sorted(name for name, code in found if isinstance(code, CodeType) and (code.co_names or code.co_varnames))


def required() -> set[str]:
    """The names of all packages that kubexit depends on, directly or not; the environment has tools as well."""
    waiting = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    found: set[str] = set()
    while waiting:
        wanted = Requirement(waiting.pop())
        name = canonicalize_name(wanted.name)
        if name not in found and (wanted.marker is None or wanted.marker.evaluate({"extra": ""})):
            found.add(name)
            waiting += metadata.requires(name) or []
    return found


def python(archive: Path, prefix: Path) -> Iterator[Part]:
    """The PyPI packages of which something is in the archive; UnknownPartError for one that does not belong there."""
    owners = metadata.packages_distributions()
    names: set[str] = set()
    for module in modules(archive):
        top = module.partition(".")[0]
        library = prefix / "Lib" / top
        if library.is_dir() or library.with_suffix(".py").exists() or top == "kubexit":
            continue
        if top not in owners:
            raise UnknownPartError(f"the origin of the module {module} is unknown")
        names.add(canonicalize_name(owners[top][0]))
    for name in sorted(names - required()):
        raise UnknownPartError(f"{name} is in the file, but nothing requires it: exclude it in kubexit.spec")
    for name in sorted(names):
        package = metadata.distribution(name)
        yield Part(
            name=name,
            version=package.version,
            licence=licence(package),
            purl=f"pkg:pypi/{name}@{package.version}",
            texts=texts(package),
            files=hashes(name),
        )


def inventory(archive: Path, prefix: Path) -> list[Part]:
    """All foreign parts, in a fixed order. To be run with the Python of .build/static/venv."""
    return [*compiler(), *native(prefix), bootloader(), *python(archive, prefix)]
