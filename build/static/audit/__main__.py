"""Is what the static file is made of known to be vulnerable? Ends with 1 when a pin has to be renewed.

What can be asked is asked: Debian's archives, PyPI, a database of advisories if there is one. What cannot is listed,
with the place where a person finds the answer. A silent audit is not a clean one.
"""

import sys

import fetch
import inventory
from audit import advisories, debian, pypi

PLACES = {
    "musl": "https://www.openwall.com/lists/musl/ and the changes to lib/libc/musl in zig's releases",
    "zig": "https://ziglang.org/news/",
}
INSIDE = ("kubernetes", "pyinstaller", "six", "urllib3")  # of the lock, what is in the file; the SBOM tells as well


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
