"""The archive of the release, `kubexit-VERSION-oci.tar`: what a container tool makes of it.

What the images hold is compared byte for byte in tests/published; here they are used.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

import fetch
from harness.forms import FORMS, ROOT
from images.bases import ALPINE, Base
from images.conftest import not_tested
from images.container import settings
from images.engine import Engine
from images.kube import KubePod
from images.test_examples import ASK, PROXY

pytestmark = [pytest.mark.container, pytest.mark.behaviour("images-without-a-daemon")]
EXAMPLE = ROOT / "examples" / "init-container.yaml"


@pytest.fixture(scope="session")
def published(engine: Engine, version: str) -> str:
    """The plain image of the archive, under the name that the archive gives it."""
    archive = ROOT / "dist" / "release" / f"kubexit-{version}-oci.tar"
    if not archive.exists():
        not_tested("there is no archive of the images (make release)")
    if not engine.is_isolated:
        not_tested("the archive is tried with podman alone: its storage can be kept apart")
    if fetch.sha256(FORMS["static"].path) not in (archive.parent / "SHA256SUMS").read_text():
        not_tested("the release is older than the static file (make release)")
    identity = engine.call("pull", "--quiet", f"oci-archive:{archive}:{version}")
    name = engine.name(f"kubexit-published:{version}")
    engine.call("tag", identity, name)
    engine.remember(name, identity)
    return name


def test_a_container_runs_the_published_image(engine: Engine, published: str, version: str) -> None:
    """The entry point runs; without root."""
    done = engine.run(published, "--version")

    assert (done.code, done.stdout) == (0, f"kubexit {version}\n")
    assert engine.call("inspect", "--type", "image", "--format", "{{.Config.User}}", published) == "65532:65532"


def test_a_dockerfile_copies_from_it(
    engine: Engine, published: str, base_image: Callable[[Base], str], tmp_path: Path, graveyard: Path
) -> None:
    """`COPY --from` gives another image the file, which then supervises a command there."""
    (tmp_path / "Dockerfile").write_text(
        f'FROM {base_image(ALPINE)}\nCOPY --from={published} /bin/kubexit /bin/kubexit\nENTRYPOINT ["kubexit", "--"]\n'
    )
    built = engine.build(tmp_path, engine.name("copied-from-published"))

    assert engine.run(built, "sh", "-c", "exit 6", options=settings(graveyard, "main")).code == 6


def test_an_init_container_installs_it(
    published: str, pods: Callable[[dict[str, Any]], KubePod], programs: Callable[..., None]
) -> None:
    """As the image of the init container of the example, it gives the file to the pod's containers."""
    programs("report:1", report=ASK.format(page="proxy"))
    programs("proxy:1", **PROXY)
    job = yaml.safe_load(EXAMPLE.read_text())
    spec = job["spec"]["template"]["spec"]
    spec["initContainers"][0]["image"] = published
    pod = pods(job)
    pod.play()

    assert pod.codes() == {"kubexit": 0, "main": 0, "proxy": 0}
