"""kubexit brought into a pod by an init container: `kubexit --install DIR --clear DIR`."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from images.container import settings
from images.engine import Engine
from images.kube import KubePod
from images.test_examples import ASK, BY_COPY, PROXY, manifest

pytestmark = [pytest.mark.container, pytest.mark.behaviour("installs-itself")]


@pytest.fixture
def report(programs: Callable[..., None]) -> dict[str, Any]:
    """The example of a Job with a proxy, and images for it: the work succeeds, the proxy waits for its end."""
    programs("report:1", report=ASK.format(page="proxy"))
    programs("proxy:1", **PROXY)
    return manifest(BY_COPY)


@pytest.mark.behaviour("new-generation-clears-graveyard")
def test_a_second_generation_ends_the_same(report: dict[str, Any], pods: Callable[[dict[str, Any]], KubePod]) -> None:
    """All containers started again over the graveyard of their earlier life: a new generation, and the same end."""
    pod = pods(report)
    for removed in (0, 2):
        pod.play()

        assert pod.codes() == {"kubexit": 0, "main": 0, "proxy": 0}
        said = pod.container("kubexit").stderr
        assert f"cleared, {removed} old files removed" in said
        assert "installed /kubexit/kubexit" in said


@pytest.mark.behaviour("new-generation-clears-graveyard", "dead-before-start")
def test_again_without_a_generation(report: dict[str, Any], pods: Callable[[dict[str, Any]], KubePod]) -> None:
    """Without --clear the second life finds the deaths of the first one, and waits until their containers are back."""
    thing = copy.deepcopy(report)
    init = thing["spec"]["template"]["spec"]["initContainers"][0]
    init["command"] = [word for word in init["command"] if word not in ("--clear", "/graveyard")]
    pod = pods(thing)
    pod.play()

    assert pod.codes() == {"kubexit": 0, "main": 0, "proxy": 0}
    pod.play()
    assert pod.codes() == {"kubexit": 0, "main": 0, "proxy": 0}


@pytest.mark.behaviour("pid-1-exits", "surroundings-unchanged", "runs-anywhere-unprivileged")
def test_no_process_has_privileges(
    report: dict[str, Any], programs: Callable[..., None], pods: Callable[[dict[str, Any]], KubePod]
) -> None:
    """In each container kubexit is process 1 and the program its child; neither is root, has a capability, or can get
    one; the root file system is read-only."""
    programs("report:1", report="echo >/here; echo READY; sleep 1000 & wait")
    pod = pods(report)
    pod.play()
    pod.container("main").wait_line("^READY$")

    assert "/here: Read-only file system" in pod.container("main").stderr
    for name, program in (("main", "report"), ("proxy", "httpd")):
        container = pod.container(name)
        assert (container.process["Name"], container.process["NSpid"].split()[-1]) == ("kubexit", "1")
        for process in (container.process, container.command):
            assert process["Uid"].split() == process["Gid"].split() == ["65532"] * 4
            assert {int(process[key], 16) for key in process if key.startswith("Cap")} == {0}
            assert process["NoNewPrivs"] == "1"
        assert container.command["Name"] == program


@pytest.mark.behaviour("only-descendants-signalled")
def test_one_process_namespace(report: dict[str, Any], pods: Callable[[dict[str, Any]], KubePod]) -> None:
    """In a pod that shares its PID namespace kubexit is not process 1 anywhere, and the pod ends as it should."""
    thing = copy.deepcopy(report)
    thing["spec"]["template"]["spec"]["shareProcessNamespace"] = True
    pod = pods(thing)
    pod.play()

    assert pod.codes() == {"kubexit": 0, "main": 0, "proxy": 0}


@pytest.mark.parametrize("user", ["65532", "0"])
def test_volume_of_root(user: str, engine: Engine, image: str, tmp_path: Path) -> None:
    """A volume that belongs to root refuses the image's user: 73, and a line with the path; `runAsUser: 0` gets in."""
    volume = tmp_path / "kubexit"
    volume.mkdir(mode=0o755)
    options = ("--user", user, "--volume", f"{volume}:/kubexit:z", "--cap-drop", "ALL")
    done = engine.run(image, "--install", "/kubexit", options=options)

    if user == "0":
        assert done.code == 0, done.stderr
        assert [path.name for path in volume.iterdir()] == ["kubexit"]
    else:
        assert done.code == 73
        assert "/kubexit/kubexit" in done.stderr
        assert "Permission denied" in done.stderr
        assert list(volume.iterdir()) == []


def test_from_there_on(engine: Engine, image: str, graveyard: Path, tmp_path: Path) -> None:
    """A kubexit that was installed is the same program: it can install itself further."""
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
        folder.chmod(0o777)
    mounts = ("--volume", f"{first}:/first:z", "--volume", f"{second}:/second:z")
    assert engine.run(image, "--install", "/first", options=mounts).code == 0
    done = engine.run(image, "--install", "/second", options=(*mounts, "--entrypoint", "/first/kubexit"))

    assert done.code == 0, done.stderr
    assert (second / "kubexit").read_bytes() == (first / "kubexit").read_bytes()
    mounted = ("--entrypoint", "/second/kubexit", *mounts, *settings(graveyard, "main"))
    assert engine.run(image, "/bin/kubexit", "--version", options=mounted).code == 0
