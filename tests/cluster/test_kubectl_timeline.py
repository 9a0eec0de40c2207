"""`kubectl kubexit timeline` against a real API server: the kubelet's moments, and what cannot be drawn."""

import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest

from cluster.access import Access
from cluster.conftest import Server
from cluster.pods import PodObject, plain, waiting

pytestmark = [pytest.mark.cluster, pytest.mark.behaviour("live-timeline")]

TOOL = Path(sys.executable).with_name("kubectl-kubexit")
WRAPPED = plain("main", command=["/kubexit/kubexit", "--", "/app/main"])
ENDED = {
    "startedAt": "2026-11-26T12:00:00Z",
    "finishedAt": "2026-11-26T12:00:20Z",
    "exitCode": 3,
    "containerID": "x://1",
}


@pytest.fixture
def pod(access: Access) -> Iterator[PodObject]:
    """A pod whose main container has ended; a sidecar without kubexit runs, and another one has no image."""
    made = PodObject(access, WRAPPED, "proxy", "pull", restartPolicy="Never")
    made.show(
        main={"state": {"terminated": ENDED}},
        proxy={"state": {"running": {"startedAt": "2026-11-26T12:00:10Z"}}},
        pull=waiting("ImagePullBackOff", "no such image"),
    )
    yield made
    made.remove()


def timeline(server: Server, access: Access, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program that `make dev` has installed."""
    environment = {"PATH": "/usr/bin:/bin", "KUBECONFIG": str(server.kubeconfig), "LANG": "C.UTF-8"}
    return subprocess.run(
        [TOOL, "timeline", *arguments, "-n", access.namespace],
        env=environment, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_kubelet_alone_is_enough(server: Server, access: Access, pod: PodObject) -> None:
    """No node answers an exec or a log request here: bars, exit codes and the kubelet's reasons are there."""
    done = timeline(server, access, pod.name)
    rows = {line.split()[0]: line for line in done.stdout.splitlines() if line}

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"Pod {access.namespace}/{pod.name}: Pending, from 2026-11-26 12:00:00 UTC\n")
    assert rows["main"].endswith("exit 3")
    assert rows["proxy"].endswith("alive")
    assert rows["pull"].endswith("has not been started, ImagePullBackOff, no such image")
    assert any(line.split() == ["20.00s", "main", "exits", "with", "3"] for line in done.stdout.splitlines())


def test_picture_and_json_are_of_the_same_pod(server: Server, access: Access, pod: PodObject) -> None:
    """Programs and pages get the same moments; the end of the picture is the time of the API server."""
    told = json.loads(timeline(server, access, f"pod/{pod.name}", "-o", "json").stdout)
    words = list(ET.fromstring(timeline(server, access, pod.name, "-o", "svg").stdout).itertext())

    assert (told["live"], told["begin"]) == (True, "2026-11-26T12:00:00.000Z")
    assert told["containers"][0]["lives"][0]["died"] == "2026-11-26T12:00:20.000Z"
    assert {"main", "proxy", "pull", "exit 3", "alive", "not started"} <= set(words)


def test_pod_that_is_not_there_is_one_line(server: Server, access: Access) -> None:
    """Exit code 2, and one line."""
    done = timeline(server, access, "nothing")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("kubectl kubexit: nothing: not found in namespace")
    assert len(done.stderr.splitlines()) == 1
