"""The installed form: hand the command line over to the native supervisor."""

import os
import sys
from pathlib import Path
from typing import NoReturn

from kubexit import _supervisor

# The readiness waiter is a child with an interpreter of its own, gone before the command starts.
# -P: a file in the container's working folder must not stand in for a module.
WAITER = [sys.executable, "-P", "-m", "kubexit.waiter"]


def restore_environment() -> None:
    """Take back what Python adds to the environment of the command.

    In the C locale the interpreter sets LC_CTYPE for itself and its children (PEP 538). What came
    in is known from /proc; without it the variable stays, since it may have come in.
    """
    try:
        came_in = Path("/proc/self/environ").read_bytes().split(b"\0")
    except OSError:
        return
    if "LC_CTYPE" in os.environ and not any(entry.startswith(b"LC_CTYPE=") for entry in came_in):
        del os.environ["LC_CTYPE"]


def main() -> NoReturn:
    """Supervise the command in sys.argv and leave with its code.

    os._exit, because nothing is left to tidy: the interpreter's own end would
    keep the container alive for some milliseconds more.
    """
    restore_environment()
    argv = [os.fsencode(word) for word in sys.argv]
    os._exit(_supervisor.run(argv, [os.fsencode(word) for word in WAITER]))
