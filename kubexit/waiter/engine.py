"""TLS, JSON, names and signals that the interpreter offers without a slow import.

The boot loader of the static file sets sys._MEIPASS before it runs anything. What it runs then finds no standard
library yet: the first look at the API is over before the archive with the library would be opened.
"""

import sys

TYPE_CHECKING = False

if hasattr(sys, "_MEIPASS") and not TYPE_CHECKING:
    from _pages import rest

    from kubexit.waiter.private import *  # noqa: F403
else:
    from kubexit.waiter.public import *  # noqa: F403

    def rest(descriptor: int, milliseconds: int) -> None:
        """Sleep until there is something to read; only the static file can let go of memory for that (pages.c)."""
