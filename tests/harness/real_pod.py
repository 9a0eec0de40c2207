"""A pod of real processes on this machine: kubexit in front of shell scripts, on one graveyard, with their logs."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self

KUBEXIT = Path(sys.executable).with_name("kubexit")
ALARM = 60  # seconds; only a fault takes so long


class RealPod:
    """Containers, each a kubexit whose command reads from a pipe, so that it ends at the latest with the test."""

    def __init__(self, folder: Path, log_format: str = "text") -> None:
        self.graveyard, self.logs = folder / "graveyard", folder / "logs"
        self.graveyard.mkdir()
        self.logs.mkdir()
        self.format = log_format
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, script: str, **settings: str) -> None:
        """Start a container. Its log is appended to that of its life before."""
        given = {
            "NAME": name, "GRAVEYARD": str(self.graveyard), "BIRTH_SOURCE": "graveyard", "LOG_FORMAT": self.format,
            **settings,
        }  # fmt: skip
        environment = {"PATH": "/usr/bin:/bin", **{f"KUBEXIT_{key}": value for key, value in given.items()}}
        with (self.logs / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [KUBEXIT, "--", "sh", "-c", script], env=environment, stdin=subprocess.PIPE, stderr=log
            )

    def wait(self, *conditions: str) -> None:
        """Wait until the graveyard meets conditions, for example main:died."""
        command = [str(KUBEXIT), "--wait", *conditions, "--in", str(self.graveyard), "--timeout", f"{ALARM}s"]
        done = subprocess.run(command, timeout=2 * ALARM, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def wait_for_line(self, name: str, words: str) -> None:
        """Wait until a container has logged some words."""
        end = time.monotonic() + ALARM
        while words not in (self.logs / f"{name}.log").read_text():
            assert time.monotonic() < end, f"{name} has not logged {words!r}"
            time.sleep(0.01)

    def wait_for_state(self, name: str, state: str) -> None:
        """Wait until `kubexit --status` shows a state."""
        end = time.monotonic() + ALARM
        while self.tombstones().get(name, {}).get("state") != state:
            assert time.monotonic() < end, f"{name} is not {state}"

    def signal(self, name: str, number: int) -> None:
        """Send a signal to the kubexit of a container."""
        self.running[name].send_signal(number)

    def finish(self, name: str) -> int:
        """End the input of a container's command; return the exit code of its kubexit."""
        process = self.running[name]
        assert process.stdin is not None
        process.stdin.close()
        return process.wait(ALARM)

    def tombstones(self) -> dict[str, dict[str, Any]]:
        """Return what `kubexit --status` says of each container."""
        command = [str(KUBEXIT), "--status", "--output", "json", "--in", str(self.graveyard)]
        done = subprocess.run(command, capture_output=True, timeout=ALARM, check=False)
        return {told["name"]: told for told in json.loads(done.stdout)["containers"]}

    def __enter__(self) -> Self:
        """Begin a pod."""
        return self

    def __exit__(self, *_: object) -> None:
        """End all containers."""
        for process in self.running.values():
            if process.stdin is not None:
                process.stdin.close()
        for process in self.running.values():
            process.terminate()
            process.wait(ALARM)
