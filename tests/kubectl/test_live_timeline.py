"""`timeline` of a pod: kubexit's answer, the logs and the kubelet. Only the way into the containers is short."""

import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.real_pod import ALARM, KUBEXIT, RealPod
from kubectl_kubexit.draw.timeline import ASCII, timeline
from kubectl_kubexit.live.history import history
from kubectl_kubexit.live.rows import survey
from kubectl_kubexit.lives.events import events
from kubectl_kubexit.lives.life import History
from kubectl_kubexit.lives.moment import moment, timestamp

pytestmark = pytest.mark.behaviour("live-timeline")

Thing = dict[str, Any]


class Node:
    """A cluster whose containers are processes of this machine; the times of the kubelet have no fractions."""

    def __init__(self, pod: RealPod, logs: bool = True) -> None:
        self.pod, self.logs = pod, logs
        self.before: dict[str, str] = {}

    @property
    def now(self) -> float:
        """The clock of the API server."""
        return time.time()

    def execute(self, pod: Thing, container: str, command: list[str]) -> tuple[str, str]:
        """Run kubexit on the graveyard of the pod."""
        words = [str(KUBEXIT), *command[1:], "--in", str(self.pod.graveyard)]
        done = subprocess.run(words, capture_output=True, text=True, timeout=ALARM, check=False)
        return done.stdout, done.stderr

    def log(self, pod: Thing, container: str, previous: bool = False, head: bool = False) -> str:
        """Return a container's log."""
        if previous:
            return self.before.get(container, "")
        file = self.pod.logs / f"{container}.log"
        return file.read_text() if self.logs and file.exists() else ""


def seen(node: Node, states: dict[str, Thing], phase: str = "Running", **more: Thing) -> History:
    """Return the history of a pod whose containers have these states; `plain` is without kubexit."""
    made = [{"name": name, "command": ["true"] if name == "plain" else ["/kubexit", "--", "true"]} for name in states]
    for container in made:
        if container["name"] == "main":
            container["env"] = [{"name": "KUBEXIT_BIRTH_DEPS", "value": "proxy"}]  # type: ignore[list-item]
    statuses = [{"name": name, "restartCount": 0, "state": state, **more.get(name, {})}
                for name, state in states.items()]  # fmt: skip
    pod = {
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "pod", "namespace": "space", **more.get("metadata", {})},
        "spec": {"restartPolicy": "Never", "containers": made},
        "status": {"phase": phase, "containerStatuses": statuses},
    }  # fmt: skip
    return history(node, survey(node, pod))  # type: ignore[arg-type]


def whole(seconds: float) -> str:
    """Return a time as the kubelet writes it."""
    return str(timestamp(float(int(seconds))))


def runs(seconds: float) -> Thing:
    """Return the state of a container that runs."""
    return {"running": {"startedAt": whole(seconds)}}


def ended(begin: float, code: int, **more: str) -> Thing:
    """Return the state of a container that has ended."""
    return {"terminated": {"startedAt": whole(begin), "finishedAt": whole(time.time()), "exitCode": code, **more}}


@pytest.fixture
def pod(tmp_path: Path) -> Iterator[RealPod]:
    """A pod whose main container runs since its proxy is ready."""
    with RealPod(tmp_path) as made:
        made.start("proxy", "exec cat", SIDECAR_OF="main", READY_FILE=str(tmp_path / "ready"))
        made.start("main", "exec cat", BIRTH_DEPS="proxy")
        made.wait_for_line("main", "waiting for birth dependencies")
        made.wait("proxy:born")  # a file that is older does not count
        (tmp_path / "ready").touch()
        made.wait("main:born", "proxy:ready")
        yield made


@pytest.mark.parametrize("logs", [True, False])
def test_living_pod_is_drawn_until_now(pod: RealPod, logs: bool) -> None:
    """kubexit's answer is enough, also if the logs are empty: then the manifest says what main waited for."""
    begin = time.time()
    found = seen(Node(pod, logs), {"main": runs(begin), "proxy": runs(begin), "plain": runs(begin)})
    told = pod.tombstones()
    words = [f"{event.container} {event.words}" for event in events(found)]
    main, proxy, plain = (one.lives[-1] for one in found.containers)

    assert found.live
    assert found.end >= begin
    assert (main.born, proxy.ready) == (moment(told["main"]["Born"]), moment(told["proxy"]["Ready"]))
    assert plain.born == moment(whole(begin))
    assert "main starts: proxy is ready" in words
    assert f"proxy is ready ({told['proxy']['Probe']})" in words
    assert ("main waits for proxy" in words) == logs
    assert [one.ending(live=True) for one in found.containers] == ["alive"] * 3


def test_container_that_waits_is_drawn_as_waiting(pod: RealPod) -> None:
    """The bar of a container that still waits has one part, until now."""
    pod.start("late", "true", BIRTH_DEPS="main:succeeded", LOG_LEVEL="error")
    pod.wait_for_state("late", "waiting")
    found = seen(Node(pod), {"main": runs(time.time()), "late": runs(time.time())})
    (row,) = (line.plain for line in timeline(found, 80, ASCII) if line.plain.startswith("late  "))

    assert found.containers[1].lives[-1].waits_for == "main:succeeded"
    assert set(row.removeprefix("late").removesuffix("waiting")) == {" ", "."}


def test_ended_pod_is_drawn_from_logs(pod: RealPod) -> None:
    """No container is asked: stop and end come from the logs, exit codes from the kubelet."""
    begin = time.time()
    pod.finish("main")
    pod.wait("proxy:died")
    told = pod.tombstones()
    node = Node(pod)
    node.execute = None  # type: ignore[assignment]
    found = seen(node, {"main": ended(begin, 0), "proxy": ended(begin, 0), "plain": ended(begin, 0)}, "Succeeded")
    proxy = found.containers[1].lives[-1]

    assert not found.live
    assert abs((proxy.died or 0) - (moment(told["proxy"]["Died"]) or 0)) < 1
    assert (proxy.exit_code, proxy.command_exit_code) == (0, 143)
    assert any(event.cause and event.cause.container == "main" for event in events(found) if event.kind == "stop")


def test_ended_pod_without_logs_is_drawn_from_the_kubelet(pod: RealPod) -> None:
    """The termination message names the death that stopped a container, and with it the moment."""
    node = Node(pod, logs=False)
    message = "kubexit: dependency main died with exit code 3"
    states = {"main": ended(time.time() - 5, 3), "proxy": ended(time.time() - 9, 143, message=message)}
    found = seen(node, states, "Failed")
    (stop,) = (event for event in events(found) if event.kind == "stop")

    assert stop.words == "is asked to stop: dependency main died with exit code 3"
    assert (stop.container, stop.cause and stop.cause.container) == ("proxy", "main")
    assert stop.at == found.containers[0].lives[-1].died
    assert [one.ending(live=False) for one in found.containers] == ["exit 3", "exit 143"]


def test_killed_kubexit_is_a_crash(pod: RealPod) -> None:
    """A log without an end, of a container that has ended, shows that kubexit was killed; the kubelet says why."""
    begin = time.time()
    pod.signal("main", signal.SIGKILL)
    pod.wait("proxy:died")
    found = seen(Node(pod), {"main": ended(begin, 137, reason="OOMKilled"), "proxy": ended(begin, 0)}, "Failed")
    said = [event.words for event in events(found) if event.container == "main"]

    assert found.containers[0].ending(live=False) == "crashed"
    assert said[-1] == "is killed with kubexit (exit code 137): OOMKilled"


def test_life_before_a_restart_is_drawn(pod: RealPod) -> None:
    """The kubelet keeps one life before the last; its log is read too. Between the two lives the bar is empty."""
    node = Node(pod)
    begin = time.time()
    node.before["main"] = "\n".join(
        f"{timestamp(begin - back)} info kubexit[main]: {words}"
        for back, words in ((60, "command started, pid 7"), (50, "command exited with 1"))
    )
    last = {"lastState": ended(begin - 60, 1), "restartCount": 1}
    found = seen(node, {"main": runs(begin), "proxy": runs(begin)}, main=last)
    first, second = found.containers[0].lives

    assert (first.born, first.died, first.exit_code) == (
        moment(timestamp(begin - 60)),
        moment(timestamp(begin - 50)),
        1,
    )
    assert second.born == moment(pod.tombstones()["main"]["Born"])


def test_container_that_never_started_has_a_note(pod: RealPod) -> None:
    """The kubelet's reason is below the picture; a time of 1970 is no moment."""
    broken = {"terminated": {"startedAt": "1970-01-01T00:00:00Z", "finishedAt": whole(time.time()), "exitCode": 128,
                             "reason": "StartError", "message": "no such file"}}  # fmt: skip
    pull = {"waiting": {"reason": "ImagePullBackOff", "message": "no\nimage"}}
    found = seen(Node(pod), {"main": runs(time.time()), "broken": broken, "pull": pull})
    text = "\n".join(line.plain for line in timeline(found, 120, ASCII))

    assert found.end - found.begin < ALARM
    assert "is not started (exit code 128): StartError" in text
    assert "has not been started, ImagePullBackOff, no image" in text


def test_deletion_of_the_pod_is_an_event(pod: RealPod) -> None:
    """The API server shows when the time is over; the deletion was a grace period before."""
    begin = time.time()
    metadata = {"deletionTimestamp": whole(begin + 30), "deletionGracePeriodSeconds": 30}
    found = seen(Node(pod), {"main": runs(begin), "proxy": runs(begin)}, metadata=metadata)

    assert ("the pod is deleted", moment(whole(begin))) in [(event.words, event.at) for event in events(found)]
