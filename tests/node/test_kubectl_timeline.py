"""`kubectl kubexit timeline` of pods on a real node: alive, ended, crashed, stopped by a death dependency."""

import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from e2e.container import container, plain, pod
from e2e.space import Space

pytestmark = [pytest.mark.node, pytest.mark.behaviour("live-timeline")]

TOOL = Path(sys.executable).with_name("kubectl-kubexit")
SERVE = 'trap "sleep 1; exit 143" TERM; touch /graveyard/.up; sleep 600 & wait'
PROXY = {"SIDECAR_OF": "main", "READY_FILE": "/graveyard/.up"}


def timeline(here: Space, kubeconfig: Path, what: str, output: str = "text") -> str:
    """What the program prints."""
    command = [TOOL, "timeline", what, "-n", here.access.namespace, "-o", output]
    environment = {"PATH": "/usr/bin:/bin", "KUBECONFIG": str(kubeconfig), "COLUMNS": "120", "LANG": "C.UTF-8"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=90, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def event(told: dict[str, Any], container: str, kind: str) -> dict[str, Any]:
    """The only event of a kind of a container."""
    (found,) = (one for one in told["events"] if (one["container"], one["kind"]) == (container, kind))
    return dict(found)


def test_living_pod_is_drawn_until_now(here: Space, kubeconfig: Path) -> None:
    """main waits, proxy runs, and a container without kubexit is drawn as the kubelet reports it."""
    waits = container("main", "true", BIRTH_DEPS="proxy", BIRTH_SOURCE="graveyard", BIRTH_TIMEOUT="infinite")
    made = here.job(pod(waits, container("proxy", "exec sleep 600", READY_TCP="9"), plain("other", "sleep 600")))
    made.wait(lambda one: all("running" in one.state(name) for name in ("main", "proxy", "other")), "all run")
    made.wait(lambda _: "waits for proxy" in timeline(here, kubeconfig, made.name), "main waits")
    text = timeline(here, kubeconfig, "job/job")
    rows = {line.split()[0]: line for line in text.splitlines() if line.endswith(("waiting", "alive"))}

    assert text.startswith(f"Pod {here.access.namespace}/{made.name}: Running, from ")
    assert set(rows["main"].removeprefix("main").removesuffix("waiting")) == {" ", "·"}, text
    assert rows["proxy"].endswith("alive"), text
    assert rows["other"].endswith("alive"), text


def test_stop_by_a_death_dependency_has_its_cause(here: Space, kubeconfig: Path) -> None:
    """Of a pod that has ended: main started when proxy was ready, and proxy stopped because main had exited."""
    made = here.job(pod(container("main", "sleep 1; exit 3", BIRTH_DEPS="proxy", BIRTH_SOURCE="graveyard"),
                        container("proxy", SERVE, **PROXY)))  # fmt: skip
    assert here.wait_job() == "Failed"
    told = json.loads(timeline(here, kubeconfig, made.name, "json"))
    begin, stop = event(told, "main", "born"), event(told, "proxy", "stop")
    words = list(ET.fromstring(timeline(here, kubeconfig, made.name, "svg")).itertext())

    assert not told["live"]
    assert (begin["words"], begin["cause"]["container"]) == ("starts: proxy is ready", "proxy")
    assert stop["words"] == "is asked to stop: dependency main died with exit code 3"
    assert stop["cause"] == {"container": "main", "at": event(told, "main", "died")["at"]}
    assert event(told, "proxy", "died")["words"] == (
        "exits with 0, by KUBEXIT_EXIT_CODE_ON_STOP; its command exited with 143"
    )
    assert {"main", "proxy", "exit 3", "exit 0"} <= set(words)


def test_crash_is_drawn_as_one(here: Space, kubeconfig: Path) -> None:
    """A kubexit that gets SIGKILL writes and logs no end: alive and after its end, the pod shows a crash."""
    proxy = container("proxy", "echo $PPID >/graveyard/.pid; exec sleep 600")
    killer = 'until [ -e /graveyard/.pid ]; do sleep 0.1; done; kill -9 "$(cat /graveyard/.pid)"; sleep 3'
    main = container("main", killer, BIRTH_DEPS="proxy:born", BIRTH_SOURCE="graveyard")
    made = here.job(pod(main, proxy, shareProcessNamespace=True))
    assert here.wait_job() == "Failed"
    told = json.loads(timeline(here, kubeconfig, made.name, "json"))

    assert made.code == {"main": 0, "proxy": 137}, made.story
    assert event(told, "proxy", "died")["words"].startswith("is killed with kubexit (exit code 137)")
    assert "  crashed" in timeline(here, kubeconfig, made.name)


def test_json_logs_and_a_second_life(here: Space, kubeconfig: Path) -> None:
    """With LOG_FORMAT=json all moments are there too; a container that was started again has two lives."""
    script = "[ -e /graveyard/.again ] && exit 0; touch /graveyard/.again; exit 5"
    spec = pod(container("main", script, LOG_FORMAT="json"), restartPolicy="OnFailure")
    made = here.job(spec, backoffLimit=3)
    assert here.wait_job() == "Complete"
    told = json.loads(timeline(here, kubeconfig, made.name, "json"))
    (main,) = told["containers"]

    assert [life["exitCode"] for life in main["lives"]] == [5, 0]
    # The kubelet's times have no fractions; these come from the logs.
    assert any(not life["died"].endswith(".000Z") for life in main["lives"])
