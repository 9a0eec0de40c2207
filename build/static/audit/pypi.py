"""Whether a pinned release was withdrawn from PyPI, and whether there is a newer one. Asked of pip, of its index."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator

import fetch
from audit.finding import Finding

LOCK = fetch.PINS.parents[2] / "requirements" / "static.txt"
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check")


def pins() -> dict[str, str]:
    """Names and versions in the lock of the static file's environment."""
    return dict(re.findall(r"^([\w.-]+)==(\S+)", LOCK.read_text(), re.MULTILINE))


def withdrawn() -> Iterator[Finding]:
    """Pinned releases that their authors have taken back ("yanked"), mostly because of a defect."""
    command = [*PIP, "install", "--quiet", "--dry-run", "--ignore-installed", "--no-deps", "--only-binary", ":all:"]
    done = subprocess.run([*command, "--require-hashes", "-r", str(LOCK)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        yield Finding("unknown", "PyPI: pip cannot ask whether a pinned release was withdrawn")
    for name, version in re.findall(r"yanked version: '([\w.-]+)' candidate \(version (\S+) ", done.stderr):
        yield Finding("RENEW", f"{name} {version} was withdrawn from PyPI")


def newer() -> Iterator[Finding]:
    """Later releases of what is pinned; pyproject.toml gives the reason where a pin stays behind."""
    command = [*PIP, "list", "--outdated", "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        yield Finding("unknown", "PyPI: pip cannot ask for newer releases")
        return
    pinned = pins()
    for package in json.loads(done.stdout):
        if package["name"] in pinned:
            text = f"{package['name']}: {package['latest_version']} is on PyPI; pinned is {pinned[package['name']]}"
            yield Finding("newer", text)


def findings() -> Iterator[Finding]:
    """What PyPI says of the pins in requirements/static.txt."""
    yield from withdrawn()
    yield from newer()
