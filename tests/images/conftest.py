"""Fixtures of the tests with containers: the tool, kubexit's own images, and base images with kubexit in them."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.forms import FORMS, ROOT
from harness.programs import program
from harness.untested import untested
from images.bases import ALPINE, Base
from images.engine import Engine, UnavailableError
from images.found import find
from images.kube import KubePod

# Here the tests are about the file that is shipped, never about another form of kubexit.
KUBEXIT = FORMS["static"].path

not_tested = untested("in containers", "KUBEXIT_CONTAINERS_REQUIRED")


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """The container tool of this run."""
    if not FORMS["static"].exists:
        not_tested(FORMS["static"].missing)
    try:
        found = find(KUBEXIT)
    except UnavailableError as reason:
        not_tested(str(reason))
    yield found
    found.close()


@pytest.fixture(autouse=True)
def _containers_end(request: pytest.FixtureRequest) -> Iterator[None]:
    """No container outlives its test."""
    yield
    if "engine" in request.fixturenames:
        request.getfixturevalue("engine").remove_containers()


@pytest.fixture(scope="session")
def version() -> str:
    """The version in pyproject.toml."""
    return subprocess.run(
        [KUBEXIT, "--version"], capture_output=True, text=True, check=True, timeout=60
    ).stdout.split()[1]


@pytest.fixture(scope="session")
def image(engine: Engine, version: str) -> str:
    """The bare image, as `make image` builds it; the other one has `-ca` behind its tag."""
    name = engine.name("kubexit")
    environment = {**os.environ, "PATH": engine.path, "CONTAINER_TOOL": engine.tool, "IMAGE": name}
    done = subprocess.run(["build/image.sh"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    for tag in (f"{name}:{version}", f"{name}:{version}-ca"):
        engine.remember(tag, engine.call("inspect", "--type", "image", "--format", "{{.Id}}", tag))
    return f"{name}:{version}"


@pytest.fixture(scope="session")
def base_image(engine: Engine) -> Callable[[Base], str]:
    """A base image as it is; the test is skipped with the reason if it cannot be made."""

    def image(base: Base) -> str:
        try:
            return base.image(engine)
        except UnavailableError as reason:
            not_tested(str(reason))

    return image


@pytest.fixture(scope="session")
def wrapped(
    engine: Engine,
    image: str,
    base_image: Callable[[Base], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[Base], str]:
    """The image of a user that copies kubexit onto a base, with a static command."""

    def build(base: Base) -> str:
        tag = engine.name(f"wrapped-{base.name.replace('/', '-').replace(':', '-')}")
        if tag not in engine.images:
            context = tmp_path_factory.mktemp("context")
            shutil.copy(program("actor"), context / "actor")
            (context / "Dockerfile").write_text(
                f"FROM {base_image(base)}\n"
                f"COPY --from={image} /bin/kubexit /bin/kubexit\n"
                "COPY actor /app/actor\n"
                'ENTRYPOINT ["/bin/kubexit", "--"]\n'
            )
            engine.build(context, tag)
        return tag

    return build


@pytest.fixture
def graveyard(tmp_path: Path) -> Path:
    """A folder as the kubelet makes an emptyDir: every user may write to it."""
    folder = tmp_path / "graveyard"
    folder.mkdir()
    folder.chmod(0o777)
    return folder


@pytest.fixture
def pods(engine: Engine, image: str, tmp_path: Path) -> Iterator[Callable[[dict[str, Any]], KubePod]]:
    """What makes a pod of an object of a manifest; pods end with the test."""
    if not engine.is_isolated:
        not_tested(f"pods take podman, {engine.tool} has none")
    made: list[KubePod] = []

    def pod(thing: dict[str, Any]) -> KubePod:
        made.append(KubePod(engine, thing, tmp_path))
        return made[-1]

    yield pod
    for each in made:
        each.end()


@pytest.fixture(scope="session")
def programs(
    engine: Engine, base_image: Callable[[Base], str], tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., None]:
    """What makes images of a reader's programs: shell scripts in /app, by name, in images that do not know kubexit."""

    def build(tag: str, **scripts: str) -> None:
        context = tmp_path_factory.mktemp("programs")
        lines = [f"FROM {base_image(ALPINE)}"]
        for name, script in scripts.items():
            (context / name).write_text(f"#!/bin/sh\n{script}\n")
            (context / name).chmod(0o755)
            lines.append(f"COPY {name} /app/{name}")
        (context / "Dockerfile").write_text("\n".join(lines) + "\n")
        engine.build(context, engine.name(tag))

    return build
