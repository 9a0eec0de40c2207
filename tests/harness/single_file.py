"""kubexit as a single file that can be linked, copied and watched at its system calls: for --install and cp."""

import contextlib
import os
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest

from . import processes
from .kubexit import Kubexit
from .supervised import Finished, Supervised
from .waiting import eventually

DRAFTS = ".kubexit.install-"


def traced(kubexit: Kubexit, *injections: str) -> Kubexit:
    """The same kubexit with faults and signals injected into its system calls, as strace(1) names them."""
    if shutil.which("strace") is None:
        pytest.skip("INTERRUPTED COPIES NOT TESTED: there is no strace")
    calls = ",".join(injection.partition(":")[0] for injection in injections)
    flags = " ".join(f"-e inject={injection}" for injection in injections)
    script = kubexit.folder / "traced"
    script.write_text(f'#!/bin/sh\nexec strace -o /dev/null -e trace={calls} {flags} {kubexit.path} "$@"\n')
    script.chmod(0o755)
    return kubexit.under(script)


def resume(traced: Supervised) -> int:
    """Let a traced kubexit continue, also if the signal that stops it is still to come; its exit code."""
    (pid,) = processes.children(traced.process.pid)

    def ended() -> bool:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
        return traced.process.poll() is not None

    eventually(ended, "kubexit has ended")
    return traced.wait()


def install(kubexit: Kubexit, folder: os.PathLike[str] | str, **keywords: Any) -> Finished:
    """Run --install as an init container does: without a name, without settings."""
    return kubexit.run(options=["--install", folder], name=None, GRAVEYARD=None, **keywords)


def drafts(folder: Path) -> list[str]:
    """What copies that are under way, or were killed, have in a folder."""
    return [name for name in os.listdir(folder) if name.startswith(DRAFTS)]
