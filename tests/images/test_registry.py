"""distribution's registry, which other tests use: access, and that it keeps what is pushed to it."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.untested import untested
from images.registry import BASIC, MANIFEST, OPEN, TOKEN, ImageLayout, Registry, push
from node.programs import REGISTRY, UnavailableError

pytestmark = pytest.mark.container
not_tested = untested("with a registry", "KUBEXIT_CONTAINERS_REQUIRED")


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Callable[[str], Registry]]:
    """Start a registry, `registry(access)`; it ends with the test."""
    made: list[Registry] = []

    def start(access: str) -> Registry:
        made.append(Registry(tmp_path / "registry", access))
        try:
            made[-1].start()
        except UnavailableError as reason:
            not_tested(str(reason))
        return made[-1]

    yield start
    for each in made:
        each.end()


@pytest.mark.parametrize(("access", "status"), [(OPEN, 200), (BASIC, 401), (TOKEN, 401)])
def test_access_is_as_asked_for(registry: Callable[[str], Registry], access: str, status: int, tmp_path: Path) -> None:
    """An open registry can be read without credentials; the others want a password or a token."""
    served = registry(access)
    layout = ImageLayout(tmp_path / "layout")
    image = layout.image({"Cmd": ["/app"]}, os="linux", architecture="amd64")
    layout.tag("1", image)
    digest = push(served, layout, "team/app:1")
    request = urllib.request.Request(f"http://{served.host}/v2/team/app/manifests/1", headers={"Accept": MANIFEST})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            found, body = answer.status, json.load(answer)
            assert answer.headers["Docker-Content-Digest"] == digest == image["digest"]
            assert body["config"]["mediaType"] == "application/vnd.oci.image.config.v1+json"
    except urllib.error.HTTPError as error:
        found = error.code

    assert found == status


def test_version_is_the_pinned_one(registry: Callable[[str], Registry]) -> None:
    """The registry that runs is the release of build/node/registry/go.mod."""
    assert f"version={REGISTRY.version}" in registry(OPEN).log
