"""KUBEXIT_QUIT_PROCESSES: SIGTERM to processes by their names, after the command has exited.

All of it happens in PID namespaces: kubexit reaches no process outside them. The pod is one namespace with
another PID 1; its sidecars are processes that kubexit did not start as its command.
"""

import re
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any

import pytest

from harness.containers import lines
from harness.kubexit import Kubexit
from harness.servers import webserver
from harness.servers.webserver import WebServer
from harness.supervised import Supervised
from harness.waiting import eventually

pytestmark = pytest.mark.behaviour("quit-processes-by-name")

Web = Callable[..., WebServer]


class Pod:
    """A container that is asked to end, and its sidecars, each with its output so far."""

    def __init__(self, kubexit: Kubexit, main: Supervised, sidecars: tuple[str, ...]) -> None:
        self.main = main
        self._files = {name: kubexit.folder / f"{name}.out" for name in sidecars}

    def got_term(self) -> set[str]:
        """The sidecars that have printed it."""
        return {name for name, file in self._files.items() if "SIGNAL TERM" in file.read_text()}

    def are_ready(self) -> bool:
        """Whether all of them run under their names."""
        return all(file.exists() and "READY" in file.read_text() for file in self._files.values())

    def signalled(self) -> set[int]:
        """The pids that kubexit says it has sent SIGTERM to, as its own namespace counts them."""
        return {int(pid) for pid in re.findall(r"sent SIGTERM to pid (\d+)", self.main.stderr)}


@contextmanager
def pod(kubexit: Kubexit, web: Web, *sidecars: str, **settings: Any) -> Iterator[Pod]:
    """A pod whose main exits with 3 when asked; it ends after the block, when its quit request is answered."""
    lines = []
    for name in sidecars:
        shutil.copy(kubexit.program(), kubexit.folder / name)
        lines.append(f"{kubexit.folder}/{name} ready-then-wait > {kubexit.folder}/{name}.out &")
    lines.append(f"exec {kubexit.program()} ready-then-wait --exit USR1=3")
    free = Event()
    server = web(webserver.held(free, webserver.status(200)))
    main = kubexit.start(
        "sh", "-c", "\n".join(lines), fence=True, QUIT_POST=server.url(), QUIT_TIMEOUT="1h", **settings
    )
    pod = Pod(kubexit, main, sidecars)
    main.wait_line("^READY$")
    eventually(pod.are_ready, "the sidecars run")
    main.signal(signal.SIGUSR1)
    server.wait_asked()
    yield pod
    free.set()
    assert main.wait() == 3


@pytest.mark.parametrize("names", ["envoy", " envoy ,x", "x,,envoy"])
def test_a_process_of_the_name_gets_sigterm(kubexit: Kubexit, web: Web, names: str) -> None:
    """A process of that name gets SIGTERM; the code stays the command's, and a line says what was signalled."""
    with pod(kubexit, web, "envoy", "agent", QUIT_PROCESSES=names) as pod_:
        eventually(lambda: pod_.got_term() == {"envoy"}, "it got SIGTERM")

        assert len(pod_.signalled()) == 1
        assert lines(pod_.main.stderr, "warn") == []


def test_all_processes_of_all_names_get_sigterm(kubexit: Kubexit, web: Web) -> None:
    """All processes of all names get SIGTERM."""
    with pod(kubexit, web, "envoy", "agent", "other", QUIT_PROCESSES="agent,envoy") as pod_:
        eventually(lambda: pod_.got_term() == {"envoy", "agent"}, "both got SIGTERM")

        assert len(pod_.signalled()) == 2


@pytest.mark.parametrize("name", ["env", "envoy2", "Envoy", "nvoy", "envoy ready-then-wait", "*"])
def test_only_the_exact_name_counts(kubexit: Kubexit, web: Web, name: str) -> None:
    """A part of a name, another case, or a pattern matches no process. Shown to fail by the tests above."""
    with pod(kubexit, web, "envoy", QUIT_PROCESSES=name) as pod_:
        assert pod_.signalled() == set()
        assert pod_.got_term() == set()
        assert f"no process is named {name}" in pod_.main.stderr


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("cloud-sql-proxy", {"cloud-sql-proxy"}),
        ("cloud-sql-proxy-2", {"cloud-sql-proxy-2"}),
        ("cloud-sql-proxy-", set()),
    ],
)
def test_long_names_are_told_apart(kubexit: Kubexit, web: Web, name: str, meant: set[str]) -> None:
    """Names longer than the 15 bytes that the kernel keeps are compared in full."""
    with pod(kubexit, web, "cloud-sql-proxy", "cloud-sql-proxy-2", QUIT_PROCESSES=name) as pod_:
        eventually(lambda: pod_.got_term() == meant, f"{meant} got SIGTERM")

        assert len(pod_.signalled()) == len(meant)


def test_a_script_has_its_own_name(kubexit: Kubexit, web: Web) -> None:
    """A script has its own name, not its interpreter's; of a long one the kernel knows 15 bytes."""
    script = kubexit.folder / "rotate-all-the-logs"
    script.write_text(
        f'#!/bin/sh\ntrap "echo SIGNAL TERM > {script}.out" TERM\necho READY\nread line < {script}.fifo\n'
    )
    script.chmod(0o755)
    main = kubexit.start(
        "sh",
        "-c",
        f"mkfifo {script}.fifo; {script} & exec {kubexit.program()} ready-then-wait --exit USR1=3",
        fence=True,
        QUIT_PROCESSES="rotate-all-the-",
    )
    main.wait_line("^READY$", count=2)
    main.signal(signal.SIGUSR1)

    assert main.wait() == 3
    assert "sent SIGTERM to pid" in main.stderr


def test_kubexit_and_pid_1_are_never_meant(kubexit: Kubexit, web: Web) -> None:
    """Neither kubexit itself nor PID 1, the pause process, is ever signalled, with any names in the setting."""
    with pod(kubexit, web, "envoy", QUIT_PROCESSES="actor,kubexit,python,python3,envoy", LOG_LEVEL="debug") as pod_:
        eventually(lambda: pod_.got_term() == {"envoy"}, "it got SIGTERM")

        assert {1, 2} & pod_.signalled() == set()
        assert len(pod_.signalled()) == 1
        assert "QUIT_HURRIED" not in pod_.main.stderr


def test_the_policy_holds_for_processes(kubexit: Kubexit, web: Web) -> None:
    """The quit policy is valid for processes too."""
    script = f"{kubexit.program()} plain & exit 3"
    finished = kubexit.run("sh", "-c", script, fence=True, QUIT_PROCESSES="actor", QUIT_POLICY="success")

    assert finished.code == 3
    assert "TERM" not in finished.stderr


def test_processes_alone_cost_no_time(kubexit: Kubexit) -> None:
    """Processes alone cost no time: kubexit does not wait for their end."""
    finished = kubexit.run("true", fence=True, QUIT_PROCESSES="envoy", QUIT_TIMEOUT="1h")

    assert finished.code == 0
    assert "no process is named envoy" in finished.stderr


@pytest.mark.behaviour("only-descendants-signalled")
def test_without_a_shared_namespace_nothing_is_signalled(kubexit: Kubexit, actor: str) -> None:
    """As PID 1 kubexit cannot see other containers' processes: it says so, and signals none."""
    finished = kubexit.run(actor, "leave", "1", "--exit", "3", pid1=True, QUIT_PROCESSES="actor")

    assert finished.code == 3
    (line,) = lines(finished.stderr, "warn")
    assert "KUBEXIT_QUIT_PROCESSES" in line
    assert "shareProcessNamespace" in line
    assert "sent SIGTERM" not in finished.stderr
