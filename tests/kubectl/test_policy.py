"""`policy`: the published admission policies, with the user's image."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

TOOL = Path(sys.executable).with_name("kubectl-kubexit")
PUBLISHED = Path(__file__).parents[2] / "deploy" / "helm" / "kubexit" / "policy"

pytestmark = pytest.mark.behaviour("authoring-policy")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program that `make dev` has installed."""
    return subprocess.run([TOOL, "policy", *arguments], capture_output=True, text=True, timeout=60)


def published() -> list[dict[str, object]]:
    """The objects of deploy/."""
    texts = [(PUBLISHED / name).read_text() for name in ("mutating.yaml", "validating.yaml")]
    return [thing for text in texts for thing in yaml.safe_load_all(text)]


def test_default_is_what_is_published() -> None:
    """Without an option the output is the objects of deploy/, with their comments."""
    done = run()

    assert list(yaml.safe_load_all(done.stdout)) == published()
    assert "# Puts kubexit into pods" in done.stdout


def test_image_changes_two_variables_only() -> None:
    """The image and the pull policy are in the output, and nothing else differs."""
    done = run("--image", "registry.test:5000/a/kubexit@sha256:" + "0" * 64, "--pull-policy", "Always")
    made, before = list(yaml.safe_load_all(done.stdout)), published()
    variables = made[0]["spec"]["variables"]

    assert variables[0] == {"name": "image", "expression": f"'registry.test:5000/a/kubexit@sha256:{'0' * 64}'"}
    assert variables[1] == {"name": "pullPolicy", "expression": "'Always'"}
    variables[:2] = before[0]["spec"]["variables"][:2]  # type: ignore[index]
    assert made == before


@pytest.mark.parametrize("version", ["1.36", "v1.40.2", "2.0"])
def test_kubernetes_with_the_policies_is_served(version: str) -> None:
    """From 1.36 on the policies are printed."""
    assert run("--kube-version", version).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--kube-version", "1.35"], "wrap --kube-version 1.35"),
        (["--kube-version", "v1.9.3"], "need Kubernetes 1.36, and this is 1.9"),
        (["--kube-version", "new"], "write for example"),
        (["--image", "a'b"], "--image a'b"),
        (["--image", ""], "--image"),
        (["--pull-policy", "Sometimes"], "IfNotPresent"),
    ],
)
def test_what_cannot_work_is_one_line(arguments: list[str], words: str) -> None:
    """An old Kubernetes and a bad image are refused with a remedy, and nothing is printed."""
    done = run(*arguments)

    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert words in done.stderr
