"""KUBEXIT_DEATH_SOURCE=kubernetes against the API server: deaths of containers without kubexit."""

from pathlib import Path
from typing import Any

import pytest

from cluster.birth import OWN_NAME, Birth, failed
from cluster.pods import RUNNING, PodObject, terminated
from harness.kubexit import Kubexit
from harness.supervised import Supervised

pytestmark = [pytest.mark.cluster, pytest.mark.behaviour("death-source-kubernetes")]


def sidecar(birth: Birth, kubexit: Kubexit, pod: PodObject, deps: str = "main", **settings: Any) -> Supervised:
    """Start the container `app`, which stops when main has exited, and wait until its command runs."""
    command = [kubexit.program(), "ready-then-wait", "--exit", "TERM=7"]
    given = {"DEATH_DEPS": deps, "DEATH_SOURCE": "kubernetes", "command": command, **settings}
    container = birth.start(kubexit, pod, "", **given)
    container.wait_line("^READY$")
    return container


@pytest.mark.behaviour("list-and-watch-are-enough")
def test_a_container_that_exits_stops_the_command(kubexit: Kubexit, birth: Birth) -> None:
    """With the rights list and watch alone, the command is stopped when a container without kubexit has exited."""
    pod = birth.pod("main", restartPolicy="Never")
    pod.show(main=RUNNING)
    container = sidecar(birth, kubexit, pod)
    pod.show(main=terminated(4))

    assert container.wait(60) == 7, container.stderr
    assert (kubexit.tombstone(OWN_NAME) or {})["Reason"] == "dependency main died with exit code 4"


def test_a_restart_in_time_is_no_death(kubexit: Kubexit, birth: Birth) -> None:
    """Under Always an end that a new start follows is no death; the next end, which nothing follows, is one."""
    pod = birth.pod("main", restartPolicy="Always")
    pod.show(main=RUNNING)
    container = sidecar(birth, kubexit, pod, REBIRTH_TIMEOUT="3s", LOG_LEVEL="debug")
    pod.show(main=terminated(1))
    pod.show(main=RUNNING)
    pod.show(main=terminated(2))

    assert container.wait(60) == 7, container.stderr
    assert (kubexit.tombstone(OWN_NAME) or {})["Reason"] == "dependency main died with exit code 2"


def test_deletion_is_no_death(kubexit: Kubexit, birth: Birth) -> None:
    """A pod that is deleted reports no death."""
    pod = birth.pod("main", restartPolicy="Never", held=True)
    pod.show(main=RUNNING)
    container = sidecar(birth, kubexit, pod, LOG_LEVEL="debug")
    pod.delete()
    container.wait_line("nothing to see any longer", "stderr", timeout=60)

    assert "SIGNAL" not in container.stdout


@pytest.mark.behaviour("refused-by-api")
def test_without_the_right_nothing_starts(kubexit: Kubexit, birth: Birth, tmp_path: Path) -> None:
    """A service account without rights: 77, and the command does not start."""
    account = birth.access.account(tmp_path / "account", verbs=())
    pod = birth.pod("main", restartPolicy="Never")
    settings = {"DEATH_DEPS": "main", "DEATH_SOURCE": "kubernetes", "account": account.folder}

    failed(birth.start(kubexit, pod, "", **settings), 77, "403")
