"""Stand-ins for the readiness waiter: small shell scripts that keep the contract, or break it on purpose."""

import sys
from pathlib import Path

from .kubexit import Kubexit


class Waiter:
    """A script that counts its starts, then runs the given code."""

    def __init__(self, folder: Path, body: str) -> None:
        self.path = folder / "waiter"
        self._starts = folder / "waiter.starts"
        self.path.write_text(f'#!/bin/sh\necho "$*" >> {self._starts}\n{body}\n')
        self.path.chmod(0o755)

    def __fspath__(self) -> str:
        return str(self.path)

    @property
    def starts(self) -> list[str]:
        """The arguments of each start so far."""
        return self._starts.read_text().splitlines() if self._starts.exists() else []


def real(kubexit: Kubexit) -> Waiter | None:
    """The waiter itself, run by the interpreter of the tests; None for a form that brings its own."""
    if kubexit.form == "static":
        return None
    # -P: the folder of the tests is not where to import from.
    return Waiter(kubexit.folder, f'exec {sys.executable} -P -m kubexit.waiter "$@"')
