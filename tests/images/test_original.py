"""What was written for the original's image: manifests that copy with cp, Dockerfiles that copy at build time."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness import graveyard as tombstones
from harness.programs import program
from harness.supervised import Finished
from images.bases import ALPINE, BASES, Base
from images.container import settings
from images.engine import Engine
from images.kube import KubePod

pytestmark = [pytest.mark.container, pytest.mark.behaviour("one-file-for-all-images", "installs-itself")]


@pytest.fixture
def volume(tmp_path: Path) -> Path:
    """A folder as the kubelet makes an emptyDir: every user may write to it."""
    folder = tmp_path / "kubexit"
    folder.mkdir()
    folder.chmod(0o777)
    return folder


def copied(engine: Engine, image: str, volume: Path, *words: str) -> Finished:
    """Run words in the image with the volume mounted; how it ended."""
    entry, *arguments = words
    options = ("--entrypoint", entry, "--volume", f"{volume}:/kubexit:z", "--read-only", "--cap-drop", "ALL")
    return engine.run(image, *arguments, options=options)


@pytest.mark.parametrize("cp", ["cp", "/bin/cp"])
def test_cp_installs_from_an_init_container(
    cp: str, engine: Engine, image: str, volume: Path, graveyard: Path, base_image: Callable[[Base], str]
) -> None:
    """`cp /bin/kubexit /kubexit/kubexit` in an init container, then /kubexit/kubexit in another image."""
    done = copied(engine, image, volume, cp, "/bin/kubexit", "/kubexit/kubexit")

    assert done.code == 0, done.stderr
    options = ("--volume", f"{volume}:/kubexit:ro,z", "--entrypoint", "/kubexit/kubexit", *settings(graveyard, "main"))
    assert engine.run(base_image(ALPINE), "sh", "-c", "exit 3", options=options).code == 3
    assert tombstones.read(graveyard / "main")["ExitCode"] == 3


def test_cp_can_run_again(engine: Engine, image: str, volume: Path) -> None:
    """A container of that kind that is started again finds its copy there, and ends with 0 too."""
    for _ in range(2):
        done = copied(engine, image, volume, "cp", "/bin/kubexit", "/kubexit/kubexit")

        assert done.code == 0, done.stderr
    assert (volume / "kubexit").stat().st_mode & 0o555 == 0o555


def test_cp_of_something_else(engine: Engine, image: str, volume: Path) -> None:
    """cp copies just kubexit: there is nothing else to copy, and it says so."""
    done = copied(engine, image, volume, "cp", "/etc/passwd", "/kubexit/passwd")

    assert done.code != 0
    assert "/etc/passwd" in done.stderr
    assert list(volume.iterdir()) == []


def test_install_runs_with_a_read_only_root(engine: Engine, image: str, volume: Path) -> None:
    """The same with one option of kubexit, as the image's user with a read-only root: mode 0555, again and again."""
    for _ in range(2):
        done = copied(engine, image, volume, "/bin/kubexit", "--install", "/kubexit")

        assert done.code == 0, done.stderr
    (only,) = volume.iterdir()
    assert only.name == "kubexit"
    assert only.stat().st_mode & 0o7777 == 0o555


@pytest.mark.parametrize("line", ["COPY --from={image} /bin/kubexit /bin/", "COPY --from=kubexit /bin/kubexit /bin/"])
@pytest.mark.parametrize("base", BASES, ids=str)
def test_dockerfiles_of_the_original_work(
    base: Base,
    line: str,
    engine: Engine,
    image: str,
    base_image: Callable[[Base], str],
    tmp_path: Path,
    graveyard: Path,
) -> None:
    """A Dockerfile of the original's users: COPY --from with the image, or with a stage of that name, to /bin/."""
    shutil.copy(program("actor"), tmp_path / "actor")
    (tmp_path / "Dockerfile").write_text(
        f"FROM {image} AS kubexit\n"
        f"FROM {base_image(base)}\n"
        f"{line.format(image=image)}\n"
        "COPY actor /actor\n"
        'ENTRYPOINT ["kubexit", "/actor"]\n'
    )
    built = engine.build(tmp_path, engine.name("original"), "--file", tmp_path / "Dockerfile")

    assert engine.run(built, "exit", "4", options=settings(graveyard, "main")).code == 4


POD = """
apiVersion: v1
kind: Pod
metadata: {name: original}
spec:
  restartPolicy: Never
  volumes:
  - name: graveyard
    emptyDir: {medium: Memory}
  - name: kubexit
    emptyDir: {}
  initContainers:
  - name: kubexit
    image: karlkfi/kubexit:latest
    command: ['cp', '/bin/kubexit', '/kubexit/kubexit']
    volumeMounts: &kubexit
    - {mountPath: /kubexit, name: kubexit}
  containers:
  - name: client
    image: alpine:3.20
    command: ['sh', '-c']
    args: ['set -o errexit; /kubexit/kubexit sleep 1']
    env:
    - {name: KUBEXIT_NAME, value: client}
    - {name: KUBEXIT_GRAVEYARD, value: /graveyard}
    volumeMounts: &both
    - {mountPath: /kubexit, name: kubexit}
    - {mountPath: /graveyard, name: graveyard}
  - name: server
    image: alpine:3.20
    command: ['sh', '-c']
    args: ['set -o errexit; /kubexit/kubexit sleep 1000']
    env:
    - {name: KUBEXIT_NAME, value: server}
    - {name: KUBEXIT_GRAVEYARD, value: /graveyard}
    - {name: KUBEXIT_DEATH_DEPS, value: client}
    volumeMounts: *both
"""


def test_pods_of_the_original_end(
    engine: Engine, image: str, base_image: Callable[[Base], str], pods: Callable[[dict[str, Any]], KubePod]
) -> None:
    """A pod as in the original's examples, with kubexit's image under the original's name: root, a shell in front of
    kubexit, no setting of kubexit. It ends."""
    base_image(ALPINE)
    pod = pods(yaml.safe_load(POD))
    engine.call("tag", image, "karlkfi/kubexit:latest")
    pod.play()

    assert pod.codes() == {"kubexit": 0, "client": 0, "server": 143}
    assert tombstones.read(pod.volume("graveyard") / "client")["ExitCode"] == 0
