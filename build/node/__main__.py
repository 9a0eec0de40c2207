"""Start the node, end it, enter it; see the package."""

import os
import subprocess
import sys
import time

from node import control, life, programs
from node.layout import HERE

USAGE = "usage: python -m node up | down | enter COMMAND…"


def main(words: list[str]) -> int:
    """The exit code."""
    match words:
        case ["up"]:
            begin = time.monotonic()
            runs = control.process_one(HERE) is not None
            kubeconfig = life.start(HERE)
            said = "runs already" if runs else f"ready after {time.monotonic() - begin:.0f} s"
            print(f"  the node {said}\nexport KUBECONFIG={kubeconfig}")
        case ["down"]:
            life.end(HERE)
        case ["enter", *command] if command:
            entered = control.inside(HERE, *command)
            os.execvp(entered[0], entered)
        case _:
            print(USAGE, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (programs.UnavailableError, RuntimeError, TimeoutError, subprocess.CalledProcessError) as error:
        sys.exit(f"kubexit: no node: {error}")
