"""What the boot loader runs: the readiness waiter, with the arguments that the supervisor composed."""

import os

from kubexit.waiter.program import main

# Not by way of the interpreter's own end: the command waits for us.
os._exit(main())
