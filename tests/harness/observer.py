"""An independent eye on a graveyard: the events of inotify(7) in order, through the package `inotify`."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import inotify.adapters
import inotify.constants

from .waiting import ALARM

EVERYTHING = inotify.constants.IN_ALL_EVENTS & ~(
    inotify.constants.IN_ACCESS | inotify.constants.IN_OPEN | inotify.constants.IN_CLOSE_NOWRITE
)


@dataclass(frozen=True)
class Event:
    """What happened to which file of the graveyard."""

    kind: str
    file: str
    at: float


class Observer:
    """Watches a folder from its construction on and keeps all events."""

    def __init__(self, folder: Path, patience: float = 0.02) -> None:
        """Begin to watch; patience is how long so_far() waits for more, 0 for a look that must not wait."""
        folder.mkdir(parents=True, exist_ok=True)
        self.events: list[Event] = []
        eye = inotify.adapters.Inotify(block_duration_s=patience)
        eye.add_watch(os.fspath(folder), mask=EVERYTHING)
        # One for all: what another one has read and not yielded is lost to the next until something else happens.
        self._found = eye.event_gen(yield_nones=True)

    def until(self, wanted: Callable[[Event], bool], timeout: float = ALARM) -> list[Event]:
        """All events so far, as soon as one of them is the wanted one."""
        deadline = time.monotonic() + timeout
        if any(map(wanted, self.events)):
            return self.events
        for event in self._next():
            if event is not None and wanted(event):
                return self.events
            if time.monotonic() > deadline:
                break
        raise AssertionError(f"the wanted event did not come within {timeout:g} s: {self.events}")

    def so_far(self) -> list[Event]:
        """All events that have happened until now."""
        quiet = 0
        for event in self._next():
            # The package pauses after each batch that it has read; nothing is left when two pauses follow each other.
            quiet = quiet + 1 if event is None else 0
            if quiet == 2:
                break
        return self.events

    def of(self, file: str) -> list[str]:
        """The kinds of the events of one file, until now."""
        return [event.kind for event in self.so_far() if event.file == file]

    def _next(self) -> Iterator[Event | None]:
        """Yield one event after the other, None if there is no event."""
        for found in self._found:
            if found is None:
                yield None
                continue
            _, kinds, _, file = found
            event = Event(kinds[0], file, time.monotonic())
            self.events.append(event)
            yield event
