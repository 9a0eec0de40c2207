"""Let every system call of kubexit fail once, in each of its ways: `make faults`.

Each fault is the life of a small pod in which one call fails, or kubexit is killed or stopped before it. An oracle says
whether exit code, tombstone, log and peers are as the documents promise. With --soak, pods are disturbed at random for
SOAK_SECONDS instead. docs/develop/faults.md explains both.
"""

import argparse
import os
import sys

from harness.forms import FORMS
from harness.programs import program

from .campaign import RecordError, chosen, play
from .life import HangError
from .rounds import soak
from .worker import begin_worker

SOAK_SECONDS = "300"


def positive(text: str) -> int:
    """A number from 1 on."""
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def main() -> int:
    """Exit code 0 if all was as promised, 1 if not, 2 if nothing could be tried."""
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("words", nargs="*", help="only faults whose names contain all of these words")
    parser.add_argument("--sample", type=positive, default=0, metavar="N", help="only N of them, chosen by the seed")
    parser.add_argument("--seed", help="what chooses the sample (else the commit), or the pod of --soak")
    parser.add_argument("--soak", action="store_true", help="disturb pods at random, for SOAK_SECONDS (300)")
    parser.add_argument("--jobs", type=positive, default=2, metavar="N", help="this many at a time")
    arguments = parser.parse_args()
    seconds = os.environ.get("SOAK_SECONDS") or SOAK_SECONDS
    if not seconds.isdecimal():
        parser.error(f"SOAK_SECONDS must be a number of seconds such as 3600, not {seconds!r}")
    if not FORMS["gate"].exists:
        parser.error(FORMS["gate"].missing)
    begin_worker()
    for name in ("actor", "faulter"):
        program(name)
    if arguments.soak:
        return 0 if soak(arguments.seed, float(seconds), arguments.jobs) else 1
    try:
        selected = chosen(arguments.words, arguments.sample, arguments.seed)
    except (RecordError, HangError) as error:
        print(f"  {error}")
        return 1
    if not selected:
        parser.error("no fault has such a name; a name is LIFE: CALL(FILE) COUNT: ERROR")
    return 0 if play(selected, arguments.jobs) else 1


if __name__ == "__main__":
    sys.exit(main())
