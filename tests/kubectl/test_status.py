"""The diagnosis of `status`: kubexit itself reads the graveyard; only the way into the container is short."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kubectl_kubexit.live.diagnosis import diagnosis
from kubectl_kubexit.live.rows import survey

pytestmark = pytest.mark.behaviour("live-status")

KUBEXIT = Path(sys.executable).with_name("kubexit")
AT = "2026-01-01T00:00:00Z"
BORN = 'Born: "2026-01-01T00:00:00Z"\n'
RUNS: dict[str, Any] = {"running": {"startedAt": "2026-01-01T00:00:00Z"}}
Thing = dict[str, Any]


class Node:
    """A cluster whose containers are this machine: a command of a container is run here, on one graveyard."""

    def __init__(self, graveyard: Path, log: str = "") -> None:
        self.graveyard, self.said = graveyard, log
        self.executed: list[tuple[str, list[str]]] = []

    def execute(self, pod: Thing, container: str, command: list[str]) -> tuple[str, str]:
        """Run it with the installed kubexit. Tombstones without a living kubexit are not called crashed."""
        self.executed.append((container, command))
        if container == "deaf":
            return "", "no such \x1b[2Jfile\nmore"
        done = subprocess.run(
            [KUBEXIT, *command[1:], "--in", self.graveyard],
            env={"KUBEXIT_LIVENESS": "false", "PATH": "/usr/bin:/bin"}, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        return done.stdout, done.stderr

    def log(self, pod: Thing, container: str, previous: bool = False) -> str:
        """The log of every container."""
        return self.said


def waits(for_what: str) -> str:
    """The tombstone of a container that waits."""
    return f'Waiting: "2026-01-01T00:00:00Z"\nWaitsFor: "{for_what}"\n'


def pod(containers: dict[str, Thing], phase: str = "Running", **spec: Any) -> Thing:
    """A pod whose containers have these states; a container with the name plain is without kubexit."""
    made = [
        {"name": name, "command": [f"/app/{name}"] if name == "plain" else ["/opt/kubexit", "--", f"/app/{name}"]}
        for name in containers
    ]
    statuses = [{"name": name, "restartCount": 0, "state": state} for name, state in containers.items()]
    return {
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "pod", "namespace": "space"},
        "spec": {"restartPolicy": "Never", "containers": made, **spec},
        "status": {"phase": phase, "containerStatuses": statuses},
    }  # fmt: skip


def sentences(folder: Path, thing: Thing, **tombstones: str) -> list[str]:
    """What is said of a pod with these tombstones."""
    for name, text in tombstones.items():
        (folder / name).write_text(text)
    return diagnosis(survey(Node(folder), thing))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("for_what", "db", "words"),
    [
        ("db", BORN + 'Probe: "none"\n', "db has no readiness probe: set KUBEXIT_READY_TCP"),
        ("db", BORN + 'Probe: "tcp 80"\nProbeError: "80: refused"\n', "probe (tcp 80) fails: 80: refused."),
        ("db", BORN + 'Died: "2026-01-01T00:00:01Z"\nExitCode: 0\n', "finished with 0: wait for db:succeeded."),
        ("db:succeeded", BORN + 'Died: "2026-01-01T00:00:01Z"\nExitCode: 9\n', "db exited with 9: see kubectl logs"),
        ("db:died", BORN, "main waits until db has exited. db still runs."),
        ("db", "", "mount the same volume at KUBEXIT_GRAVEYARD"),
        ("plain", BORN, "plain does not run under kubexit"),
        ("bd", BORN, "The pod has no container bd: correct the name; there are db."),
    ],
)
def test_wait_is_explained_by_the_dependency(tmp_path: Path, for_what: str, db: str, words: str) -> None:
    """Each state of a dependency has its own cause and remedy."""
    tombstones = {"main": waits(for_what)} | ({"db": db} if db else {})
    found = sentences(tmp_path, pod({"main": RUNS, "db": RUNS, "plain": RUNS}), **tombstones)

    assert any(words in sentence and sentence.startswith("main waits until ") for sentence in found), found


def test_circle_is_named_first(tmp_path: Path) -> None:
    """Two containers that wait for each other are one sentence."""
    thing = pod({"main": RUNS, "db": RUNS})
    found = sentences(tmp_path, thing, main=waits("db"), db=waits("main"))

    assert found[0] == "main, db wait for each other: remove one of these dependencies."


def test_healthy_pod_has_nothing_to_say(tmp_path: Path) -> None:
    """If all run, the only sentence says so."""
    ready = BORN + 'Ready: "2026-01-01T00:00:02Z"\nProbe: "notify"\n'
    found = sentences(tmp_path, pod({"main": RUNS, "db": RUNS}), main=BORN + 'Probe: "none"\n', db=ready)

    assert found == ["Nothing waits: all containers run or have done their work."]


def test_next_container_is_asked_if_one_is_deaf(tmp_path: Path) -> None:
    """kubexit is called by the path of the container's command, until a container answers."""
    (tmp_path / "main").write_text(BORN)
    node = Node(tmp_path)
    seen = survey(node, pod({"deaf": RUNS, "main": RUNS}))  # type: ignore[arg-type]

    assert node.executed == [(name, ["/opt/kubexit", "--status", "--output", "json"]) for name in ("deaf", "main")]
    assert (seen.silent, [row.state for row in seen.rows]) == ("", ["", "running"])


def test_kubexit_is_asked_by_its_path_behind_an_init(tmp_path: Path) -> None:
    """The path of kubexit is that of the manifest, also if an init starts it."""
    (tmp_path / "main").write_text(BORN)
    node, thing = Node(tmp_path), pod({"main": RUNS})
    thing["spec"]["containers"][0]["command"] = ["/sbin/tini", "--", "/tools/kubexit", "--", "/app/main"]
    survey(node, thing)  # type: ignore[arg-type]

    assert [command[0] for _, command in node.executed] == ["/tools/kubexit"]


def test_an_answer_cannot_write_to_the_terminal(tmp_path: Path) -> None:
    """What a command in a container wrote in place of an answer is one line without control characters."""
    seen = survey(Node(tmp_path), pod({"deaf": RUNS}))  # type: ignore[arg-type]

    assert seen.silent == "/opt/kubexit --status in container deaf: no such ?[2Jfile"


def test_any_letter_may_be_in_a_pod(tmp_path: Path) -> None:
    """Letters beyond the first plane, and control characters, in what the API server answers are no obstacle."""
    (tmp_path / "main").write_text(BORN)
    thing = pod({"main": RUNS})
    thing["metadata"]["annotations"] = {"note": "\U0001f600 \x7f \x85 \u2028 \ufffe"}
    seen = survey(Node(tmp_path), thing)  # type: ignore[arg-type]

    assert [row.state for row in seen.rows] == ["running"]


@pytest.mark.parametrize(
    ("message", "log", "words"),
    [
        ("db has not appeared", "", "main exited with 69 (db has not appeared): see kubectl logs pod -c main."),
        (
            "",
            "2026-01-01T00:00:00Z warn kubexit[main]: first\n2026-01-01T00:00:01Z error kubexit[main]: second\nx\n",
            "exited with 69 (second)",
        ),
        ("", f'{{"time":"{AT}","level":"error","name":"main","message":"third"}}\n', "with 69 (third)"),
        ("", "x\n", "main exited with 69: see"),
        ("evil \x1b[2J\n more", "", "main exited with 69 (evil ?[2J more): see"),
    ],
)
def test_ended_pod_is_explained_by_message_or_log(tmp_path: Path, message: str, log: str, words: str) -> None:
    """No container is asked; the termination message counts, or else the last line that kubexit logged."""
    ended = {"terminated": {"exitCode": 69, "reason": "Error", **({"message": message} if message else {})}}
    node = Node(tmp_path, log)
    found = diagnosis(survey(node, pod({"main": ended}, phase="Failed")))  # type: ignore[arg-type]

    assert node.executed == []
    assert len(found) == 1
    assert words in found[0]
