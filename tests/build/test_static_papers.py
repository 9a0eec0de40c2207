"""What goes with a static file: bill of materials, licences, checksums."""

import hashlib
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

import fetch
import inventory

ROOT = Path(__file__).parents[2]
DIST = ROOT / "dist"
PYTHON = ROOT / ".build/static/venv/bin/python"
FILES = sorted(path.name for path in DIST.glob("kubexit-linux-*") if path.suffix != ".json")
REASON = "NOT TESTED: the papers of the static file; dist/ has no file (make static)"

if not FILES:
    FILES = [pytest.param("none", marks=pytest.mark.skip(reason=REASON))]  # type: ignore[list-item]


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python text or a script of build/static with the Python that builds the file."""
    environment = {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
    environment["PYTHONPATH"] = str(ROOT / "build/static")
    command = [str(PYTHON), *(["-c", script] if "\n" in script else [script]), *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)


def prefix(file: str) -> str:
    """The libraries of a file's architecture, which are in the cache since it was linked from them."""
    command = ["build/static/libraries.sh", file.rpartition("-")[2]]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def bill(file: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DIST / f"{file}.cdx.json").read_text())
    return found


@pytest.mark.parametrize("file", FILES)
def test_bill_is_valid(file: str) -> None:
    """The bill of materials obeys the schema of CycloneDX, and the validator refuses one that does not.

    The second half is there because a validator that lacks its schema package takes everything.
    """
    script = (
        "import sys\n"
        "from cyclonedx.schema import SchemaVersion\n"
        "from cyclonedx.validation.json import JsonStrictValidator\n"
        "text = open(sys.argv[1]).read()\n"
        "validator = JsonStrictValidator(SchemaVersion.V1_6)\n"
        "print(validator.validate_str(text))\n"
        "print(validator.validate_str(text.replace('\"library\"', '\"no such type\"')) is None)\n"
    )

    assert run(script, f"dist/{file}.cdx.json").stdout.split() == ["None", "False"]


@pytest.mark.parametrize("file", FILES)
def test_bill_is_of_this_file(file: str) -> None:
    """The bill names the hash of the file that it came with."""
    (named,) = bill(file)["metadata"]["component"]["hashes"]

    assert named == {"alg": "SHA-256", "content": fetch.sha256(DIST / file)}


@pytest.mark.parametrize("file", FILES)
def test_bill_is_the_same_each_time(file: str, tmp_path: Path) -> None:
    """Made again, the bill and the licences are equal byte for byte to the ones in dist/: no time, nothing random."""
    run("build/static/sbom.py", f"dist/{file}", prefix(file), str(tmp_path / "bill"))
    run("build/static/licences.py", f"dist/{file}", prefix(file), str(tmp_path / "licences"))

    assert (tmp_path / "bill").read_bytes() == (DIST / f"{file}.cdx.json").read_bytes()
    assert (tmp_path / "licences").read_bytes() == (DIST / "LICENSES").read_bytes()


@pytest.mark.parametrize("file", FILES)
def test_bill_is_complete(file: str) -> None:
    """Listed are the native parts, with the versions that are in the file's own strings, and every bundled package.

    The packages are read here in another way than inventory.py does: by the folders that modules were compiled in.
    """
    script = (
        "import sys\n"
        "from PyInstaller.archive.readers import CArchiveReader\n"
        "inner = CArchiveReader(sys.argv[1]).open_embedded_archive('PYZ.pyz')\n"
        "print(*{name.partition('.')[0] for name in inner.toc if '.' in name}, sep='\\n')\n"
    )
    versions = {part["name"]: part["version"] for part in bill(file)["components"]}
    data = (DIST / file).read_bytes()

    assert f"OpenSSL {versions['openssl']} ".encode() in data
    assert f"\0{versions['zlib']}\0".encode() in data
    assert f"\0{versions['python']}\0".encode() in data
    assert {"musl", "zig", "pyinstaller"} <= set(versions)
    packages = set(run(script, f"dist/{file}").stdout.split())
    own = {"kubexit"} | {path.name for path in (Path(prefix(file)) / "Lib").iterdir() if path.is_dir()}
    assert packages - own <= set(versions)
    assert {"kubernetes", "urllib3"} <= packages


@pytest.mark.parametrize("file", FILES)
def test_bill_tells_origin_and_patches(file: str) -> None:
    """Every part has a package URL, a licence and the hashes of what it was made from; Debian's patches are listed."""
    for part in bill(file)["components"]:
        assert part["purl"].startswith(("pkg:deb/debian/", "pkg:pypi/", "pkg:generic/musl@"))
        assert part["licenses"]
        assert part["externalReferences"]
        assert all(reference["hashes"] for reference in part["externalReferences"])
    python = next(part for part in bill(file)["components"] if part["name"] == "python")
    mended = {issue["id"] for patch in python["pedigree"]["patches"] for issue in patch.get("resolves", [])}
    assert "CVE-2024-0450" in mended


@pytest.mark.parametrize("file", FILES)
def test_licences_are_complete(file: str) -> None:
    """LICENSES has the words of every licence in the bill, and what CPython took from others."""
    text = (DIST / "LICENSES").read_text()

    for part in bill(file)["components"]:
        assert f"\n{part['name']} {part['version']}: " in text
    for words in (
        "TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION",  # Apache-2.0
        "Rich Felker",  # musl
        "Zig contributors",
        "Jean-loup Gailly",  # zlib
        "PYTHON SOFTWARE FOUNDATION LICENSE VERSION 2",
        "Mersenne Twister",  # CPython's random
        "Bootloader Exception",  # PyInstaller
        "Andrey Petrov",  # urllib3
    ):
        assert words in text


@pytest.mark.parametrize("file", FILES)
def test_nothing_under_the_gpl_without_an_exception(file: str) -> None:
    """The only GPL in the file is the boot loader's, whose exception allows it; inotify is not inside."""
    licences = {
        part["name"]: licence.get("expression") or licence["license"]["id"]
        for part in bill(file)["components"]
        for licence in part["licenses"]
    }

    assert {name for name, licence in licences.items() if "GPL" in licence} == {"pyinstaller"}
    assert licences["pyinstaller"].endswith(" WITH Bootloader-exception")
    assert "inotify" not in licences


@pytest.mark.parametrize("file", FILES)
def test_checksums_name_every_file(file: str) -> None:
    """SHA256SUMS names every file of the distribution, with its hash."""
    lines = dict(line.split("  ")[::-1] for line in (DIST / "SHA256SUMS").read_text().splitlines())

    assert {file, f"{file}.cdx.json", "LICENSES"} <= set(lines)
    for name, named in lines.items():
        assert named == hashlib.sha256((DIST / name).read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("module", "complaint"),
    [
        ("pytest", "pytest is in the file, but nothing requires it: exclude it in kubexit.spec"),
        ("from_nowhere", "the origin of the module from_nowhere is unknown"),
    ],
)
def test_stranger_in_the_file(module: str, complaint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bundled module that kubexit does not depend on ends the build: it would be shipped by accident.

    An import that may fail (`try: import typing_extensions`) takes in what only a tool of the build needs.
    """
    (tmp_path / "Lib").mkdir()
    (tmp_path / "Lib/json.py").touch()
    monkeypatch.setattr(inventory, "modules", lambda _: ["json", "kubexit.waiter", "urllib3.connection", module])

    with pytest.raises(inventory.UnknownPartError, match=complaint):
        list(inventory.python(tmp_path, tmp_path))


def test_required_packages_are_those_of_the_dependencies() -> None:
    """What may be inside is kubexit's dependencies and theirs, in the spelling of the index."""
    assert {"kubernetes", "urllib3", "python-dateutil", "pyyaml"} <= inventory.required()
    assert "pytest" not in inventory.required()
