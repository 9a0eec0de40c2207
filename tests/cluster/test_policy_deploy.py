"""The Kustomize base and the Helm chart: both give the policies of one folder."""

import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from cluster import policy
from cluster.policy import Injection, container
from harness.forms import ROOT
from node import programs

pytestmark = [pytest.mark.cluster, pytest.mark.behaviour("chart-and-base-agree")]

CHART, BASE = ROOT / "deploy/helm/kubexit", ROOT / "deploy/kustomize"
VERSION = re.search(r'^version = "(.*?)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
assert VERSION is not None
DIGEST = f"sha256:{'0' * 64}"
SELECTOR = {"matchExpressions": [{"key": "kubexit", "operator": "In", "values": ["on"]}]}


@pytest.fixture(autouse=True)
def built() -> None:
    """helm and kustomize, as build/node/deploy/go.mod pins them."""
    for program in programs.TOOLS:
        if not program.is_built:
            pytest.fail(f"{program.path} is not built ({programs.HOW})")


def run(program: programs.Program, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """One command, whose answer is text."""
    return subprocess.run([program.path, *arguments], capture_output=True, text=True, check=False, timeout=60)


def template(values: Mapping[str, Any], folder: Path, version: str = "1.36.3") -> subprocess.CompletedProcess[str]:
    """The chart with these values."""
    file = folder / "values.yaml"
    file.write_text(yaml.safe_dump(dict(values)))
    return run(programs.HELM, "template", "release", CHART, "--values", file, "--kube-version", version)


def objects(done: subprocess.CompletedProcess[str]) -> dict[str, dict[str, Any]]:
    """The objects of an answer by their kind."""
    assert done.returncode == 0, done.stderr
    return {thing["kind"]: thing for thing in yaml.safe_load_all(done.stdout)}


def published() -> dict[str, dict[str, Any]]:
    """The objects of the folder by their kind."""
    return {thing["kind"]: thing for thing in policy.objects()}


def expression(thing: dict[str, Any], variable: str) -> str:
    """The expression of a variable of a policy."""
    (found,) = (entry["expression"] for entry in thing["spec"]["variables"] if entry["name"] == variable)
    return str(found)


def differences(one: Any, other: Any, path: str = "") -> Iterator[str]:
    """The paths at which two objects differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted({*one, *other}):
            yield from differences(one.get(key), other.get(key), f"{path}/{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for at, pair in enumerate(zip(one, other, strict=True)):
            yield from differences(*pair, f"{path}/{at}")
    elif one != other:
        yield path


def test_the_base_gives_the_policies() -> None:
    """`kubectl apply -k deploy/kustomize` applies the policies as they are."""
    assert objects(run(programs.KUSTOMIZE, "build", BASE)) == published()


def test_an_overlay_replaces_the_image(tmp_path: Path) -> None:
    """The overlay that deploy/README.md shows changes the image, and nothing else."""
    (shown,) = re.findall(
        r"```yaml\n(# kustomization.yaml\n.*?)```", (ROOT / "deploy/README.md").read_text(), re.DOTALL
    )
    overlay = ROOT / ".build/overlay-test"
    overlay.mkdir(parents=True, exist_ok=True)
    (overlay / "kustomization.yaml").write_text(re.sub(r"https://\S+", "../../deploy/kustomize", shown))
    made = objects(run(programs.KUSTOMIZE, "build", overlay))

    assert list(differences(made, published())) == ["/MutatingAdmissionPolicy/spec/variables/0/expression"]
    assert expression(made["MutatingAdmissionPolicy"], "image") == "'registry.example.com/kubexit:0.2.0'"


def test_the_chart_gives_the_policies(tmp_path: Path) -> None:
    """Without values, the chart differs from the base only in the labels that Helm asks for."""
    made = objects(template({}, tmp_path))

    assert set(differences(made, published())) == {f"/{kind}/metadata/labels" for kind in published()}


def test_values_reach_the_policies(tmp_path: Path) -> None:
    """Image, name, labels and namespaces of the values are in the policies."""
    image = {"repository": "registry.example.com:5000/tools/kubexit", "digest": DIGEST, "pullPolicy": "Always"}
    values = {"image": image, "name": "injector", "labels": {"team": "a"}, "namespaceSelector": SELECTOR}
    made = objects(template(values, tmp_path))
    mutating = made["MutatingAdmissionPolicy"]

    assert expression(mutating, "image") == f"'registry.example.com:5000/tools/kubexit@{DIGEST}'"
    assert expression(mutating, "pullPolicy") == "'Always'"
    for kind, thing in made.items():
        assert thing["metadata"]["name"] == "injector"
        assert thing["metadata"]["labels"]["team"] == "a"
        if kind.endswith("Binding"):
            assert thing["spec"]["policyName"] == "injector"
        else:
            assert thing["spec"]["matchConstraints"]["namespaceSelector"] == SELECTOR
            assert thing["spec"]["matchConstraints"]["objectSelector"]


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"image": {"repository": "kubexit", "pullPolicy": "Sometimes"}}, "pullPolicy"),
        ({"image": {"repository": "a' + 'b"}}, "repository"),
        ({"image": {"repository": "registry.example.com/kubexit:0.2.0"}}, "repository"),
        ({"image": {"repository": "kubexit:1"}}, "repository"),
        ({"image": {"repository": "kubexit", "tag": "a'"}}, "tag"),
        ({"image": {"repository": "kubexit", "digest": "sha256:0"}}, "digest"),
        ({"imagee": {}}, "imagee"),
        ({"name": "Kubexit"}, "name"),
        ({"labels": {"a": 1}}, "labels"),
        ({"namespaceSelector": {"kubexit": "on"}}, "namespaceSelector"),
    ],
    ids=[
        "pull-policy",
        "quote",
        "tag-in-name",
        "number-in-name",
        "tag",
        "digest",
        "unknown",
        "name",
        "label",
        "selector",
    ],
)
def test_bad_values_are_refused(tmp_path: Path, values: dict[str, Any], word: str) -> None:
    """The schema of the values refuses what would make a bad policy, and names it."""
    refused = template(values, tmp_path)

    assert refused.returncode != 0
    assert word in refused.stderr


def test_the_chart_passes_lint() -> None:
    """`helm lint --strict` finds nothing."""
    done = run(programs.HELM, "lint", "--strict", CHART)

    assert done.returncode == 0, done.stdout + done.stderr


def test_an_older_cluster_is_refused(tmp_path: Path) -> None:
    """The chart refuses a cluster without MutatingAdmissionPolicy v1, and says which version it needs."""
    refused = template({}, tmp_path, "1.35.9")

    assert refused.returncode != 0
    assert "1.36.0" in refused.stderr


def test_versions_are_those_of_the_project() -> None:
    """The chart and the image in the policy have the version of the project."""
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())

    assert chart["version"] == chart["appVersion"] == VERSION[1]
    assert expression(published()["MutatingAdmissionPolicy"], "image") == f"'kubexit:{VERSION[1]}'"


@pytest.mark.behaviour("policy-injects")
def test_a_large_pod_is_within_the_budget(injection: Injection) -> None:
    """A pod of 60 containers with probes, and a plan of nearly 32 KiB, are within the limits of the API server."""
    probe = {"readinessProbe": {"httpGet": {"port": "http", "path": "/" + "a" * 200}}}
    ports = {"ports": [{"name": "http", "containerPort": 80}]}
    made = [container(f"c{number}", **probe, **ports) for number in range(60)]
    lines = [f'c{number}: SIDECAR_OF=c0 READY_EXEC="{"x" * 480}"' for number in range(60)]

    assert len(injection.plan(*made)) == 60
    assert injection.plan(*made, notes={policy.PLAN: "\n".join(lines)}) == lines
