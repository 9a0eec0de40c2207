"""One container, from its start to its removal."""

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.processes import children, status
from harness.waiting import eventually

if TYPE_CHECKING:
    from images.engine import Engine


def settings(graveyard: Path, name: str, **more: str) -> tuple[str, ...]:
    """Options of a container that has this name in a graveyard, and keywords in capitals as settings."""
    variables = {"NAME": name, **more}
    environment = [word for key, value in variables.items() for word in ("--env", f"KUBEXIT_{key}={value}")]
    return ("--volume", f"{graveyard}:/graveyard:z", *environment)


class Container:
    """A container by its name or id."""

    def __init__(self, engine: "Engine", identity: str) -> None:
        self._engine, self.identity = engine, identity

    @property
    def stdout(self) -> str:
        """What it wrote so far."""
        return self._logs()[0]

    @property
    def stderr(self) -> str:
        """What it has written to stderr so far, with kubexit's lines."""
        return self._logs()[1]

    @property
    def state(self) -> dict[str, Any]:
        """Its state as the tool reports it."""
        return dict(json.loads(self._engine.call("inspect", "--format", "{{json .State}}", self.identity)))

    @property
    def process(self) -> dict[str, str]:
        """/proc/PID/status of its first process, seen from outside."""
        return status(self._pid)

    @property
    def command(self) -> dict[str, str]:
        """The same of that process's only child."""
        (child,) = children(self._pid)
        return status(child)

    @property
    def _pid(self) -> int:
        if not self._engine.is_isolated:
            pytest.skip("PROCESSES NOT TESTED: processes of docker's daemon are not in the tests' PID namespace")
        return int(self.state["Pid"])

    def wait_line(self, regex: str) -> str:
        """The first line on stdout in which the regex is found."""

        def found() -> str:
            ended = self.state["Status"] in ("exited", "dead", "stopped")
            match = re.search(regex, self.stdout, re.MULTILINE)
            assert match or not ended, f"it ended without {regex!r}: {self._logs()}"
            return match[0] if match else ""

        return eventually(found, f"{regex!r} on stdout")

    def wait(self) -> int:
        """Its exit code, as soon as it has ended."""
        return int(self._engine.call("wait", self.identity))

    def stop(self, seconds: int = 30) -> int:
        """Ask it to end as the kubelet does: SIGTERM, and SIGKILL after the seconds; return its exit code."""
        self._engine.call("stop", "--time", str(seconds), self.identity)
        return self.wait()

    def remove(self) -> None:
        """End it if it runs, and forget it."""
        self._engine.call("rm", *self._engine.at_once, self.identity)

    def _logs(self) -> tuple[str, str]:
        return self._engine.both("logs", self.identity)
