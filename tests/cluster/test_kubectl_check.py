"""`kubectl kubexit check` of pods that are in a real API server."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from cluster import manifests
from cluster.access import Access
from cluster.conftest import Server
from harness.forms import ROOT

pytestmark = [pytest.mark.cluster, pytest.mark.behaviour("live-check")]

TOOL = Path(sys.executable).with_name("kubectl-kubexit")
EXAMPLE = ROOT / "examples/job-with-proxy.yaml"


def check(server: Server, access: Access, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program that `make dev` has installed."""
    command = [TOOL, "check", "-n", access.namespace, *arguments]
    environment = {"PATH": "/usr/bin:/bin", "KUBECONFIG": str(server.kubeconfig)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)


def create(access: Access, name: str, old: str = "", new: str = "") -> None:
    """Create the pod of an example, with one text replaced."""
    text = EXAMPLE.read_text()
    assert old in text
    work: dict[str, Any] = next(thing for thing in yaml.safe_load_all(text.replace(old, new)) if thing["kind"] == "Job")
    spec = work["spec"]["template"]["spec"]
    manifests.apply(access, {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec})


def test_correct_pod_has_no_finding(server: Server, access: Access) -> None:
    """What the API server adds to a correct pod is no finding."""
    create(access, "correct")
    done = check(server, access, "correct")

    assert (done.returncode, done.stdout, done.stderr) == (0, "nothing found in 1 pod\n", "")


def test_mistake_is_found_in_the_cluster(server: Server, access: Access) -> None:
    """A misspelt setting is found, by both names of the pod; --fix is refused, and no file is not a pod."""
    create(access, "wrong", "KUBEXIT_NAME", "KUBEXIT_NAEM")
    found = [check(server, access, name) for name in ("wrong", "pod/wrong")]
    fixed = check(server, access, "--fix", "wrong")
    absent = check(server, access, "absent.yaml")

    for done in found:
        assert done.returncode == 1, done.stderr
        assert "pod/wrong:" in done.stdout
        assert "KX101" in done.stdout
    assert (fixed.returncode, absent.returncode) == (2, 2)
    assert "--fix changes files" in fixed.stderr
    assert "absent.yaml: No such file" in absent.stderr
