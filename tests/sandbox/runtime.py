"""runsc, gVisor's container runtime, as this machine has it."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ALARM = 60.0


class UnavailableError(Exception):
    """Why no sandbox can be made here."""


def find() -> str:
    """The path of runsc: RUNSC's, or the one in PATH."""
    path = shutil.which(os.environ.get("RUNSC", "runsc"))
    if path is None:
        raise UnavailableError("runsc is not installed (Debian: apt-get install runsc)")
    if os.geteuid() != 0:
        raise UnavailableError("runsc makes sandboxes for root only")
    return path


@dataclass(frozen=True)
class Runtime:
    """runsc with a folder for its state."""

    path: str
    state: Path

    def call(
        self, *arguments: str | Path, stdout: IO[bytes] | None = None, stderr: IO[bytes] | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        """Run one of its commands. Output goes to the files, which a container inherits, or is returned."""
        # No platform is chosen: the runtime knows best which one works. Limits are not tested here.
        command = [self.path, "--root", self.state, "--network=none", "--ignore-cgroups", *arguments]
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=stdout if stdout is not None else subprocess.PIPE,
            stderr=stderr if stderr is not None else subprocess.PIPE,
            timeout=ALARM,
            check=False,
        )
