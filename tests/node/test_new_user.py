"""A new user with the page on the first pod alone: from a clean machine to a Job under kubexit, in five minutes."""

import base64
import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from cluster.access import RefusedError
from e2e.page import Block, Change, Commands, File, chapters
from e2e.space import Space
from harness.forms import ROOT
from harness.untested import untested
from node.layout import Layout
from node.programs import UnavailableError as NotBuiltError
from published.chroot import Root
from published.newcomer import KINDS, Newcomer, machine
from published.unavailable import UnavailableError

# The policies are one for the whole cluster, so one test runs at a time.
pytestmark = [pytest.mark.node, pytest.mark.alone, pytest.mark.behaviour("new-user"), pytest.mark.timeout(1200)]

not_tested = untested("of a new user", "KUBEXIT_RELEASE_REQUIRED")
PAGE = chapters((ROOT / "docs/first-pod.md").read_text())
INTRODUCTION, ANNOTATION, WRAP, BY_HAND, END = list(PAGE)[:5]
WAYS = {"annotation": ANNOTATION, "wrap": WRAP, "by-hand": BY_HAND}
NEEDS_PLUGIN = re.compile(r"\bpipx |\bkubectl kubexit\b")
SECONDS = 300.0


@pytest.fixture(scope="module", params=KINDS)
def clean(request: pytest.FixtureRequest, layout: Layout, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A clean machine of each kind, with an index that has the release; the cluster is the node of this run."""
    assert layout.kubeconfig.exists()
    released = ROOT / "dist" / "release"
    if not (released / "SHA256SUMS").exists():
        not_tested("there is no dist/release (make release)")
    folder = tmp_path_factory.mktemp(request.param)
    try:
        with machine(request.param, folder, released) as made:
            yield made
    except (UnavailableError, NotBuiltError) as reason:
        not_tested(f"{request.param}: {reason}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def newcomer(
    clean: tuple[Root, str], free: Space, kubeconfig: Path, request: pytest.FixtureRequest
) -> Iterator[Newcomer]:
    """A user with an empty home, whose kubectl has a cluster and a namespace; the policies go with the test."""
    root, index = clean
    user = Newcomer(root, f"/home/{request.node.callspec.params['way']}", index)
    user.write(".kube/config", json.dumps(with_namespace(kubeconfig, free.access.namespace)))
    yield user
    remove_policies(free)


def with_namespace(kubeconfig: Path, namespace: str) -> dict[str, Any]:
    """The way into the cluster in one file, with another namespace."""
    config: dict[str, Any] = yaml.safe_load(kubeconfig.read_text())
    config["contexts"][0]["context"]["namespace"] = namespace
    cluster = config["clusters"][0]["cluster"]
    authority = Path(cluster.pop("certificate-authority")).read_bytes()
    cluster["certificate-authority-data"] = base64.b64encode(authority).decode()
    return config


def remove_policies(here: Space) -> None:
    """Remove the policies from the cluster, if they are there."""
    tool = Path(sys.executable).with_name("kubectl-kubexit")
    text = subprocess.run([tool, "policy"], capture_output=True, text=True, check=True, timeout=60).stdout
    for thing in yaml.safe_load_all(text):
        plural = re.sub("y$", "ie", thing["kind"].lower()) + "s"
        try:
            here.access.call("DELETE", f"/apis/{thing['apiVersion']}/{plural}/{thing['metadata']['name']}")
        except RefusedError as refused:
            if refused.code != 404:  # only one of the ways has made them
                raise


def follow(user: Newcomer, block: Block) -> str:
    """Do what a block of the page says; what its commands printed."""
    match block:
        case File(name, text):
            user.write(name, text)
        case Change():
            user.write("job.yaml", block.made(user.read("job.yaml")))
        case Commands(text):
            done = user.run(text)
            assert done.code == 0, f"{text}{done.stdout}{done.stderr}"
            return done.stdout
    return ""


@pytest.mark.parametrize("way", WAYS)
def test_a_new_user_has_a_job_in_five_minutes(newcomer: Newcomer, free: Space, way: str) -> None:
    """What the page says for a way, from the installation to the log, is enough: each command of it, as it is there."""
    blocks = [block for heading in (INTRODUCTION, WAYS[way], END) for block in PAGE[heading]]
    if way == "by-hand":
        blocks = [block for block in blocks if not (isinstance(block, Commands) and NEEDS_PLUGIN.search(block.text))]
    begin = time.monotonic()
    printed = "".join(follow(newcomer, block) for block in blocks)
    seconds = time.monotonic() - begin
    print(f"{newcomer.machine.name}, {way}: {seconds:.0f} s")

    assert len([block for block in blocks if isinstance(block, Commands)]) >= 2
    assert re.search(
        "waiting for birth dependencies: web, .*command started.*^hello$", printed, re.DOTALL | re.MULTILINE
    )
    assert free.condition("hello") == "Complete"
    assert free.pod_of({"batch.kubernetes.io/job-name": "hello"}).code == {"main": 0, "web": 0}
    assert seconds < SECONDS
