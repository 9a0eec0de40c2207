"""Check the parts of the static file for known vulnerabilities. Exits with 1 if a pin must be renewed.

It asks Debian's archives, PyPI, and a database of advisories if there is one. It lists what it cannot ask, with the
place where a person finds the answer. A silent audit is not a clean one.
"""

import sys

import fetch
import inventory
from audit import advisories, debian, pypi

PLACES = {
    "musl": "https://www.openwall.com/lists/musl/ and the changes to lib/libc/musl in zig's releases",
    "zig": "https://ziglang.org/news/",
}
INSIDE = ("kubernetes", "pyinstaller", "six", "urllib3")  # of the lock, what is in the file, as in the SBOM


def places() -> list[str]:
    """Part, version, and where its vulnerabilities are published."""
    found = [f"{name} {pin['debian']}: {pin['advisories']}" for name, pin in fetch.pins().items()]
    found += [f"{part.name} {part.version}: {PLACES[part.name]}" for part in inventory.compiler()]
    return found + [f"{name} {pypi.pins()[name]}: advisories PYSEC-… and GHSA-… for {name}" for name in INSIDE]


def main() -> int:
    """Print what is known, then where to look."""
    findings = [*debian.findings(), *pypi.findings(), *advisories.findings()]
    for kind in ("RENEW", "newer", "unknown"):
        for finding in findings:
            if finding.kind == kind:
                print(f"  {kind:8} {finding.text}")
    print("  Published vulnerabilities, to be read before a release:")
    for place in places():
        print(f"    {place}")
    return int(any(finding.kind == "RENEW" for finding in findings))


if __name__ == "__main__":
    sys.exit(main())
