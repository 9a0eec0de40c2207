"""python -m kubexit.waiter: what the supervisor starts."""

import os

from kubexit.waiter.program import main

# Do not wait for the interpreter to tidy up: the command waits for this program.
os._exit(main())
