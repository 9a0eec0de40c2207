"""What the release knows of the project: its version, its time, and the names under which it is published."""

import os
import subprocess
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
DIST = ROOT / "dist"
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
VERSION: str = PROJECT["version"]
MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}


class ReleaseError(Exception):
    """What is missing or wrong; one line that says what to do."""


def epoch() -> int:
    """Return the time of everything in the release, in seconds: SOURCE_DATE_EPOCH, or the time of the commit.

    Raises:
        ReleaseError: there is neither.
    """
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if given:
        if not given.isdecimal():
            raise ReleaseError(f"SOURCE_DATE_EPOCH={given}: must be a number of seconds since 1970")
        return int(given)
    told = _git("log", "-1", "--format=%ct")
    if not told:
        raise ReleaseError("SOURCE_DATE_EPOCH is not set and this is no git checkout: set it to the time of the commit")
    return int(told)


def created() -> str:
    """Return the time of the release as RFC 3339 writes it."""
    return datetime.fromtimestamp(epoch(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def revision() -> str:
    """Return the commit; `unknown` outside a git checkout."""
    return _git("rev-parse", "HEAD") or "unknown"


def repository() -> str:
    """Return OWNER/NAME of the project: KUBEXIT_REPOSITORY, which the workflow of the release sets."""
    return os.environ.get("KUBEXIT_REPOSITORY") or "OWNER/kubexit"


def image() -> str:
    """Return the name of the image without a tag: KUBEXIT_IMAGE, which the workflow of the release sets."""
    return (os.environ.get("KUBEXIT_IMAGE") or "kubexit").lower()


def static_file(arch: str) -> Path:
    """Return the path of the static file for an architecture.

    Raises:
        ReleaseError: it is not built.
    """
    path = DIST / f"kubexit-linux-{arch}"
    if not path.is_file():
        raise ReleaseError(f"there is no {path.relative_to(ROOT)}: make static ARCH={arch}")
    return path


def _git(*words: str) -> str:
    try:
        done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
