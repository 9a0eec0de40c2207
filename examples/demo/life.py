"""The life of a container, as its tombstone shows it."""

import json
import re
from dataclasses import dataclass
from datetime import datetime

from kubexit import _supervisor

EXTRA = re.compile(r"^(CommandExitCode|Killed|Reason): (.*)$", re.MULTILINE)
DEPENDENCY = re.compile(r"dependency (\S+) (?:died|crashed)")


@dataclass(frozen=True)
class Life:
    """Times are seconds since 1970; None is what the tombstone does not say."""

    name: str
    started: float | None = None
    """When kubexit started, if known: a tombstone has nothing from before the birth."""
    born: float | None = None
    ready: float | None = None
    died: float | None = None
    exit_code: int | None = None
    command_exit_code: int | None = None
    """How the command ended, where kubexit returned another code."""
    killed: bool = False
    reason: str | None = None
    asked: float | None = None
    """When SIGTERM from outside reached the command, if it was seen: the tombstone does not have it."""

    @property
    def ended_by(self) -> str | None:
        """The dependency whose death ended this container."""
        match = DEPENDENCY.match(self.reason or "")
        return match[1] if match else None


def read(name: str, text: bytes, started: float | None = None) -> Life:
    """Return the life of a tombstone; ValueError if the text is not a tombstone."""
    stone = _supervisor.tombstone_parse(text)
    # The keys after ExitCode are only ours, and written as JSON.
    extra = {key: json.loads(value) for key, value in EXTRA.findall(text.decode())}
    return Life(
        name=name,
        started=started,
        born=seconds(stone["born"]),
        ready=seconds(stone["ready"]),
        died=seconds(stone["died"]),
        exit_code=stone["exit_code"],
        command_exit_code=extra.get("CommandExitCode"),
        killed=extra.get("Killed", False),
        reason=extra.get("Reason"),
    )


def seconds(time: str | None) -> float | None:
    """A time of a tombstone in seconds since 1970."""
    return None if time is None else datetime.fromisoformat(time).timestamp()
