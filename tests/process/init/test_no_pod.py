"""Outside of a pod, where nothing was set up for kubexit, it is a plain init; elsewhere a name is required."""

import signal
from pathlib import Path

import pytest

from harness.kubexit import Kubexit
from harness.supervised import Supervised
from harness.world import namespaces
from harness.world.root import DEVICES, without_graveyard

pytestmark = [pytest.mark.every_form, pytest.mark.behaviour("plain-init-without-a-pod")]

CONTRADICTIONS = [
    {"KUBEXIT_LOG_LEVEL": "info"},
    {"KUBEXIT_NAME": ""},
    {"KUBEXIT_PLAN": "main:"},
    {"KUBEXIT_FUTURE": "1"},
    {"KUBEXIT_DEMO_SERVICE_HOST": "10.0.0.1"},
    {"KUBEXT_DEATH_DEPS": "db"},
    {"KUBE_EXIT_ANYTHING": "1"},
    {"kubexit_name": "main"},
    {"KUBERNETES_SERVICE_HOST": "10.0.0.1"},
    {"KUBERNETES_SERVICE_HOST": ""},
]
NEIGHBOURS = {"KUBECTL_X": "1", "KUBELET_NAME": "x", "KUBECONFIG": "/kube", "KUBERNETES_PORT": "443", "K": "1"}


@pytest.fixture
def image(kubexit: Kubexit) -> Path:
    """The root in which kubexit is started."""
    namespaces.require_mounts()
    folder = kubexit.folder / "image"
    folder.mkdir()
    return folder


def start(kubexit: Kubexit, image: Path, *command: str, env: dict[str, str] | None = None) -> Supervised:
    """Start kubexit in the image without any setting."""
    return kubexit.start(*command, name=None, GRAVEYARD=None, env=env, preexec_fn=without_graveyard(image))


def test_the_command_has_a_plain_init(kubexit: Kubexit, image: Path, actor: str) -> None:
    """The command gets SIGTERM and its exit code is kubexit's; one line says what kubexit is, nothing is a warning."""
    started = start(kubexit, image, actor, "ready-then-wait", "--exit", "TERM=7")
    started.wait_line("READY")
    started.signal(signal.SIGTERM)

    assert started.wait() == 7
    lines = started.stderr.splitlines()
    assert [line for line in lines if "plain init" in line] == lines[:1]
    assert all(" info kubexit: " in line for line in lines), lines


def test_variables_of_neighbours_do_not_count(kubexit: Kubexit, image: Path, actor: str) -> None:
    """Variables that only look a little like ours, and one without a value, belong to other programs."""
    assert start(kubexit, image, actor, "exit", "9", env=NEIGHBOURS).wait() == 9


@pytest.mark.parametrize(("command", "code"), [("kill", 137), ("/not/there", 127)])
def test_nothing_is_written(kubexit: Kubexit, image: Path, command: str, code: int) -> None:
    """No file is made, and no termination message is written, if the command is killed or cannot be started."""
    arguments = ["sh", "-c", "kill -KILL $$"] if command == "kill" else [command]
    started = start(kubexit, image, *arguments)

    assert started.wait() == code
    assert not (image / "graveyard").exists()
    assert (image / "dev/termination-log").read_text() == ""
    assert sorted(path.name for path in (image / "dev").iterdir()) == sorted(["termination-log", *DEVICES])


@pytest.mark.parametrize("variables", CONTRADICTIONS, ids=lambda variables: "=".join(*variables.items()))
def test_a_variable_requires_a_name(kubexit: Kubexit, image: Path, actor: str, variables: dict[str, str]) -> None:
    """A variable of kubexit or Kubernetes, even an empty or misspelt one, means a pod: exit code 2, no start."""
    started = start(kubexit, image, actor, "ready-then-wait", env=variables)

    assert started.wait() == 2
    assert started.stdout == ""
    assert "KUBEXIT_NAME: is required" in started.stderr


@pytest.mark.parametrize("kind", ["folder", "file", "dangling link"])
def test_a_graveyard_requires_a_name(kubexit: Kubexit, image: Path, actor: str, kind: str) -> None:
    """Anything at /graveyard was mounted or made for kubexit: exit code 2, no start."""
    graveyard = image / "graveyard"
    {"folder": graveyard.mkdir, "file": graveyard.touch, "dangling link": lambda: graveyard.symlink_to("/no")}[kind]()
    started = start(kubexit, image, actor, "ready-then-wait")

    assert started.wait() == 2
    assert started.stdout == ""
    assert "KUBEXIT_NAME: is required" in started.stderr


def test_a_missing_command_is_the_only_error(kubexit: Kubexit, image: Path) -> None:
    """Without a command the one line is about that, not about a name."""
    started = start(kubexit, image)

    assert started.wait() == 2
    (line,) = started.stderr.splitlines()
    assert "no command was given" in line
