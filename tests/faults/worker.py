"""A process that plays lives."""

from harness import processes


def begin_worker() -> None:
    """Be the parent of what the pods leave behind, and end it by pid; have no signal ignored."""
    processes.adopt_orphans()
    processes.default_signals()
