"""Workloads that `kubectl kubexit wrap` has changed, on a real node: they end as they should, and check is content."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from e2e.container import CONFINED, USER
from e2e.images import EXAMPLE, KUBEXIT
from e2e.space import Space

pytestmark = [pytest.mark.node, pytest.mark.behaviour("authoring-wrap-runs")]

TOOL = Path(sys.executable).with_name("kubectl-kubexit")
# One request without a retry: it fails if the proxy is not ready.
ASKS = "python3 -c 'import urllib.request as u; print(u.urlopen(\"http://127.0.0.1:8080/\").status)'"
SERVES = ["python3", "-c", "import http.server as h; h.test(h.SimpleHTTPRequestHandler, port=8080)"]
MANIFEST = """\
# A report, with a proxy that does not end by itself.
apiVersion: batch/v1
kind: Job
metadata:
  name: report
spec:
  backoffLimit: 0
  template:
    metadata:
      labels: {app: report} # of the pod
    spec:
      restartPolicy: Never
      securityContext: %(user)s
      containers:
      - name: main # does the work
        image: %(image)s
        command: [sh, -c]
        args:
        - |
          %(work)s
        securityContext: %(confined)s
      - name: proxy
        image: %(image)s
        command: %(serves)s
        readinessProbe:
          tcpSocket: {port: 8080}
        securityContext: %(confined)s

      # never ends
      - name: shipper
        image: %(image)s
        command:
        - sleep
        - infinity
        securityContext: %(confined)s
"""
deliveries = pytest.mark.parametrize("delivery", ["image-volume", "init-container", "none"])


def tool(kubeconfig: Path, *arguments: str | Path) -> str:
    """What the program prints; it must find nothing wrong."""
    environment = {"PATH": "/usr/bin:/bin", "KUBECONFIG": str(kubeconfig)}
    done = subprocess.run([TOOL, *arguments], env=environment, capture_output=True, text=True, timeout=90)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return done.stdout


def written(folder: Path, work: str) -> Path:
    """The manifest, as an author writes it without kubexit."""
    words: dict[str, Any] = {"user": USER, "confined": CONFINED, "serves": SERVES}
    path = folder / "job.yaml"
    path.write_text(
        MANIFEST % {**{key: json.dumps(value) for key, value in words.items()}, "image": EXAMPLE, "work": work}
    )
    return path


@deliveries
def test_a_wrapped_job_completes(here: Space, kubeconfig: Path, tmp_path: Path, delivery: str) -> None:
    """main starts when the proxy is ready, the sidecars end after main; check finds nothing, unwrap gives it back."""
    path = written(tmp_path, ASKS)
    before = path.read_text()
    tool(kubeconfig, "wrap", "--main", "main", "--deliver", delivery, "--image", KUBEXIT, "-i", path)
    assert tool(kubeconfig, "check", "-f", path) == "nothing found in 1 pod\n"
    here.apply(yaml.safe_load(path.read_text()))
    made = here.pod_of({"app": "report"})

    assert here.wait_job("report") == "Complete", made.story
    assert made.code == {"main": 0, "proxy": 0, "shipper": 0}, made.story
    assert "200" in made.log("main")
    assert tool(kubeconfig, "check", made.name, "-n", here.access.namespace) == "nothing found in 1 pod\n"
    tool(kubeconfig, "unwrap", "-i", path)
    assert path.read_text() == before


@deliveries
def test_the_exit_code_of_the_work_is_that_of_the_pod(
    here: Space, kubeconfig: Path, tmp_path: Path, delivery: str
) -> None:
    """If main fails, the Job fails by main alone, and the sidecars end."""
    path = written(tmp_path, "exit 3")
    tool(kubeconfig, "wrap", "--main", "main", "--deliver", delivery, "--image", KUBEXIT, "-i", path)
    here.apply(yaml.safe_load(path.read_text()))
    made = here.pod_of({"app": "report"})

    assert here.wait_job("report") == "Failed", made.story
    assert made.code == {"main": 3, "proxy": 0, "shipper": 0}, made.story


def test_without_wrap_the_job_does_not_end(here: Space, kubeconfig: Path, tmp_path: Path) -> None:
    """What unwrap gives back runs as before: the work is done, and the sidecars run on."""
    path = written(tmp_path, "echo worked")
    tool(kubeconfig, "wrap", "--main", "main", "-i", path)
    tool(kubeconfig, "unwrap", "-i", path)
    here.apply(yaml.safe_load(path.read_text()))
    made = here.pod_of({"app": "report"})

    made.wait(lambda pod: pod.code.get("main") == 0, "the work is done")
    made.wait(lambda pod: all("running" in pod.state(name) for name in ("proxy", "shipper")), "the sidecars run")
    assert here.condition("report") == ""


def test_the_cluster_chooses_the_delivery(
    here: Space, kubeconfig: Path, version: tuple[int, int], tmp_path: Path
) -> None:
    """`--kube-version cluster` chooses what this node can do, and the pod runs with it."""
    path = written(tmp_path, ASKS)
    tool(kubeconfig, "wrap", "--main", "main", "--kube-version", "cluster", "--image", KUBEXIT, "-i", path)
    thing = yaml.safe_load(path.read_text())
    here.apply(thing)
    made = here.pod_of({"app": "report"})

    volumes = thing["spec"]["template"]["spec"]["volumes"]
    assert ("image" in volumes[0]) == (version >= (1, 35))
    assert here.wait_job("report") == "Complete", made.story
