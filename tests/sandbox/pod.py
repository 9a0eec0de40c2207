"""A pod in one sandbox: a first container that waits, as the pause container does, and the containers of a test."""

import json
import os
import re
import shutil
import signal
import subprocess
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness import graveyard as tombstones
from harness import processes
from harness.programs import program
from harness.waiting import ALARM, eventually
from sandbox.runtime import Runtime

GRAVEYARD = "/graveyard"
KINDS = ("tmpfs", "bind")
NAMESPACES = ("pid", "network", "ipc", "uts", "mount")
ANNOTATION = "io.kubernetes.cri"
HINT = "dev.gvisor.spec.mount.graveyard"


@dataclass
class Container:
    """One container of the pod, by the runtime's id."""

    runtime: Runtime
    identity: str
    folder: Path
    code: int | None = None

    @property
    def stdout(self) -> str:
        return (self.folder / "stdout").read_text()

    @property
    def stderr(self) -> str:
        return (self.folder / "stderr").read_text()

    def wait_line(self, regex: str, stream: str = "stdout") -> re.Match[str]:
        """The first line in which the regex is found."""
        file = self.folder / stream
        deadline = time.monotonic() + ALARM
        while (match := re.search(regex, file.read_text(), re.MULTILINE)) is None:
            assert time.monotonic() < deadline, f"no {regex!r} on {stream}\n{self._seen()}"
            time.sleep(0.01)
        return match

    def signal(self, name: str) -> None:
        """Send a signal to its first process, which is kubexit; SIGKILL ends the whole container."""
        done = self.runtime.call("kill", self.identity, name)
        assert done.returncode == 0, done.stderr.decode()

    def wait(self) -> int:
        """Its exit code, as soon as it has ended."""
        if self.code is None:
            done = self.runtime.call("wait", self.identity)
            assert done.returncode == 0, f"{done.stderr.decode()}\n{self._seen()}"
            self.code = int(json.loads(done.stdout)["exitStatus"])
        return self.code

    def _seen(self) -> str:
        return f"--- stdout\n{self.stdout}\n--- stderr\n{self.stderr}"


@dataclass
class Pod:
    """Containers with one graveyard: a tmpfs that gVisor shares among them, or a folder of the host."""

    runtime: Runtime
    kubexit: Path
    folder: Path
    kind: str
    containers: list[Container] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._before = set(processes.children(os.getpid()))
        self._host = self.folder / "graveyard"
        self._host.mkdir(parents=True)
        self._host.chmod(0o777)
        root = self.folder / "root"
        for name in ("bin", "dev", "proc", "sys", "tmp", "graveyard"):
            (root / name).mkdir(parents=True)
        for name, source in (("kubexit", self.kubexit), ("actor", program("actor")), ("inmate", program("inmate"))):
            shutil.copyfile(source, root / "bin" / name)
            (root / "bin" / name).chmod(0o555)
        self._sandbox = self._start("pause", ["/bin/actor", "plain"], {}, 0)

    def start(self, name: str, *command: str, uid: int = 0, **settings: Any) -> Container:
        """Start a container whose command runs under kubexit; keywords in capitals are settings."""
        environment = {"KUBEXIT_NAME": name, "KUBEXIT_GRAVEYARD": GRAVEYARD}
        environment.update({f"KUBEXIT_{key}": str(value) for key, value in settings.items()})
        return self._start(name, ["/bin/kubexit", "--", *command], environment, uid)

    def run(self, name: str, *words: str) -> Container:
        """Start a container with another entry point, without settings."""
        return self._start(name, list(words), {}, 0)

    def tombstone(self, name: str) -> dict[str, Any] | None:
        """What is written for this name, read inside the sandbox; None when there is nothing."""
        done = self._inside("read", f"{GRAVEYARD}/{name}")
        if done.returncode != 0:
            assert b"No such file" in done.stderr, done.stderr.decode()
            return None
        return tombstones.parse(done.stdout)

    def wait_tombstone(self, name: str, key: str) -> dict[str, Any]:
        """The tombstone as soon as it has the key."""

        def found() -> dict[str, Any]:
            stone = self.tombstone(name) or {}
            return stone if key in stone else {}

        return eventually(found, f"{key} on the tombstone of {name}")

    def touch(self, name: str) -> None:
        """Make an empty file in the graveyard, from inside the sandbox."""
        done = self._inside("touch", f"{GRAVEYARD}/{name}")
        assert done.returncode == 0, done.stderr.decode()

    def end(self) -> None:
        """End the sandbox, which holds every container, and the processes that serve its files.

        They are children of this process now, since the runtime's own has ended. `runsc delete` would wait until they
        are reaped.
        """
        processes.end_adopted(self._before)

    def _inside(self, *words: str) -> subprocess.CompletedProcess[bytes]:
        return self.runtime.call("exec", self._sandbox.identity, "/bin/inmate", *words)

    def _start(self, name: str, words: list[str], environment: dict[str, str], uid: int) -> Container:
        # The runtime listens on an abstract address with this name: no other test may have it at the same time.
        identity = f"{name}-{uuid.uuid4().hex}"
        container = Container(self.runtime, identity, self.folder / identity)
        container.folder.mkdir()
        (container.folder / "config.json").write_text(json.dumps(self._spec(identity, words, environment, uid)))
        with (container.folder / "stdout").open("wb") as out, (container.folder / "stderr").open("wb") as err:
            for step in (("create", "--bundle", container.folder), ("start",)):
                done = self.runtime.call(*step, identity, stdout=out, stderr=err)
                assert done.returncode == 0, f"runsc {step[0]} of {name}: {container.stderr}"
                if step[0] == "create":
                    self.containers.append(container)
        return container

    def _spec(self, identity: str, words: list[str], environment: dict[str, str], uid: int) -> dict[str, Any]:
        """The OCI configuration: what containerd and gVisor's shim make of a pod with an emptyDir."""
        first = not self.containers
        annotations = {
            f"{ANNOTATION}.container-type": "sandbox" if first else "container",
            f"{ANNOTATION}.sandbox-id": identity if first else self._sandbox.identity,
        }
        shared = self.kind == "tmpfs"
        if first and shared:
            annotations.update({f"{HINT}.source": str(self._host), f"{HINT}.type": "tmpfs", f"{HINT}.share": "pod"})
        mounts = [
            {"destination": "/proc", "type": "proc", "source": "proc"},
            {"destination": "/dev", "type": "tmpfs", "source": "tmpfs"},
            {
                "destination": GRAVEYARD,
                "type": "tmpfs" if shared else "bind",
                "source": str(self._host),
                "options": ["rw"] if shared else ["rw", "rbind"],
            },
        ]
        return {
            "ociVersion": "1.0.2",
            "process": {
                "args": words,
                "env": ["PATH=/bin", *(f"{key}={value}" for key, value in environment.items())],
                "cwd": "/",
                "user": {"uid": uid, "gid": uid},
                "capabilities": {kind: [] for kind in ("bounding", "effective", "permitted", "inheritable")},
            },
            "root": {"path": str(self.folder / "root"), "readonly": True},
            "hostname": "pod",
            "mounts": mounts,
            "annotations": annotations,
            "linux": {"namespaces": [{"type": kind} for kind in NAMESPACES]},
        }


def crash(container: Container) -> None:
    """End a container as a whole, as an OOM kill does: it writes no tombstone."""
    container.signal("KILL")
    assert container.wait() == 128 + signal.SIGKILL
