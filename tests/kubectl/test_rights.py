"""`status` for a user who may look at pods and may not run commands in them."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.servers.webserver import Answer, WebServer, sends

pytestmark = pytest.mark.behaviour("live-status")

TOOL = Path(sys.executable).with_name("kubectl-kubexit")
POD = {
    "kind": "Pod",
    "apiVersion": "v1",
    "metadata": {"name": "a", "namespace": "space"},
    "spec": {
        "containers": [{"name": name, "command": ["/kubexit/kubexit", "--", f"/{name}"]} for name in ("main", "side")]
    },
    "status": {
        "phase": "Running",
        "containerStatuses": [
            {"name": name, "restartCount": 0, "state": {"running": {"startedAt": "2026-01-01T00:00:00Z"}}}
            for name in ("main", "side")
        ],
    },
}
NO_GET = (
    'pods "a" is forbidden: User "u" cannot get resource "pods/exec" in API group "" in the namespace "space":'
    ' RBAC: role.rbac.authorization.k8s.io "r" not found'
)
NO_CREATE = NO_GET.replace("cannot get", "cannot create")
NO_REASON = 'pods "a" is forbidden: '  # since Kubernetes 1.35, without `create`
POLICY = 'pods "a" is forbidden: exec into this pod is not permitted by a policy'


def says(code: int, thing: object) -> Answer:
    """An answer with JSON."""
    body = json.dumps(thing)
    head = f"HTTP/1.1 {code} X\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return sends(f"{head}Connection: close\r\n\r\n{body}".encode())


def status(web: Callable[..., WebServer], tmp_path: Path, message: str) -> list[str]:
    """What it prints if the API server refuses a command with these words."""
    refused = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": message, "code": 403}
    server = web(says(200, POD), says(403, refused))
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "a",
        "contexts": [{"name": "a", "context": {"cluster": "a", "user": "a", "namespace": "space"}}],
        "clusters": [{"name": "a", "cluster": {"server": server.url("")}}],
        "users": [{"name": "a", "user": {"token": "t"}}],
    }
    path = tmp_path / "config"
    path.write_text(json.dumps(config))
    environment = {"PATH": "/usr/bin:/bin", "KUBECONFIG": str(path), "HOME": str(tmp_path)}
    done = subprocess.run([TOOL, "status", "a"], env=environment, capture_output=True, text=True, timeout=60)

    assert (done.returncode, done.stderr) == (0, "")
    asked = [request.target.partition("?")[0] for request in server.requests]
    containers = 2 if message == POLICY else 1
    assert asked == ["/api/v1/namespaces/space/pods/a", *["/api/v1/namespaces/space/pods/a/exec"] * containers]
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("message", "verb"),
    [(NO_GET, "get"), (NO_CREATE, "create"), (NO_REASON, "create")],
    ids=["get", "create", "no reason"],
)
def test_a_missing_right_is_named(web: Callable[..., WebServer], tmp_path: Path, message: str, verb: str) -> None:
    """One line names the right, the namespace and what works without it; the kubelet's states are shown."""
    lines = status(web, tmp_path, message)
    (line,) = [line for line in lines if "pods/exec" in line]

    assert [line.split()[:2] for line in lines[2:4]] == [["main", "running"], ["side", "running"]]
    assert f"the right {verb} on pods/exec in namespace space is missing (get and create are needed)" in line
    assert "Without it, status shows what the kubelet reports" in line
    assert not [line for line in lines if "is forbidden" in line]


def test_another_refusal_keeps_its_words(web: Callable[..., WebServer], tmp_path: Path) -> None:
    """A policy of the cluster can refuse a command in one container: the next one is asked."""
    (line,) = [line for line in status(web, tmp_path, POLICY) if "forbidden" in line]

    assert "exec into this pod is not permitted by a policy" in line
