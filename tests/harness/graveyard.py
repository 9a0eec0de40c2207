"""The graveyard as a bystander sees it: PyYAML reads, the inotify package watches, foreign tombstones appear."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import inotify.adapters
import inotify.constants
import yaml

from .waiting import ALARM

_NEWS = (
    inotify.constants.IN_CREATE
    | inotify.constants.IN_MOVED_TO
    | inotify.constants.IN_MODIFY
    | inotify.constants.IN_CLOSE_WRITE
)
SPREAD = 0x9E3779B97F4A7C15
"""LIFE_FACTOR of ext/graveyard/liveness.pyx."""


class _TextTimes(yaml.SafeLoader):
    """YAML with times left as they are written."""


_TextTimes.yaml_implicit_resolvers = {
    first: [(tag, regex) for tag, regex in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def read(path: Path) -> dict[str, Any] | None:
    """Return the tombstone as a mapping, times as text; None without a tombstone."""
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return None
    return parse(text)


def parse(text: bytes) -> dict[str, Any]:
    """A tombstone's text as a mapping, times as text."""
    content = yaml.load(text, _TextTimes)
    if not isinstance(content, dict):
        raise AssertionError(f"not a tombstone: {text!r}")
    return content


def carve(path: Path, **keys: object) -> None:
    """Put a foreign tombstone in place by rename; True as a time is now."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = []
    for key, value in keys.items():
        if value is None:
            continue
        if key in ("Born", "Ready", "Died") and value is True:
            value = now()
        lines.append(f'{key}: "{value}"\n' if isinstance(value, str) else f"{key}: {value}\n")
    draft = path.with_name(f".{path.name}.carved")
    draft.write_text("".join(lines))
    draft.rename(path)


def life(fifo: Path) -> int:
    """The number of the life that made a FIFO, as the death of this life names it (`Life`)."""
    status = fifo.stat()
    return (status.st_ino * SPREAD % 2**64) ^ status.st_mtime_ns


def wait(path: Path, key: str, timeout: float = ALARM) -> dict[str, Any]:
    """The tombstone as soon as it has the key."""
    deadline = time.monotonic() + timeout
    eye = inotify.adapters.Inotify(block_duration_s=0.25)
    watched: set[Path] = set()
    while True:
        # Watch, then look: what changes after the look is an event. The folder may not be there yet.
        for folder in (path.parent.parent, path.parent):
            if folder not in watched and folder.is_dir():
                eye.add_watch(os.fspath(folder), mask=_NEWS)
                watched.add(folder)
        found = read(path)
        if found is not None and key in found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"no {key} in {path} within {timeout:g} s: {found}")
        for event in eye.event_gen(timeout_s=0.25):
            if event is not None:
                break
