"""KUBEXIT_BIRTH_URLS: the command starts when each of them has answered 2xx, and not before."""

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

pytestmark = pytest.mark.behaviour("birth-urls")

Web = Callable[..., WebServer]
NOT_YET = {
    "503": status(503),
    "302": status(302, "Location: /ready"),
    "404": status(404),
    "100": sends(b"HTTP/1.1 100 Continue\r\n\r\n"),
    "nothing": sends(),
    "garbage": sends(b"\xff" * 100),
    "part": sends(b"HTTP/1.1 20"),
    "reset": webserver.resets,
}


@pytest.mark.parametrize("answer", NOT_YET)
def test_the_first_2xx_opens_the_gate(kubexit: Kubexit, web: Web, answer: str) -> None:
    """An answer other than 2xx leaves the gate closed; the first 2xx opens it. At each request nothing is born yet."""
    server = web(NOT_YET[answer], NOT_YET[answer], status(200), look=lambda: kubexit.tombstone("app"))
    app = waiting(kubexit, BIRTH_URLS=server.url("/ready?x=1#y"))

    assert app.wait() == 0
    assert app.stdout == "BORN\n"
    assert [(request.method, request.target) for request in server.requests] == [("GET", "/ready?x=1")] * 3
    assert [request.seen for request in server.requests if "Born" in (request.seen or {})] == []


@pytest.mark.parametrize("code", [200, 204, 299])
def test_an_open_gate_is_asked_once(kubexit: Kubexit, web: Web, code: int) -> None:
    """A URL that answers 2xx at once is asked once."""
    server = web(status(code))
    app = waiting(kubexit, BIRTH_URLS=server.url())

    assert app.wait() == 0
    assert app.stdout == "BORN\n"
    assert len(server.requests) == 1


def test_a_server_that_is_down_is_waited_for(kubexit: Kubexit, web: Web) -> None:
    """A server that does not listen yet is waited for like one that is not ready."""
    server = web(listening=False)
    app = waiting(kubexit, BIRTH_URLS=server.url(), LOG_LEVEL="debug")
    app.wait_line(f"not ready: {server.url()}: Connection refused", "stderr")
    server.listen()

    assert app.wait() == 0
    assert app.stdout == "BORN\n"


@pytest.mark.parametrize("last", [0, 1, 2])
def test_each_of_them(kubexit: Kubexit, web: Web, last: int) -> None:
    """All URLs must answer, in any order; one that has answered is not asked again."""
    servers = [web(), web(), web()]
    servers[last].answer_next(status(503), status(503), status(200))
    app = waiting(kubexit, BIRTH_URLS=",".join(server.url() for server in servers))

    assert app.wait() == 0
    assert app.stdout == "BORN\n"
    assert [len(server.requests) for server in servers] == [3 if place == last else 1 for place in range(3)]


@pytest.mark.parametrize(
    ("host", "name"), [("127.0.0.1", "localhost"), ("::1", "localhost"), ("::1", ""), ("127.0.0.2", "")]
)
def test_both_addresses_of_localhost_are_tried(kubexit: Kubexit, web: Web, host: str, name: str) -> None:
    """Both addresses of localhost are tried; IPv6 literals are in brackets."""
    server = web(listener=webserver.bound(host))

    assert kubexit.run("true", BIRTH_URLS=server.url("/", name)).code == 0
    assert len(server.requests) == 1


@pytest.mark.behaviour("ready-needs-no-event")
@pytest.mark.parametrize("first", ["graveyard", "url"])
def test_with_the_graveyard(kubexit: Kubexit, web: Web, first: str) -> None:
    """URLs and birth dependencies are needed together, in any order."""
    server = web(status(503))
    app = waiting(kubexit, BIRTH_URLS=server.url(), BIRTH_DEPS="db:born", LOG_LEVEL="debug")
    server.wait_asked()
    if first == "graveyard":
        kubexit.carve("db", Born=True)
        app.wait_line("dependency db: born", "stderr")
        server.wait_asked(len(server.requests) + 2)
        assert "Born" not in (kubexit.tombstone("app") or {})
        server.answer_next(status(200))
    else:
        server.answer_next(status(200))
        eventually(lambda: processes.children(app.pid) == [], "the URL has answered")
        assert "Born" not in (kubexit.tombstone("app") or {})
        kubexit.carve("db", Born=True)

    assert app.wait() == 0
    assert app.stdout == "BORN\n"


@pytest.mark.behaviour("death-during-birth-wait")
def test_death_while_waiting(kubexit: Kubexit, web: Web) -> None:
    """A death dependency that dies meanwhile ends the wait: no command, and no URL is asked any longer."""
    app = waiting(kubexit, BIRTH_URLS=web(status(503)).url(), DEATH_DEPS="main")
    probe = processes.first_child(app.pid)
    kubexit.carve("main", Born=True, Died=True, ExitCode=0)

    assert app.wait() == 0
    assert app.stdout == ""
    assert not processes.alive(probe)


@pytest.mark.behaviour("dead-dependency-exits-quietly", "crashed-proxy-is-no-success")
@pytest.mark.parametrize(("code", "ours"), [(0, 0), (3, 69)])
def test_whose_url_it_was(kubexit: Kubexit, web: Web, code: int, ours: int) -> None:
    """A proxy that failed while its URL is awaited must not look like work that was done; one that succeeded may."""
    app = waiting(kubexit, BIRTH_URLS=web(status(503)).url(), DEATH_DEPS="proxy")
    kubexit.carve("proxy", Born=True, Died=True, ExitCode=code)

    assert app.wait() == ours
    assert app.stdout == ""
    assert "not ready: http" not in app.stderr


@pytest.mark.behaviour("dead-before-start")
def test_an_earlier_death_asks_no_url(kubexit: Kubexit, web: Web) -> None:
    """If it is dead already, no URL is asked at all."""
    kubexit.carve("main", Born=True, Died=True, ExitCode=0)
    server = web()

    assert kubexit.run("echo", "BORN", BIRTH_URLS=server.url(), DEATH_DEPS="main", name="app").stdout == ""
    assert server.requests == []


@pytest.mark.behaviour("other-stop-signals", "signal-during-birth-wait")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP])
@pytest.mark.parametrize("answer", [status(503), webserver.silent], ids=["503", "silent"])
@pytest.mark.parametrize("pid1", [False, True], ids=["not-pid1", "pid1"])
def test_signal_while_waiting(kubexit: Kubexit, web: Web, number: int, answer: webserver.Answer, pid1: bool) -> None:
    """A signal ends the wait at once, also during a slow answer: 128+n, and the command does not start."""
    server = web(answer)
    app = waiting(kubexit, BIRTH_URLS=server.url(), pid1=pid1)
    server.wait_asked()
    probe = processes.first_child(app.pid)
    app.signal(number)

    assert app.wait(timeout=4) == 128 + number
    assert app.stdout == ""
    assert not processes.alive(probe)
    assert "Born" not in (kubexit.tombstone("app") or {})


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_the_probe_is_ended(kubexit: Kubexit, web: Web, number: int) -> None:
    """A probe that another process kills is started again, with a warning: its time was not over."""
    server = web(status(503))
    app = waiting(kubexit, BIRTH_URLS=server.url())
    server.wait_asked()
    os.kill(processes.first_child(app.pid), number)
    app.wait_line(f"{signal.Signals(number).name} ended the probe of the birth URLs; starting it again", "stderr")
    server.answer_next(status(200))

    assert app.wait() == 0
    assert app.stdout == "BORN\n"


@pytest.mark.behaviour("parent-death-kills-command")
def test_dies_with_us(kubexit: Kubexit, web: Web) -> None:
    """The probe does not outlive a supervisor that is killed."""
    app = waiting(kubexit, BIRTH_URLS=web(status(503)).url())
    probe = processes.first_child(app.pid)
    app.kill()

    eventually(lambda: not processes.alive(probe), "the probe is gone")


@pytest.mark.behaviour("no-descriptor-inherited", "nothing-of-the-wait-remains")
def test_nothing_is_left(kubexit: Kubexit, web: Web) -> None:
    """After the start only the command runs; neither it nor kubexit has a descriptor of the wait."""
    app = running(kubexit, "app", BIRTH_URLS=web(status(503), status(200)).url())
    links = [link for pid in (app.pid, app.command_pid()) for link in descriptors(pid)]

    assert processes.children(app.pid) == [app.command_pid()]
    assert [link for link in links if link.startswith("socket:")] == []


@pytest.mark.behaviour("name-already-alive")
@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "https://127.0.0.1:1/"])
def test_second_of_a_name(kubexit: Kubexit, url: str) -> None:
    """A second supervisor of a living name waits for no container."""
    running(kubexit, "main")
    second = kubexit.run("echo", "BORN", BIRTH_URLS=url, BIRTH_TIMEOUT="0")

    assert (second.code, second.stdout) == (0, "BORN\n")
