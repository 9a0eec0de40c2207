"""Does a database of advisories know a pinned version? Read from records in the OSV format.

KUBEXIT_ADVISORIES names folders or zip files of them, with blanks between several: the exports of OSV for PyPI and
Debian, or the Python Packaging Advisory Database as JSON. https://ossf.github.io/osv-schema/ describes the format.
"""

import json
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

import fetch
from audit import debian, pypi
from audit.finding import Finding

RELEASES = {"bookworm": "Debian:12", "trixie": "Debian:13", "forky": "Debian:14"}


def records(place: Path) -> Iterator[dict[str, Any]]:
    """The records in a folder (and below) or in a zip file."""
    if place.is_dir():
        for path in sorted(place.rglob("*.json")):
            yield json.loads(path.read_text())
        return
    with zipfile.ZipFile(place) as archive:
        for name in sorted(archive.namelist()):
            if name.endswith(".json"):
                yield json.loads(archive.read(name))


def pinned() -> dict[tuple[str, str], str]:
    """The version of each pin, by ecosystem and name as OSV has them."""
    found = {("PyPI", name): version for name, version in pypi.pins().items()}
    for name, pin in fetch.pins().items():
        found[RELEASES[pin["suite"]], pin.get("source-package", name)] = pin["debian"]
    return found


def at_least(version: str, bound: str, ecosystem: str) -> bool:
    """Whether a version is a bound or later, in the order of its ecosystem; "0" is before all others."""
    if bound in ("0", version):
        return True
    if ecosystem == "PyPI":
        try:
            return Version(version) >= Version(bound)
        except InvalidVersion:
            return False
    return debian.later(version, bound)


def touches(affected: dict[str, Any], version: str) -> bool:
    """Whether a record's list of versions, or one of its ranges, has a version in it."""
    if version in affected.get("versions", []):
        return True
    ecosystem = affected["package"]["ecosystem"]
    for span in affected.get("ranges", []):
        inside = False
        if span["type"] != "ECOSYSTEM":
            continue
        for event in span["events"]:
            if "introduced" in event:
                inside = inside or at_least(version, event["introduced"], ecosystem)
            elif "fixed" in event:
                inside = inside and not at_least(version, event["fixed"], ecosystem)
            elif "last_affected" in event:
                last = event["last_affected"]
                inside = inside and (version == last or not at_least(version, last, ecosystem))
        if inside:
            return True
    return False


def findings() -> Iterator[Finding]:
    """What the named databases say of all pins."""
    places = os.environ.get("KUBEXIT_ADVISORIES", "").split()
    if not places:
        yield Finding(
            "unknown", "advisories: no database here; KUBEXIT_ADVISORIES names a folder or zip of OSV records"
        )
    versions = pinned()
    for place in places:
        for record in records(Path(place)):
            if "withdrawn" in record:
                continue
            for affected in record.get("affected", []):
                package = affected.get("package", {})
                version = versions.get((package.get("ecosystem", ""), package.get("name", "").lower()))
                if version is not None and touches(affected, version):
                    also = " ".join(record.get("aliases", []))
                    yield Finding("RENEW", f"{package['name']} {version}: {record['id']} {also}".rstrip())
