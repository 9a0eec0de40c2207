"""Pods with the label of the admission policy: what `graph` and `plan` make of them."""

from pathlib import Path

import pytest

from harness.authoring import refusal, run
from harness.forms import ROOT
from kubectl_kubexit.commands.graph import command as graph
from kubectl_kubexit.commands.plan import command as plan

pytestmark = pytest.mark.behaviour("authoring-check-as-policy")

GOOD = str(ROOT / "tests/kubectl/manifests/good/labelled.yaml")
LABELLED = """\
kind: Pod
metadata:
  labels: {kubexit.dev/inject: "true"}
  annotations: {kubexit.dev/main: work}
spec:
  containers:
  - {name: work, command: [/work]}
  - {name: proxy, command: [/proxy], readinessProbe: {tcpSocket: {port: 80}}}
"""


def test_plan_prints_what_the_annotation_becomes() -> None:
    """The plan of kubexit.dev/main is seen before the pod runs; that of kubexit.dev/plan stays."""
    printed = run(plan, GOOD).splitlines()

    assert printed[0] == "# Job/report"
    assert [line.split() for line in printed[1:4]] == [
        ["report:", "BIRTH_DEPS=proxy"],
        ["proxy:", "SIDECAR_OF=report:succeeded", "READY_HTTP=http://localhost:8080/", "GRACE_PERIOD=20s"],
        ["shipper:", "SIDECAR_OF=report:succeeded", "READY_TCP=1", "GRACE_PERIOD=20s"],
    ]


def test_graph_draws_it() -> None:
    """A pod with the label is drawn with its relations, and a pod that the label leaves alone is not drawn."""
    drawn = run(graph, GOOD)

    assert "report" in drawn
    assert "Pod/planned" in drawn
    assert "switched-off" not in drawn


@pytest.mark.parametrize("command", [graph, plan], ids=["graph", "plan"])
def test_a_refused_pod_is_one_line(command: object, tmp_path: Path) -> None:
    """A pod that the policy would refuse has no relations; the line has the place, the reason and the remedy."""
    path = tmp_path / "pod.yaml"
    path.write_text(LABELLED.replace("main: work", "main: wor"))

    assert refusal(command, str(path)) == (
        f'{path}:4 Pod: the admission policy refuses the pod: kubexit.dev/main names "wor", '
        "which is not one of the containers; write work"
    )
