"""The small examples run as pods of podman: a volume brings kubexit into images that do not know it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from cluster import manifests
from harness import graveyard as tombstones
from harness.forms import ROOT
from images.kube import KubePod

SMALL = sorted(path.name for path in manifests.EXAMPLES.glob("*.yaml"))

# The one for clusters without image volumes.
BY_COPY = "init-container.yaml"
# The proxy listens late, so that a client which does not wait for it fails; it has nothing to serve but itself.
PROXY = {"proxy": "sleep 1; exec httpd -f -p 127.0.0.1:8080 -h /app"}
ASK = "exec wget -q -O - http://127.0.0.1:8080/{page}"
SHIP = """\
trap 'cat /logs/nightly.log; exit 0' INT
while :; do sleep 0.1; done
"""
# The first time it fails; the mark outlives the container's restart, as its own file system does not.
IMPORT = "[ -e /graveyard/.tried ] || { : >/graveyard/.tried; exit 1; }; " + ASK.format(page="proxy")


@dataclass(frozen=True)
class Case:
    """One example with programs for its images, and how each container ends."""

    file: str
    programs: dict[str, dict[str, str]]
    codes: dict[str, int]
    says: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.file.removesuffix('.yaml')}-{'-'.join(str(code) for code in self.codes.values())}"


CASES = (
    Case(
        "job-with-proxy.yaml",
        {"report:1": {"report": ASK.format(page="proxy")}, "proxy:1": PROXY},
        {"main": 0, "proxy": 0},
        {"main": "exec httpd"},
    ),
    Case(
        "job-with-proxy.yaml",
        {"report:1": {"report": ASK.format(page="nothing")}, "proxy:1": PROXY},
        {"main": 1, "proxy": 0},
    ),
    Case(
        BY_COPY,
        {"report:1": {"report": ASK.format(page="proxy")}, "proxy:1": PROXY},
        {"main": 0, "proxy": 0},
        {"main": "exec httpd"},
    ),
    Case(
        "job-with-retries.yaml",
        {"import:1": {"import": IMPORT}, "proxy:1": PROXY},
        {"main": 0, "proxy": 0},
        {"main": "exec httpd"},
    ),
    Case(
        "migrate-then-serve.yaml",
        {"shop:1": {"shop": 'echo "$1"; [ "$1" = serve ] || sleep 1'}},
        {"migrate": 0, "serve": 0},
        {"serve": "serve"},
    ),
    Case("migrate-then-serve.yaml", {"shop:1": {"shop": "sleep 1; exit 3"}}, {"migrate": 3, "serve": 69}),
    Case(
        "log-shipper.yaml",
        {"nightly:1": {"nightly": "echo the last line >/logs/nightly.log"}, "shipper:1": {"shipper": SHIP}},
        {"main": 0, "shipper": 0},
        {"shipper": "the last line"},
    ),
)


def manifest(file: str) -> dict[str, Any]:
    """The one object of a small example."""
    (thing,) = manifests.read(file)
    return thing


@pytest.mark.container
@pytest.mark.behaviour("runs-anywhere-unprivileged", "one-file-for-all-images", "installs-itself")
@pytest.mark.parametrize("case", CASES, ids=str)
def test_each_container_ends_as_promised(
    case: Case, pods: Callable[[dict[str, Any]], KubePod], programs: Callable[..., None]
) -> None:
    """Each container ends as the example promises, and its tombstone says the same."""
    for tag, scripts in case.programs.items():
        programs(tag, **scripts)
    pod = pods(manifest(case.file))
    pod.play()
    codes = pod.codes()

    logs = {name: (pod.container(name).stdout, pod.container(name).stderr) for name in codes}
    assert {name: code for name, code in codes.items() if name != "kubexit"} == case.codes, logs
    assert codes.get("kubexit", 0) == 0
    assert ("kubexit" in codes) == (case.file == BY_COPY)
    for name, words in case.says.items():
        assert words in logs[name][0]
    for name, code in case.codes.items():
        assert tombstones.read(pod.volume("graveyard") / name)["ExitCode"] == code


def test_every_small_example_has_a_case() -> None:
    """Every manifest of a small example has a case above."""
    assert sorted({case.file for case in CASES}) == SMALL


@pytest.mark.parametrize(
    "path", sorted(manifests.EXAMPLES.rglob("*")), ids=lambda path: str(path.relative_to(manifests.EXAMPLES))
)
def test_pages_name_the_image_of_this_version(path: Path) -> None:
    """Each example and the README name kubexit's image of this version."""
    version = re.search(r'^version = "(.*?)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)[1]
    text = path.read_text() if path.is_file() else ""

    assert set(re.findall(r"\bkubexit:(\d[\w.]*)", text)) <= {version}
