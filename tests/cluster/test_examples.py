"""The examples that need no internet, run by as much of a kubelet as they need.

Pod, account and rights are from the manifest, in a real API server; containers are processes of this machine.
`make e2e` runs the same manifests in a real cluster.
"""

import json
import os
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cluster import manifests
from cluster.access import Account
from cluster.birth import PYTHON, Birth
from cluster.pods import READY, RUNNING, PodObject, terminated
from harness.kubexit import Kubexit
from harness.supervised import Supervised
from harness.waiting import eventually

pytestmark = pytest.mark.cluster


class Kubelet:
    """Runs the containers of one example's Job."""

    def __init__(self, kubexit: Kubexit, birth: Birth, example: str, folder: Path, port: int) -> None:
        self._kubexit, self._birth, self.port = kubexit, birth, port
        for thing in manifests.objects(example):
            if thing["kind"] != "Job":
                manifests.apply(birth.access, thing)
        # All containers of a pod share its ports; here they share this machine's.
        text = json.dumps(manifests.job(example)["spec"]["template"]["spec"]).replace("8080", str(self.port))
        spec = json.loads(text)
        self.containers: dict[str, dict[str, Any]] = {c["name"]: c for c in spec["initContainers"] + spec["containers"]}
        regular, init = spec.pop("containers"), spec.pop("initContainers")
        self._account = Account(spec["serviceAccountName"], folder / "account" / "folder")
        self.pod = birth.keep(PodObject(birth.access, *regular, init=init, **spec))
        birth.access.mount(self._account)

    def start(self, name: str) -> Supervised:
        """Start a container whose entry point is kubexit."""
        container = self.containers[name]
        settings: dict[str, Any] = {
            key.removeprefix("KUBEXIT_"): value for key, value in manifests.variables(container).items()
        }
        settings |= {"POD_NAME": self.pod.name, "NAMESPACE": self._birth.access.namespace}
        settings.pop("NAME")
        settings |= self._birth.log_level
        waiting = self._birth.waiting(self._kubexit, self._account.folder)
        words = [_program(word) for word in container["command"][2:]]
        started = self._kubexit.start(*words, name=name, **waiting, **settings)
        self.pod.show(**{name: RUNNING})
        return started

    @contextmanager
    def unwrapped(self, name: str) -> Iterator[None]:
        """Run a container without kubexit."""
        process = subprocess.Popen(
            [_program(word) for word in self.containers[name]["command"]],
            cwd="/usr/share",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.pod.show(**{name: RUNNING})
        yield
        process.kill()
        process.wait()

    def probe(self, name: str) -> None:
        """Return when the readiness probe has succeeded, and the pod's status says so."""
        path = self.containers[name]["readinessProbe"]["httpGet"]["path"]
        eventually(lambda: _answers(f"http://127.0.0.1:{self.port}{path}"), f"{name} is ready")
        self.pod.show(**{name: READY})


def test_client_starts_and_ends_with_the_server(kubexit: Kubexit, birth: Birth, tmp_path: Path, port: int) -> None:
    """The client starts when the server is ready; the server ends with 0 when the client has ended."""
    kubelet = Kubelet(kubexit, birth, "client-server-job", tmp_path, port)
    begun = kubexit.run(options=["--clear", os.fspath(kubexit.graveyard)], name=None)
    assert begun.code == 0, begun.stderr
    client = kubelet.start("client")
    birth.watched(client, kubelet.pod)
    server = kubelet.start("server")
    kubelet.probe("server")

    assert client.wait() == 0, client.stderr
    assert client.stdout == "the server answered 200\n"
    assert server.wait() == 0, server.stderr
    assert kubexit.wait_tombstone("server")["CommandExitCode"] == 143
    kubelet.pod.show(client=terminated(0), server=terminated(0))


def test_work_starts_when_the_sidecar_is_ready(kubexit: Kubexit, birth: Birth, tmp_path: Path, port: int) -> None:
    """The work starts when the sidecar is ready, not when it is started."""
    kubelet = Kubelet(kubexit, birth, "native-sidecar", tmp_path, port)
    with kubelet.unwrapped("proxy"):
        main = kubelet.start("main")
        birth.watched(main, kubelet.pod)
        kubelet.probe("proxy")

        assert main.wait() == 0, main.stderr
    assert main.stdout == "the proxy answered 200\n"


def _program(word: str) -> str:
    return os.fspath(PYTHON) if word == "python3" else word


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except urllib.error.URLError:
        return False
