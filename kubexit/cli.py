"""The installed form: hand the command line over to the native supervisor."""

import os
import sys
from typing import NoReturn

from kubexit import _supervisor

# The readiness waiter is a child with an interpreter of its own, gone before the command starts.
WAITER = [sys.executable, "-m", "kubexit.waiter"]


def main() -> NoReturn:
    """Supervise the command in sys.argv and leave with its code.

    os._exit, because nothing is left to tidy: the interpreter's own end would
    keep the container alive for some milliseconds more.
    """
    argv = [os.fsencode(word) for word in sys.argv]
    os._exit(_supervisor.run(argv, [os.fsencode(word) for word in WAITER]))
