"""KUBEXIT_QUIT_PROCESSES when the processes of other pods are visible too (hostPID: true)."""

import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from harness.kubexit import Kubexit
from harness.servers import webserver
from harness.servers.webserver import WebServer
from harness.supervised import Supervised
from harness.waiting import eventually
from harness.world import cgroups

pytestmark = pytest.mark.behaviour("only-descendants-signalled", "quit-processes-by-name", "quit-processes-of-this-pod")

Web = Callable[..., WebServer]

NAMES = ("ours", "other-pod", "node")


@pytest.fixture
def node(kubexit: Kubexit) -> Iterator[cgroups.Node]:
    """A node whose cgroups are removed after all processes of the test have ended."""
    with cgroups.node() as made:
        yield made
        kubexit.end()
        kubexit.started.clear()


def sidecar(kubexit: Kubexit, name: str, cgroup: Path) -> str:
    """A shell line: a process called envoy in a cgroup, whose output goes to a file."""
    out = kubexit.folder / f"{name}.out"
    return f"(echo 0 > {cgroup}/cgroup.procs; exec {kubexit.folder}/envoy ready-then-wait > {out}) &"


def started(kubexit: Kubexit, node: cgroups.Node, **settings: Any) -> Supervised:
    """main, asked to exit with 3, beside a sidecar of its pod, one of another pod and a service of the node."""
    shutil.copy(kubexit.program(), kubexit.folder / "envoy")
    pod = node.pod()
    places = (node.container(pod), node.container(node.pod()), node.service())
    script = [sidecar(kubexit, name, place) for name, place in zip(NAMES, places, strict=True)]
    script.append(f"exec {kubexit.program()} ready-then-wait --exit USR1=3")
    main = kubexit.start(
        "sh", "-c", "\n".join(script),
        preexec_fn=cgroups.enter(node.container(pod)), fence=True, QUIT_PROCESSES="envoy", **settings,
    )  # fmt: skip
    main.wait_line("^READY$")
    eventually(lambda: all("READY" in text(kubexit, name) for name in NAMES), "the processes run")
    return main


def text(kubexit: Kubexit, name: str) -> str:
    """The output of a process so far."""
    out = kubexit.folder / f"{name}.out"
    return out.read_text() if out.exists() else ""


def test_only_processes_of_this_pod_get_sigterm(kubexit: Kubexit, node: cgroups.Node, web: Web) -> None:
    """The process of this pod gets SIGTERM; one of another pod and one of the node do not, and a line says so.

    Fails when the name alone decides: then three are signalled. A quit request that is not answered yet keeps the
    namespace alive meanwhile.
    """
    free = Event()
    server = web(webserver.held(free, webserver.status(200)))
    main = started(kubexit, node, QUIT_POST=server.url(), QUIT_TIMEOUT="1h")
    main.signal(signal.SIGUSR1)
    server.wait_asked()
    eventually(lambda: "SIGNAL TERM" in text(kubexit, "ours"), "the process of this pod got SIGTERM")
    free.set()

    assert main.wait() == 3
    assert main.stderr.count("sent SIGTERM to pid") == 1
    assert "cannot determine whether 2 processes belong to this pod; not signalled" in main.stderr
    assert "SIGNAL TERM" not in text(kubexit, "other-pod")
    assert "SIGNAL TERM" not in text(kubexit, "node")
