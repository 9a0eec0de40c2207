"""The page on the first pod, followed on a real node: each of its three ways ends as the page says."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from cluster.access import RefusedError
from cluster.policy import INJECTED
from e2e.images import KUBEXIT
from e2e.space import Space
from harness.forms import ROOT
from harness.waiting import eventually

# The policies are one for the whole cluster, so one test runs at a time.
pytestmark = [pytest.mark.node, pytest.mark.alone, pytest.mark.behaviour("first-pod")]

TOOL = Path(sys.executable).with_name("kubectl-kubexit")
PAGE = (ROOT / "docs/first-pod.md").read_text()
JOB, ANNOTATED, BY_HAND = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)[:3]
REGISTRY = re.compile(r"registry\.example\.com/kubexit:[\w.]+")
ALARM = 60.0


def tool(*words: str | Path) -> str:
    """What kubectl kubexit prints; it must find nothing wrong."""
    done = subprocess.run([TOOL, *words], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return done.stdout


@pytest.fixture
def policies(free: Space) -> Iterator[None]:
    """The policies, as the first command of the page applies them."""
    made = list(yaml.safe_load_all(tool("policy", "--image", KUBEXIT)))
    for thing in made:
        free.access.call("POST", path(thing), thing)
    try:
        eventually(lambda: is_injected(free), "the policies work", ALARM)
        yield
    finally:
        for thing in made:
            free.access.call("DELETE", f"{path(thing)}/{thing['metadata']['name']}")


def path(thing: dict[str, Any]) -> str:
    """The path of a policy or a binding, which belong to the whole cluster."""
    kind = thing["kind"].lower()
    return f"/apis/{thing['apiVersion']}/{re.sub('y$', 'ie', kind)}s"


def is_injected(here: Space) -> bool:
    """Return whether the API server puts kubexit into a pod that asks for it; the pod is not stored."""
    job: dict[str, Any] = yaml.safe_load(annotated())
    pod = {"apiVersion": "v1", "kind": "Pod", **job["spec"]["template"]}
    pod["metadata"]["name"] = "asked"
    try:
        answer = here.access.call("POST", here.access.pods, pod, {"dryRun": "All"})
    except RefusedError:
        return False
    return INJECTED in answer["metadata"].get("annotations", {})


def annotated() -> str:
    """The Job with the label and the annotation of the page."""
    return JOB.replace("  template:\n", ANNOTATED)


def assert_ends_as_documented(here: Space, manifest: str) -> None:
    """Apply a Job: it completes, both containers exit with 0, and main has logged the page that it fetched."""
    job = yaml.safe_load(manifest)
    here.apply(job)
    pod = here.pod_from(job)

    assert here.wait_job("hello") == "Complete", pod.story
    assert pod.code == {"main": 0, "web": 0}
    assert re.search(
        "waiting for birth dependencies: web, .*command started.*^hello$", pod.log("main"), re.DOTALL | re.M
    )


@pytest.mark.usefixtures("policies")
def test_a_label_and_an_annotation_are_enough(free: Space) -> None:
    """The first way: the API server adds kubexit."""
    assert_ends_as_documented(free, annotated())


def test_wrap_writes_what_is_needed(free: Space, tmp_path: Path) -> None:
    """The second way: `kubectl kubexit wrap` adds kubexit."""
    file = tmp_path / "job.yaml"
    file.write_text(JOB)
    tool("wrap", "--main", "main", "--image", KUBEXIT, "-f", file, "-i")

    assert_ends_as_documented(free, file.read_text())


def test_the_manifest_by_hand_is_complete(free: Space) -> None:
    """The third way: all of it is in the manifest."""
    assert_ends_as_documented(free, REGISTRY.sub(KUBEXIT, BY_HAND))
