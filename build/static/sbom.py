"""sbom.py FILE PREFIX OUT — the software bill of materials of a static file, as CycloneDX; checked against its schema.

Nothing in it is random or of today: the serial number comes from the bytes of FILE, and a time is in it only when
SOURCE_DATE_EPOCH gives one. Two builds of one commit give the same text.
"""

import os
import re
import sys
import tomllib
import uuid
from datetime import UTC, datetime
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, XsUri
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType, Diff, Patch, PatchClassification, Pedigree
from cyclonedx.model.issue import IssueClassification, IssueType, IssueTypeSource
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

import fetch
from inventory import ROOT, Part, inventory

LICENCES = LicenseFactory()


def patch(name: str) -> Patch:
    """Return one of Debian's patches; its name can contain the vulnerability that it fixes."""
    known = None if "test" in name.lower() else re.search(r"CVE-\d{4}-\d+", name)
    where = IssueTypeSource(name="NVD")
    mends = [IssueType(type=IssueClassification.SECURITY, id=known[0], source=where)] if known else []
    return Patch(type=PatchClassification.BACKPORT, diff=Diff(url=XsUri(f"debian/patches/{name}")), resolves=mends)


def origin(path: str, sha256: str) -> ExternalReference:
    """A file that a part was made from: its path in Debian's archive, or the lock that names its hash."""
    kind = ExternalReferenceType.SOURCE_DISTRIBUTION if path.startswith("pool/") else ExternalReferenceType.DISTRIBUTION
    return ExternalReference(type=kind, url=XsUri(path), hashes=[HashType(alg=HashAlgorithm.SHA_256, content=sha256)])


def component(part: Part) -> Component:
    """A foreign part as CycloneDX has it."""
    return Component(
        name=part.name,
        version=part.version,
        type=ComponentType.LIBRARY,
        bom_ref=part.purl,
        purl=PackageURL.from_string(part.purl),
        cpe=part.cpe or None,
        description=part.description or None,
        licenses=[LICENCES.make_from_string(part.licence)],
        external_references=[origin(*file) for file in part.files],
        pedigree=Pedigree(patches=[patch(name) for name in part.patches]) if part.patches else None,
    )


def bill(file: Path, prefix: Path) -> Bom:
    """The bill of a static file that was linked from the libraries in `prefix`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    sha256 = fetch.sha256(file)
    product = Component(
        name=project["name"],
        version=project["version"],
        type=ComponentType.APPLICATION,
        bom_ref=project["name"],
        description=project["description"],
        licenses=[LICENCES.make_with_id(project["license"])],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=sha256)],
        purl=PackageURL(type="generic", name=project["name"], version=project["version"]),
    )
    bom = Bom(
        serial_number=uuid.uuid5(uuid.NAMESPACE_OID, sha256),
        metadata=BomMetaData(component=product),
        components=[component(part) for part in inventory(file, prefix)],
    )
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    bom.metadata.timestamp = datetime.fromtimestamp(int(epoch), UTC) if epoch else None
    bom.register_dependency(product, bom.components)
    return bom


def main(file: str, prefix: str, out: str) -> int:
    """Write the bill; 1 and the schema's complaint on stderr when it is not valid."""
    text = JsonV1Dot6(bill(Path(file), Path(prefix))).output_as_string(indent=2)
    complaint = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if complaint is not None:
        print(f"kubexit: the SBOM is not valid CycloneDX: {complaint}", file=sys.stderr)
        return 1
    Path(out).write_text(text + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
