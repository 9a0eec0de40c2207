"""python -m kubexit.waiter: what the supervisor starts."""

import sys

from kubexit.waiter.program import main

main(sys.argv[1:])
