"""The installed form: hand the command line over to the native supervisor."""

import os
import sys
from pathlib import Path
from typing import NoReturn

from kubexit import _supervisor

# The waiter is a child process with a separate interpreter, which exits before the command starts.
# -P: a file in the working folder of the container must not replace a module.
WAITER = [sys.executable, "-P", "-m", "kubexit.waiter"]


def restore_environment() -> None:
    """Remove what Python adds to the environment of the command.

    In the C locale the interpreter sets LC_CTYPE for itself and its children (PEP 538). /proc shows the original
    environment. Without /proc the variable stays, because it may be original.
    """
    try:
        came_in = Path("/proc/self/environ").read_bytes().split(b"\0")
    except OSError:
        return
    if "LC_CTYPE" in os.environ and not any(entry.startswith(b"LC_CTYPE=") for entry in came_in):
        del os.environ["LC_CTYPE"]


def main() -> NoReturn:
    """Supervise the command in sys.argv and exit with its exit code.

    os._exit, because there is nothing to clean up: a normal exit of the interpreter would keep the container alive
    for some milliseconds.
    """
    restore_environment()
    argv = [os.fsencode(word) for word in sys.argv]
    os._exit(_supervisor.run(argv, [os.fsencode(word) for word in WAITER]))
