"""What the boot loader runs last: the wait with the official client, from where first.py left off."""

import sys

from kubexit.waiter import engine, pod  # noqa: F401 (PyInstaller looks here for what the archive needs)

# Not by way of the interpreter's own end: the command waits for us.
engine.leave(sys.modules["first"].waiter.wait())
