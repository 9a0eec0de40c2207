"""Run the tests marked "node": in the cluster of KUBECONFIG, or else on a node that is made here for them.

    PYTHONPATH=build:tests python -m e2e [ARGUMENTS OF PYTEST…]

KUBEXIT_NODE_REQUIRED=1: a machine on which no node can be is a failure and no skip.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from e2e import load
from harness.forms import FORMS, ROOT
from images.engine import UnavailableError as NoImagesError
from node import control, life
from node.layout import HERE
from node.programs import UnavailableError

AT_ONCE = "8"  # they wait, most of the time
ALARM = "300"  # of one test; a pod takes its time on a busy machine
NO_TESTS = 5  # pytest's exit code
# Tests that disturb others, or are disturbed by them, run one by one.
PARTS = (("node and not alone", AT_ONCE), ("node and alone", "0"))


def main(arguments: list[str]) -> int:
    """The exit code."""
    named = os.environ.get("KUBECONFIG")
    began = False
    try:
        if not FORMS["static"].exists:
            raise UnavailableError(FORMS["static"].missing)
        if FORMS["static"].is_stale:
            print(f"  {FORMS['static'].missing}: it is tested as it is", flush=True)
        if not named:
            began = control.process_one(HERE) is None
            begin = time.monotonic()
            os.environ["KUBECONFIG"] = str(life.start(HERE))
            os.environ["KUBEXIT_NODE"] = str(HERE.folder)
            print(f"  the node is ready, {time.monotonic() - begin:.0f} s", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            load.images(Path(os.environ["KUBECONFIG"]), Path(folder), own=not named)
        codes = [_part(*part, arguments) for part in PARTS]
    except (UnavailableError, NoImagesError) as reason:
        print(f"NOT TESTED: pods on a real node: {reason}")
        return 1 if os.environ.get("KUBEXIT_NODE_REQUIRED") else 0
    finally:
        if began:
            life.end(HERE)
    if set(codes) == {NO_TESTS}:
        return NO_TESTS
    return max((code for code in codes if code != NO_TESTS), default=0)


def _part(marks: str, at_once: str, arguments: list[str]) -> int:
    """Run the tests of these marks; pytest's exit code."""
    given = arguments if any(not word.startswith("-") for word in arguments) else ["tests/node", *arguments]
    command = [sys.executable, "-P", "-m", "pytest", "-q", "-n", at_once, "--timeout", ALARM, "-m", marks, *given]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
