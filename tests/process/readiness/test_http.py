"""KUBEXIT_READY_HTTP: the command is ready when one of its URLs answers 2xx."""

import os
import signal
from collections.abc import Callable

import pytest

from harness import processes
from harness.containers import running, waiting
from harness.kubexit import Kubexit
from harness.processes import descriptors
from harness.servers import webserver
from harness.servers.webserver import WebServer, sends, status
from harness.waiting import eventually

pytestmark = pytest.mark.behaviour("readiness-probe-process")

Web = Callable[..., WebServer]


@pytest.mark.parametrize(
    "answer",
    [status(503), status(302, "Location: /"), sends(), sends(b"\xff" * 100), webserver.resets],
    ids=["503", "302", "nothing", "garbage", "reset"],
)
def test_the_first_2xx_is_readiness(kubexit: Kubexit, web: Web, answer: webserver.Answer) -> None:
    """The first 2xx is readiness; before it, any other answer is not."""
    server = web(answer, answer, status(204), look=lambda: kubexit.tombstone("db"))
    running(kubexit, "db", READY_HTTP=server.url("/health?x=1#y"), READY_PERIOD="10ms")
    kubexit.wait_tombstone("db", "Ready")

    assert [(request.method, request.target) for request in server.requests] == [("GET", "/health?x=1")] * 3
    assert [request.seen for request in server.requests if "Ready" in (request.seen or {})] == []


@pytest.mark.parametrize(
    ("host", "name"), [("127.0.0.1", ""), ("127.0.0.1", "localhost"), ("::1", "localhost"), ("::1", "")]
)
def test_the_first_probe_comes_at_once(kubexit: Kubexit, web: Web, host: str, name: str) -> None:
    """The first probe comes at once, not after the first period, on either address of localhost."""
    server = web(listener=webserver.bound(host))
    running(kubexit, "db", READY_HTTP=server.url("/", name), READY_PERIOD="1h")

    kubexit.wait_tombstone("db", "Ready")


def test_a_server_that_is_down_is_not_ready(kubexit: Kubexit, web: Web) -> None:
    """A server that does not listen yet is not ready."""
    server = web(listening=False)
    db = running(kubexit, "db", READY_HTTP=server.url(), READY_PERIOD="10ms", LOG_LEVEL="debug")
    db.wait_line(f"not ready: {server.url()}: Connection refused", "stderr")
    assert "Ready" not in (kubexit.tombstone("db") or {})
    server.listen()

    kubexit.wait_tombstone("db", "Ready")


def test_is_not_disturbed(kubexit: Kubexit, web: Web) -> None:
    """Once ready, the server is not asked again, and the process that asked it is gone with its memory."""
    server = web()
    db = running(kubexit, "db", READY_HTTP=server.url(), READY_PERIOD="10ms")
    kubexit.wait_tombstone("db", "Ready")

    eventually(lambda: processes.children(db.pid) == [db.command_pid()], "the probe is gone")
    db.signal(signal.SIGTERM)
    assert db.wait() == 0
    assert len(server.requests) == 1


@pytest.mark.parametrize("pid1", [False, True], ids=["not-pid1", "pid1"])
def test_a_slow_server_delays_no_signal(kubexit: Kubexit, web: Web, pid1: bool) -> None:
    """A slow server delays neither signals nor the end, and its probe ends with the command."""
    server = web(webserver.silent)
    db = running(kubexit, "db", "TERM=4", READY_HTTP=server.url(), READY_PERIOD="10ms", pid1=pid1)
    server.wait_asked()
    (probe,) = [child for child in processes.children(db.pid) if child != db.command_pid()]
    db.signal(signal.SIGTERM)

    assert db.wait() == 4
    eventually(lambda: not processes.alive(probe), "the probe has ended")


def test_a_command_that_ends_first_has_no_ready(kubexit: Kubexit, web: Web) -> None:
    """A command that exits before it was ready has no Ready in its tombstone, and keeps its code."""
    server = web(status(503))
    finished = kubexit.run("sh", "-c", "exit 3", name="db", READY_HTTP=server.url())

    assert finished.code == 3
    assert "Ready" not in (kubexit.tombstone("db") or {})


def test_a_command_never_started_is_not_probed(kubexit: Kubexit, web: Web) -> None:
    """A command that could not be executed is not probed."""
    server = web()

    assert kubexit.run("/no/such", READY_HTTP=server.url()).code == 127
    assert server.requests == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_the_probe_is_ended(kubexit: Kubexit, web: Web, number: int) -> None:
    """A probe that is killed, for example by the OOM killer, is started again after the period."""
    server = web(status(503))
    db = running(kubexit, "db", READY_HTTP=server.url(), READY_PERIOD="10ms")
    server.wait_asked()
    (probe,) = [child for child in processes.children(db.pid) if child != db.command_pid()]
    os.kill(probe, number)
    eventually(lambda: not processes.alive(probe), "the probe has ended")
    server.answer_next(status(200))

    kubexit.wait_tombstone("db", "Ready")


@pytest.mark.behaviour("parent-death-kills-command")
def test_dies_with_us(kubexit: Kubexit, web: Web) -> None:
    """The probe does not outlive a supervisor that is killed."""
    server = web(status(503))
    db = running(kubexit, "db", READY_HTTP=server.url(), READY_PERIOD="10ms")
    server.wait_asked()
    children = processes.children(db.pid)
    db.kill()

    eventually(lambda: not any(map(processes.alive, children)), "command and probe are gone")


@pytest.mark.behaviour("no-descriptor-inherited")
def test_the_probe_inherits_no_descriptor(kubexit: Kubexit, web: Web) -> None:
    """The probe holds nothing of the graveyard: the FIFO of a container ends with its kubexit alone."""
    kubexit.carve("main", Born=True)
    server = web(webserver.silent)
    db = running(kubexit, "db", READY_HTTP=server.url(), DEATH_DEPS="main")
    server.wait_asked()
    (probe,) = [child for child in processes.children(db.pid) if child != db.command_pid()]

    assert [link for link in descriptors(probe) if "graveyard" in link or "inotify" in link] == []


@pytest.mark.behaviour("graveyard-source-asks-no-api")
def test_readiness_starts_a_waiting_container(kubexit: Kubexit, web: Web) -> None:
    """A container that waits for readiness in the graveyard starts then, and not at the birth."""
    server = web(status(503))
    app = waiting(kubexit, BIRTH_DEPS="db", BIRTH_SOURCE="graveyard", LOG_LEVEL="debug", POLL_INTERVAL="0")
    running(kubexit, "db", READY_HTTP=server.url(), READY_PERIOD="10ms")
    app.wait_line("db: born, not ready", stream="stderr")
    server.wait_asked(len(server.requests) + 2)
    assert "command started" not in app.stderr
    server.answer_next(status(200))

    assert app.wait() == 0
    assert app.stdout == "BORN\n"
