"""One pod as the API shows it: how its containers go, what they log, when."""

import re
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from cluster.access import Access, RefusedError
from harness.waiting import eventually

ALARM = 90.0
OWN_TIME = re.compile(r"@(\d+\.\d+)$")  # seconds since 1970
STATUSES = ("initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses")


class Recorder:
    """The log of one container, followed to its end by a thread."""

    def __init__(self, access: Access, path: str, container: str) -> None:
        self._answer = access.follow(path, {"container": container, "follow": "true", "timestamps": "true"})
        self._text = b""
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    @property
    def text(self) -> str:
        """All of it, as soon as the container has ended."""
        self._thread.join(ALARM)
        return self._text.decode()

    def _read(self) -> None:
        for chunk in self._answer.stream():
            self._text += chunk
        self._answer.close()


class Pod:
    """One pod by its name."""

    def __init__(self, access: Access, name: str) -> None:
        self._access = access
        self.name = name
        self.path = f"{access.pods}/{name}"
        self._recorders: dict[str, Recorder] = {}

    @property
    def object(self) -> dict[str, Any]:
        """As it is now; empty when it is gone."""
        try:
            return dict(self._access.call("GET", self.path))
        except RefusedError as error:
            if error.code == 404:
                return {}
            raise

    @property
    def phase(self) -> str:
        """Pending, Running, Succeeded or Failed; `gone` when it is."""
        return str(self.object.get("status", {}).get("phase", "gone"))

    @property
    def statuses(self) -> dict[str, dict[str, Any]]:
        """Of all containers, by name."""
        status = self.object.get("status", {})
        return {entry["name"]: entry for kind in STATUSES for entry in status.get(kind) or []}

    @property
    def codes(self) -> dict[str, list[int | None]]:
        """Of each container: how its last life but one ended, if there was one, and its last; None while it runs."""
        return {
            name: [
                life.get("terminated", {}).get("exitCode")
                for life in (entry.get("lastState"), entry["state"])
                if life and "waiting" not in life
            ]
            for name, entry in self.statuses.items()
        }

    @property
    def code(self) -> dict[str, int | None]:
        """Of each container that is not an init container: how its present life ended."""
        entries = self.object.get("status", {}).get("containerStatuses") or []
        return {entry["name"]: entry["state"].get("terminated", {}).get("exitCode") for entry in entries}

    def restarts(self, container: str) -> int:
        """How often it was started again."""
        return int(self.statuses.get(container, {}).get("restartCount", 0))

    def state(self, container: str) -> dict[str, Any]:
        """What it does: one of `waiting`, `running`, `terminated`, with its details."""
        return dict(self.statuses.get(container, {}).get("state", {}))

    def wait(self, fact: Callable[["Pod"], Any], what: str, timeout: float = ALARM) -> Any:
        """The first true value of fact(pod)."""
        try:
            return eventually(lambda: fact(self), f"{what}: pod {self.name}", timeout, pause=0.1)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.story}") from None

    def wait_end(self, timeout: float = ALARM) -> str:
        """The phase in which it ends."""
        return str(
            self.wait(lambda pod: pod.phase if pod.phase in ("Succeeded", "Failed", "gone") else "", "the end", timeout)
        )

    def wait_line(self, container: str, regex: str, timeout: float = ALARM, previous: bool = False) -> re.Match[str]:
        """The first match in what the container has logged."""
        match = self.wait(
            lambda pod: re.search(regex, pod.log(container, previous), re.MULTILINE), f"{container}: {regex}", timeout
        )
        assert isinstance(match, re.Match)
        return match

    def log(self, container: str, previous: bool = False, **query: str) -> str:
        """What it has logged in this life, or in the one before; empty if nothing can be read."""
        if container in self._recorders and not previous:
            return re.sub(r"^\S+ ", "", self._recorders[container].text, flags=re.MULTILINE)
        asked = {"container": container, **({"previous": "true"} if previous else {}), **query}
        try:
            return str(self._access.call("GET", f"{self.path}/log", query=asked, text=True))
        except RefusedError:
            return ""

    def when(self, container: str, regex: str, previous: bool = False) -> datetime:
        """The time of the first line that matches: what the line itself says, or else when the runtime read it.

        The runtime reads late, so it can read the cause after the effect. What comes first has to say its time, with
        `date +WORD@%s.%N`.
        """
        recorder = self._recorders.get(container)
        lines = recorder.text if recorder else self.log(container, previous, timestamps="true")
        for line in lines.splitlines():
            moment, _, text = line.partition(" ")
            if re.search(regex, text):
                own = OWN_TIME.search(text)
                return datetime.fromtimestamp(float(own[1]), UTC) if own else datetime.fromisoformat(moment)
        raise AssertionError(f"{container} did not log {regex}\n{self.story}")

    def delete(self, grace: int | None = None) -> None:
        """Ask for its end, as `kubectl delete --wait=false` does."""
        self._access.call("DELETE", self.path, query={} if grace is None else {"gracePeriodSeconds": str(grace)})

    def deletion(self, grace: int | None = None) -> float:
        """Delete a pod that has a finalizer; the seconds until all its containers have ended."""
        self.record()
        begin = time.monotonic()
        self.delete(grace)
        self.wait(
            lambda pod: all("terminated" in pod.state(name) for name in pod.statuses), "the end of all containers"
        )
        return time.monotonic() - begin

    def record(self) -> None:
        """Follow the logs of all containers from now on: the kubelet removes the logs of a deleted pod."""
        self._recorders = {name: Recorder(self._access, f"{self.path}/log", name) for name in self.statuses}

    def keep(self) -> None:
        """Keep the object when the pod is deleted, until it is let go."""
        self._access.call("PATCH", self.path, {"metadata": {"finalizers": ["kubexit.test/kept"]}})

    def wait_gone(self, timeout: float = ALARM) -> None:
        """Return when it is no longer there."""
        self.wait(lambda pod: pod.phase == "gone", "the pod is gone", timeout)

    @property
    def story(self) -> str:
        """What a failed test shows: states and logs of all containers."""
        lines = [f"{self.name}: {self.phase}"]
        for name, entry in self.statuses.items():
            lines.append(f"--- {name}: {entry['restartCount']} restarts, {entry['state']}, before {entry['lastState']}")
            for previous in (True, False) if entry["restartCount"] else (False,):
                lines.append(self.log(name, previous))
        return "\n".join(lines)
