"""The install chapter of the README, tried: its Dockerfile and its manifest as they are there."""

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
from images.test_examples import ASK, PROXY

pytestmark = [pytest.mark.container, pytest.mark.behaviour("one-file-for-all-images", "installs-itself")]

README = (ROOT / "README.md").read_text()
CHAPTER = README[README.index("\n## Install\n") : README.index("\n## Limits\n")]


def block(text: str, language: str) -> str:
    """The first block of this language."""
    found = re.search(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert found is not None
    return textwrap.dedent(found[1])


def test_an_image_with_kubexit_runs_its_command(
    engine: Engine,
    image: str,
    base_image: Callable[[Base], str],
    pods: Callable[[dict[str, Any]], KubePod],
    tmp_path: Path,
    graveyard: Path,
) -> None:
    """The Dockerfile: its base with kubexit as the entry point runs a command of the base's own."""
    base_image(BASES[-1])
    (tmp_path / "Dockerfile").write_text(block(CHAPTER, "Dockerfile"))
    built = engine.build(tmp_path, "readme")

    assert engine.run(built, "sh", "-c", "exit 6", options=settings(graveyard, "main")).code == 6


def test_images_of_others(pods: Callable[[dict[str, Any]], KubePod], programs: Callable[..., None]) -> None:
    """The manifest, filled into the one with which the README begins: everything ends, with 0."""
    programs("report:1", report=ASK.format(page="proxy"))
    programs("proxy:1", **PROXY)
    job = yaml.safe_load(block(README, "yaml"))
    part = yaml.safe_load(block(CHAPTER, "yaml"))
    spec = job["spec"]["template"]["spec"]
    spec["volumes"], spec["initContainers"] = part["volumes"], part["initContainers"]
    for container in spec["containers"]:
        container["command"][0] = "/kubexit/kubexit"
        container["volumeMounts"] = part["initContainers"][0]["volumeMounts"]
    pod = pods(job)
    pod.play()

    assert pod.codes() == {"kubexit": 0, "main": 0, "proxy": 0}
