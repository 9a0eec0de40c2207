"""Progress: one line on stderr about what takes longer than a second. Only on a terminal; it goes away at the end."""

import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.status import Status
    from rich.text import Text

DELAY = 1.0  # seconds


class Progress:
    """The line. Another thread shows it, since this one works or waits."""

    def __init__(self, words: str) -> None:
        """Begin to count the time."""
        self.words = words
        self._lock = threading.Lock()
        self._status: Status | None = None
        self._over = False
        self._timer = threading.Timer(DELAY, self._show)
        self._timer.daemon = True
        self._timer.start()

    def say(self, words: str) -> None:
        """Replace the line."""
        self.words = words
        if self._status is not None:
            self._status.update(fitting(words))

    def end(self) -> None:
        """Remove the line, if it is shown."""
        self._timer.cancel()
        with self._lock:
            self._over = True
            if self._status is not None:
                self._status.stop()

    def _show(self) -> None:
        """Show the line: the time is over."""
        from rich.console import Console

        with self._lock:
            if not self._over:
                self._status = Console(stderr=True, highlight=False).status(fitting(self.words))
                self._status.start()


def fitting(words: str) -> "Text":
    """Return words that fit into a line of the terminal: the middle of a long path says least."""
    from rich.text import Text

    room = max(shutil.get_terminal_size().columns - 4, 8)
    half = (room - 1) // 2
    return Text(words if len(words) <= room else f"{words[:half]}…{words[-half:]}")


current: Progress | None = None


@contextmanager
def doing(words: str) -> Iterator[None]:
    """Say what is done inside. An inner call replaces the line of an outer one while it lasts."""
    global current
    if current is not None:
        before = current.words
        current.say(words)
        try:
            yield
        finally:
            current.say(before)
    elif not sys.stderr.isatty():
        yield
    else:
        current = Progress(words)
        try:
            yield
        finally:
            made, current = current, None
            made.end()


def say(words: str) -> None:
    """Replace the line, if there is one."""
    if current is not None:
        current.say(words)
