"""Stand-ins for the readiness waiter: small shell scripts that keep the contract, or break it on purpose."""

from pathlib import Path


class Waiter:
    """A script that notes each of its starts, then does what it is told."""

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
