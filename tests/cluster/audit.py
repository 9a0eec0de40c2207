"""What reached the API server, from its audit log: which requests asked for one pod, when, and with what result."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from harness.waiting import eventually

ALARM = 60.0
RECEIVED, STREAMING, COMPLETE = "RequestReceived", "ResponseStarted", "ResponseComplete"


@dataclass(frozen=True)
class Entry:
    """One request at one stage."""

    id: str
    stage: str
    verb: str
    code: int
    user: str
    query: dict[str, str]
    received: datetime

    @property
    def pod(self) -> str:
        """The pod that was asked for."""
        return self.query.get("fieldSelector", "").removeprefix("metadata.name=")


class Audit:
    """The requests of waiters, by pod; requests of the test itself are left out."""

    def __init__(self, log: Path) -> None:
        self._log = log

    def entries(self, pod: str, stage: str = COMPLETE) -> list[Entry]:
        """All requests of service accounts that name the pod, at that stage, in the order in which they came.

        Who shows a token that the server does not know has no name.
        """
        found = [_entry(json.loads(line)) for line in self._lines() if f'"{stage}"' in line and pod in line]
        ours = [entry for entry in found if entry.user.startswith("system:serviceaccount:") or not entry.user]
        return sorted(ours, key=lambda entry: entry.received)

    def wait_watching(self, pod: str, count: int = 1) -> list[Entry]:
        """The watches of this pod as soon as `count` have begun to stream: all that was listed before is judged."""

        def watches() -> list[Entry]:
            return [entry for entry in self.entries(pod, STREAMING) if (entry.verb, entry.code) == ("watch", 200)]

        return _at_least(count, watches, f"{count} watches of {pod}")

    def wait_complete(self, pod: str, count: int) -> list[Entry]:
        """The completed requests as soon as there are `count`."""
        return _at_least(count, lambda: self.entries(pod), f"{count} completed requests for {pod}")

    def wait_refused(self, pod: str, code: int) -> list[Entry]:
        """The refused requests as soon as there is one."""

        def refused() -> list[Entry]:
            entries = self.entries(pod) + self.entries(pod, STREAMING)
            return [entry for entry in entries if entry.code == code]

        return _at_least(1, refused, f"a request for {pod} answered with {code}")

    def _lines(self) -> list[str]:
        # The last line may be half written.
        return self._log.read_text().split("\n")[:-1] if self._log.exists() else []


def _at_least(count: int, fact: Callable[[], list[Entry]], what: str) -> list[Entry]:
    found: list[Entry] = []

    def enough() -> bool:
        found[:] = fact()
        return len(found) >= count

    eventually(enough, what, ALARM)
    return found


def _entry(event: dict[str, Any]) -> Entry:
    return Entry(
        id=event["auditID"],
        stage=event["stage"],
        verb=event["verb"],
        code=event.get("responseStatus", {}).get("code", 0),
        user=event["user"].get("username", ""),
        query=dict(parse_qsl(urlsplit(event["requestURI"]).query)),
        received=datetime.fromisoformat(event["requestReceivedTimestamp"]),
    )
