"""What people do to a running pod: exec, debug, ephemeral containers."""

import re

import pytest

from e2e.container import container, plain, pod
from e2e.entering import debug, enter
from e2e.space import Space

pytestmark = pytest.mark.node

SIDECAR = {"DEATH_DEPS": "main", "EXIT_CODE_ON_STOP": "zero"}
UNTIL_TOLD = "echo up; until [ -e /graveyard/.over ]; do sleep 0.2; done; exit 3"


def _tombstone(here, made, name):
    code, text = enter(here.access, made, "side", "cat", f"/graveyard/{name}")
    assert code == 0, text
    return text


def test_exec_leaves_the_command_and_its_tombstone_alone(here: Space) -> None:
    """A command that `kubectl exec` runs neither ends the container nor changes its tombstone; its code is its own."""
    made = here.job(pod(container("main", UNTIL_TOLD), container("side", "exec sleep 600", **SIDECAR)))
    made.wait_line("main", "^up")
    made.wait(lambda pod: "running" in pod.state("side"), "the sidecar")
    before = _tombstone(here, made, "main")

    assert enter(here.access, made, "main", "sh", "-c", "echo seen; exit 7") == (7, "seen\n")
    assert _tombstone(here, made, "main") == before
    enter(here.access, made, "main", "touch", "/graveyard/.over")
    assert here.wait_job() == "Failed"
    assert made.code == {"main": 3, "side": 0}, made.story


def test_second_kubexit_by_exec_leaves_the_tombstone_alone(here: Space) -> None:
    """A second kubexit of the same name, started by exec in the container's environment, leaves the tombstone alone."""
    made = here.job(pod(container("main", UNTIL_TOLD), container("side", "exec sleep 600", **SIDECAR)))
    made.wait_line("main", "^up")
    made.wait(lambda pod: "running" in pod.state("side"), "the sidecar")
    before = _tombstone(here, made, "main")

    code, said = enter(here.access, made, "main", "kubexit", "--", "sh", "-c", "echo seen; exit 7")
    assert code == 7, said
    assert "seen\n" in said
    assert _tombstone(here, made, "main") == before
    enter(here.access, made, "main", "touch", "/graveyard/.over")
    assert here.wait_job() == "Failed"
    assert made.code == {"main": 3, "side": 0}, made.story


def test_ephemeral_container_sees_all_and_disturbs_nothing(here: Space) -> None:
    """An ephemeral container sees its target's processes and the graveyard, and its end is no death."""
    made = here.job(pod(container("main", UNTIL_TOLD), container("side", "exec sleep 600", **SIDECAR)))
    made.wait_line("main", "^up")
    made.wait(lambda pod: "running" in pod.state("side"), "the sidecar")
    debug(here.access, made, plain("debug", "cat /proc/1/comm /graveyard/main; exit 8"), "main")
    made.wait(lambda pod: "terminated" in pod.state("debug"), "the ephemeral container")

    assert re.match(r"kubexit\nBorn: ", made.log("debug")), made.story
    assert made.codes["debug"] == [8]
    assert all("running" in made.state(name) for name in ("main", "side")), made.story
    enter(here.access, made, "main", "touch", "/graveyard/.over")
    assert here.wait_job() == "Failed"
    assert made.code == {"main": 3, "side": 0}, made.story


def test_ephemeral_container_can_depend_on_an_end(here: Space) -> None:
    """An ephemeral container can be under kubexit, and depend on the end of a container of the pod."""
    made = here.job(pod(container("main", UNTIL_TOLD), container("side", "exec sleep 600", **SIDECAR)))
    made.wait_line("main", "^up")
    script = 'trap "echo asked; exit 4" TERM; echo watching; sleep 600 & wait'
    watching = container("debug", script, DEATH_DEPS="main")
    debug(here.access, made, watching)
    made.wait_line("debug", "^watching")
    enter(here.access, made, "main", "touch", "/graveyard/.over")

    assert here.wait_job() == "Failed"
    assert made.code == {"main": 3, "side": 0}, made.story
    made.wait(lambda pod: pod.codes["debug"] == [4], "the end of the ephemeral container")


def test_exec_is_possible_during_the_wait(here: Space) -> None:
    """A container that waits for its birth can be entered; its dependency is born by that."""
    # The end of the container would kill what entered it.
    script = "echo born; until [ -e /graveyard/.over ]; do sleep 0.1; done"
    made = here.job(
        pod(container("main", script, BIRTH_DEPS="late:born", BIRTH_SOURCE="graveyard", BIRTH_TIMEOUT="60s"))
    )
    made.wait_line("main", "waiting for birth")
    code, said = enter(
        here.access, made, "main", "env", "KUBEXIT_NAME=late", "KUBEXIT_BIRTH_DEPS=", "kubexit", "--", "true"
    )

    assert code == 0, said
    enter(here.access, made, "main", "touch", "/graveyard/.over")
    assert here.wait_job() == "Complete"
    assert made.code == {"main": 0}, made.story
