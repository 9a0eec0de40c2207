"""A readiness probe that is a script, and counts how often it was started."""

from pathlib import Path

from .kubexit import Kubexit


def probe(kubexit: Kubexit, body: str) -> Path:
    """A probe that counts its starts, then runs the given code."""
    script = kubexit.folder / "probe"
    script.write_text(f"#!/bin/sh\necho started >> {script}.starts\n{body}\n")
    script.chmod(0o755)
    return script


def starts(script: Path) -> int:
    """How often it was started."""
    noted = script.with_suffix(".starts")
    return len(noted.read_text().splitlines()) if noted.exists() else 0
