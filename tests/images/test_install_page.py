"""The page on the installation and the first pod, tried: their Dockerfile and manifests as they are there."""

import re
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.forms import ROOT
from images.bases import BASES, Base
from images.container import settings
from images.engine import Engine
from images.kube import KubePod

pytestmark = [pytest.mark.container, pytest.mark.behaviour("one-file-for-all-images", "installs-itself")]

INSTALL = (ROOT / "docs" / "use" / "install.md").read_text()
FIRST_POD = (ROOT / "docs" / "first-pod.md").read_text()
README = (ROOT / "README.md").read_text()


def block(text: str, language: str, at: int = 0) -> str:
    """A block of this language, the first one or a later one."""
    return textwrap.dedent(re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)[at])


@pytest.fixture
def own_image(
    engine: Engine,
    image: str,
    base_image: Callable[[Base], str],
    pods: Callable[[dict[str, Any]], KubePod],
    tmp_path: Path,
) -> str:
    """The image that the Dockerfile of the page makes."""
    base_image(BASES[-1])
    (tmp_path / "Dockerfile").write_text(block(INSTALL, "Dockerfile"))
    return engine.build(tmp_path, "own-image")


def test_the_readme_has_the_same_dockerfile() -> None:
    """The README's lines differ only in the image, which they name by its digest."""
    named = block(README, "Dockerfile")

    assert re.sub(r"ghcr\.io/OWNER/(kubexit:[\d.]+)@sha256:DIGEST", r"\1", named) == block(INSTALL, "Dockerfile")


def test_an_image_with_kubexit_runs_its_command(engine: Engine, own_image: str, graveyard: Path) -> None:
    """Its base with kubexit as the entry point runs a command of the base's own."""
    assert engine.run(own_image, "sh", "-c", "exit 6", options=settings(graveyard, "main")).code == 6


@pytest.mark.behaviour("plain-init-without-a-pod")
def test_an_image_with_kubexit_runs_without_settings(engine: Engine, own_image: str) -> None:
    """Without any option the command runs, sees no graveyard, and one line says that kubexit is a plain init."""
    done = engine.run(own_image, "sh", "-c", "ls -d /graveyard; exit 6")

    assert (done.code, done.stdout) == (6, "")
    assert len(re.findall("plain init", done.stderr)) == 1, done.stderr


@pytest.mark.behaviour("plain-init-without-a-pod")
@pytest.mark.parametrize(
    "options",
    [("--env", "KUBERNETES_SERVICE_HOST=10.0.0.1"), ("--env", "KUBEXIT_LOG_LEVEL=info"), ("--volume", "/graveyard")],
    ids=["kubernetes", "setting", "graveyard"],
)
def test_an_image_in_a_pod_needs_a_name(engine: Engine, own_image: str, options: tuple[str, ...]) -> None:
    """With a trace of a pod the missing name is an error, and nothing is started."""
    done = engine.run(own_image, "sh", "-c", "echo started", options=options)

    assert (done.code, done.stdout) == (2, "")
    assert "KUBEXIT_NAME: is required" in done.stderr


@pytest.mark.behaviour("first-pod")
def test_images_of_others(pods: Callable[[dict[str, Any]], KubePod], programs: Callable[..., None]) -> None:
    """The image volume, in the first pod: everything ends, with 0."""
    part = yaml.safe_load(block(INSTALL, "yaml"))
    (shown,) = part["containers"]
    pod = pods(filled(programs, part["volumes"], shown["command"][0], shown["volumeMounts"]))
    pod.play()

    assert pod.codes() == {"main": 0, "web": 0}
    assert "hello" in pod.container("main").stdout


@pytest.mark.behaviour("first-pod")
def test_images_of_others_on_an_older_cluster(
    pods: Callable[[dict[str, Any]], KubePod], programs: Callable[..., None]
) -> None:
    """The init container, in the first pod: everything ends, with 0."""
    part = yaml.safe_load(block(INSTALL, "yaml", 1))
    job = filled(programs, part["volumes"], "/kubexit/kubexit", part["initContainers"][0]["volumeMounts"])
    job["spec"]["template"]["spec"]["initContainers"] = part["initContainers"]
    pod = pods(job)
    pod.play()

    assert pod.codes() == {"kubexit": 0, "main": 0, "web": 0}


def filled(programs: Callable[..., None], volumes: list[Any], path: str, mounts: list[Any]) -> dict[str, Any]:
    """The first pod, by hand, with these volumes and this path to kubexit; its image is made."""
    programs("busybox:1.37")
    job: dict[str, Any] = yaml.safe_load(block(FIRST_POD, "yaml", 2))
    spec = job["spec"]["template"]["spec"]
    spec["volumes"] = volumes
    for container in spec["containers"]:
        container["command"][0] = path
        container["volumeMounts"] = mounts
    return job
