"""The kubelet, containerd and the API server are killed and started again while pods run and wait."""

import time
from typing import Any

import pytest

from e2e.container import container, plain, pod
from e2e.space import Space
from harness.waiting import eventually
from node import ready
from node.control import Control
from node.layout import Layout

pytestmark = [pytest.mark.node, pytest.mark.alone]

SERVE = 'trap "echo asked; exit 0" TERM; echo serving; sleep 600 & wait'
SIDECAR = {"DEATH_DEPS": "main", "EXIT_CODE_ON_STOP": "zero"}
PROBE = {"readinessProbe": {"exec": {"command": ["test", "-e", "/graveyard/.ready"]}, "periodSeconds": 1}}


def _volume(layout, made):
    """The folder of the pod's graveyard on the node."""
    uid = made.object["metadata"]["uid"]
    return layout.disk / "kubelet/pods" / uid / "volumes/kubernetes.io~empty-dir/graveyard"


def _back(daemons, layout, name):
    """Start a daemon again; return when the API server answers, if it is that."""
    daemons.start(name)
    if name == "kube-apiserver":
        eventually(lambda: ready.api_server(layout), "the API server is back", 60.0, 0.2)


@pytest.mark.parametrize("name", ["kubelet", "kube-apiserver"])
def test_sidecar_ends_while_a_daemon_is_away(here: Space, daemons: Control, layout: Layout, name: str) -> None:
    """Main ends while a daemon is away: the sidecar ends at once, and the Job is complete when the daemon is back."""
    main = container("main", "echo up; until [ -e /graveyard/.over ]; do sleep 0.1; done", BIRTH_DEPS="side:born")
    made = here.job(pod(main, container("side", SERVE, **SIDECAR)))
    made.wait_line("main", "^up")
    graveyard = _volume(layout, made)
    daemons.stop(name)
    (graveyard / ".over").touch()
    deadline = time.monotonic() + 10
    while "Died" not in (graveyard / "side").read_text():
        assert time.monotonic() < deadline, "the sidecar does not end without the daemon"
        time.sleep(0.05)
    time.sleep(2)  # long enough for what is missing to be missed
    _back(daemons, layout, name)

    assert here.wait_job() == "Complete"
    assert made.code == {"main": 0, "side": 0}, made.story


def test_pod_survives_a_restart_of_containerd(here: Space, daemons: Control, layout: Layout) -> None:
    """Main ends after containerd was away: both codes are what they would have been."""
    main = container("main", "echo up; until [ -e /graveyard/.over ]; do sleep 0.1; done", BIRTH_DEPS="side:born")
    made = here.job(pod(main, container("side", SERVE, **SIDECAR)))
    made.wait_line("main", "^up")
    daemons.stop("containerd")
    time.sleep(2)
    daemons.start("containerd")
    made.wait_line("main", "^up")  # it answers
    (_volume(layout, made) / ".over").touch()

    assert here.wait_job() == "Complete"
    assert made.codes == {"main": [0], "side": [0]}, made.story


def test_wait_survives_the_api_server_being_away(here: Space, daemons: Control, layout: Layout) -> None:
    """A wait by the API survives that the API server is away, and ends when the dependency is ready after it."""
    here.let_wait()
    main = container("main", "echo born", BIRTH_DEPS="side", BIRTH_TIMEOUT="100s")
    made = here.job(pod(main, container("side", SERVE, PROBE, **SIDECAR)))
    made.wait_line("side", "^serving")
    graveyard = _volume(layout, made)
    daemons.stop("kube-apiserver")
    (graveyard / ".ready").touch()
    time.sleep(5)
    assert not (graveyard / "main").exists() or "Born" not in (graveyard / "main").read_text()
    _back(daemons, layout, "kube-apiserver")

    assert here.wait_job() == "Complete"
    assert made.code == {"main": 0, "side": 0}, made.story


@pytest.mark.parametrize("name", ["kubelet", "containerd"])
def test_wait_survives_the_runtime_being_away(here: Space, daemons: Control, name: str) -> None:
    """A wait in the graveyard continues while the kubelet or containerd is away."""
    side = container("side", f"sleep 6; touch /graveyard/.ready; {SERVE}", READY_FILE="/graveyard/.ready", **SIDECAR)
    main = container("main", "echo born", BIRTH_DEPS="side", BIRTH_SOURCE="graveyard", BIRTH_TIMEOUT="60s")
    made = here.job(pod(main, side))
    made.wait_line("main", "waiting for birth")
    made.wait(lambda pod: "running" in pod.state("side"), "the sidecar")
    daemons.stop(name)
    time.sleep(2)
    daemons.start(name)

    assert here.wait_job() == "Complete"
    assert made.codes == {"main": [0], "side": [0]}, made.story


@pytest.mark.parametrize("name", ["kubelet", "containerd"])
def test_deletion_after_a_restart_keeps_the_order(here: Space, daemons: Control, name: str) -> None:
    """A pod that was there before the daemon came back ends in its order when it is deleted."""
    main = container("main", 'trap "echo asked" TERM; echo serving; sleep 600 & wait; sleep 1; date +over@%s.%N')
    made = here.pod(pod(main, container("proxy", SERVE, TERM_AFTER="main")), finalizers=["kubexit.test/kept"])
    made.wait_line("main", "serving")
    made.wait_line("proxy", "serving")
    daemons.stop(name)
    daemons.start(name)
    made.wait_line("main", "serving")  # the new one answers
    made.deletion()

    assert made.codes == {"main": [0], "proxy": [0]}, made.story
    assert made.when("main", "^over") < made.when("proxy", "^asked")


def test_dead_container_is_not_ready_in_any_source(here: Space, daemons: Control, layout: Layout) -> None:
    """A container whose crash the graveyard shows is not ready, even if the API still says so."""
    here.let_wait()
    proxy = container("proxy", "echo $PPID >/graveyard/.proxy; touch /graveyard/.ready; exec sleep 600", PROBE)
    script = (
        "until [ -e /graveyard/.go ]; do sleep 0.1; done; kill -9 $(cat /graveyard/.proxy); sleep 0.1; "
        "exec kubexit -- sh -c 'echo born'"
    )
    main = {**container("main", "", BIRTH_DEPS="proxy", BIRTH_TIMEOUT="30s"), "command": ["sh", "-c", script]}
    made = here.job(pod(proxy, main, shareProcessNamespace=True))
    made.wait(lambda pod: pod.statuses.get("proxy", {}).get("ready"), "the proxy is ready")
    daemons.stop("kubelet")  # which would notice within a second
    graveyard = _volume(layout, made)
    (graveyard / ".go").touch()
    time.sleep(4)
    daemons.start("kubelet")
    here.wait_job()

    assert "born" not in made.log("main").splitlines(), made.story
    assert made.code == {"proxy": 137, "main": 69}


@pytest.mark.parametrize(
    ("what", "probe"),
    [
        pytest.param("plain", {}, marks=pytest.mark.xfail(strict=True, reason="a restarted kubelet calls it ready")),
        pytest.param("its own probe", {"READY_FILE": "/graveyard/.ready"}),
    ],
)
def test_unready_container_stays_unready_over_a_restart_of_the_kubelet(
    here: Space, daemons: Control, what: str, probe: dict[str, Any]
) -> None:
    """A container that has never been ready is not ready because the kubelet was started again."""
    here.let_wait()
    side = container("side", SERVE, PROBE, **probe) if probe else plain("side", SERVE, PROBE)
    main = container("main", "echo born", BIRTH_DEPS="side", BIRTH_TIMEOUT="20s")
    made = here.job(pod(main, side), activeDeadlineSeconds=60)
    made.wait_line("side", "serving")
    daemons.stop("kubelet")
    daemons.start("kubelet")
    made.wait(lambda pod: pod.code.get("main") is not None, "the end of main")

    assert made.code["main"] == 69, made.story
