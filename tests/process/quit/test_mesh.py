"""KUBEXIT_MESH: kubexit waits for a mesh's proxy and asks it to quit; a pod without a proxy is not held up.

The proxies' ports are fixed, so each test has its own network.
"""

import signal
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

from harness import processes
from harness.containers import lines
from harness.kubexit import Kubexit
from harness.servers import webserver
from harness.servers.webserver import WebServer, status
from harness.supervised import Supervised
from harness.waiting import eventually
from harness.world.network import Network

pytestmark = pytest.mark.behaviour("mesh")

Web = Callable[..., WebServer]


class Mesh(NamedTuple):
    """What its proxy listens on."""

    name: str
    ready: tuple[int, str]
    quit: tuple[int, str]


MESHES = [
    Mesh("istio", (15021, "/healthz/ready"), (15020, "/quitquitquit")),
    Mesh("linkerd", (4191, "/ready"), (4191, "/shutdown")),
]

every_mesh = pytest.mark.parametrize("mesh", MESHES, ids=lambda mesh: mesh.name)


@pytest.fixture
def network() -> Iterator[Network]:
    """The network of the pod."""
    made = Network()
    yield made
    made.close()


def start(kubexit: Kubexit, network: Network, mesh: Mesh, *command: str, **settings: str) -> Supervised:
    """A container of that pod."""
    settings = {"BIRTH_TIMEOUT": "infinite", "QUIT_TIMEOUT": "1h", **settings}
    return kubexit.start(*(command or ("echo", "BORN")), MESH=mesh.name, preexec_fn=network.enter, **settings)


@every_mesh
def test_an_injected_proxy_is_awaited_and_asked_to_quit(
    kubexit: Kubexit, web: Web, network: Network, mesh: Mesh
) -> None:
    """The command starts when the proxy is ready; after its end the proxy is asked to quit."""
    ready = web(status(503), status(200), listener=network.bound(mesh.ready[0]))
    ends = ready if mesh.quit[0] == mesh.ready[0] else web(listener=network.bound(mesh.quit[0]))
    main = start(kubexit, network, mesh)

    assert main.wait() == 0
    assert main.stdout == "BORN\n"
    asked = [(request.method, request.target) for server in dict.fromkeys((ready, ends)) for request in server.requests]
    assert asked == [("GET", mesh.ready[1])] * 2 + [("POST", mesh.quit[1])]
    assert lines(main.stderr, "warn") == []


@pytest.mark.behaviour("native-proxy-is-not-asked")
@every_mesh
def test_a_native_proxy_is_awaited_and_left_alone(kubexit: Kubexit, web: Web, network: Network, mesh: Mesh) -> None:
    """A proxy that is a native sidecar is only awaited: after a quit request the kubelet would start it again."""
    ready = web(status(503), status(200), listener=network.bound(mesh.ready[0]))
    ends = ready if mesh.quit[0] == mesh.ready[0] else web(listener=network.bound(mesh.quit[0]))
    main = start(kubexit, network, mesh._replace(name=f"{mesh.name}-native"))

    assert (main.wait(), main.stdout) == (0, "BORN\n")
    assert [request.method for server in dict.fromkeys((ready, ends)) for request in server.requests] == ["GET"] * 2
    assert lines(main.stderr, "warn") == []


@every_mesh
def test_a_proxy_on_the_other_loopback_is_found(kubexit: Kubexit, web: Web, network: Network, mesh: Mesh) -> None:
    """A proxy that listens on ::1 alone is found there, before the start and at the end."""
    ready = web(listener=network.bound(mesh.ready[0], "::1"))
    ends = ready if mesh.quit[0] == mesh.ready[0] else web(listener=network.bound(mesh.quit[0], "::1"))
    main = start(kubexit, network, mesh)

    assert main.wait() == 0
    assert main.stdout == "BORN\n"
    assert [request.method for request in ends.requests][-1] == "POST"
    assert lines(main.stderr, "warn") == []


@every_mesh
def test_a_late_proxy_is_waited_for(kubexit: Kubexit, web: Web, network: Network, mesh: Mesh) -> None:
    """A proxy that starts later is waited for."""
    main = start(kubexit, network, mesh, LOG_LEVEL="debug", QUIT_TIMEOUT="0")
    main.wait_line("not ready: .*Connection refused", "stderr")
    web(listener=network.bound(mesh.ready[0]))

    assert main.wait() == 0
    assert main.stdout == "BORN\n"


@every_mesh
@pytest.mark.parametrize("timeout", ["200ms", "0"])
def test_without_a_proxy_the_command_starts(kubexit: Kubexit, network: Network, mesh: Mesh, timeout: str) -> None:
    """Without a proxy the command starts after the timeout, without a warning then or at the end."""
    main = start(kubexit, network, mesh, BIRTH_TIMEOUT=timeout)

    assert main.wait() == 0
    assert main.stdout == "BORN\n"
    assert "Reason" not in (kubexit.tombstone() or {})
    assert lines(main.stderr, "warn") == lines(main.stderr, "error") == []
    assert f"no proxy of KUBEXIT_MESH={mesh.name} answered" in main.stderr


@every_mesh
def test_debug_logs_the_refused_request(kubexit: Kubexit, network: Network, mesh: Mesh) -> None:
    """At level debug the refused request at the end is logged."""
    main = start(kubexit, network, mesh, BIRTH_TIMEOUT="100ms", LOG_LEVEL="debug")
    main.wait()

    (line,) = [line for line in lines(main.stderr, "debug") if "quit request POST" in line]
    assert mesh.quit[1] in line
    assert "Connection refused" in line


@every_mesh
@pytest.mark.parametrize("answer", [status(503), webserver.silent], ids=["503", "silent"])
def test_an_unready_proxy_ends_the_wait_at_the_timeout(
    kubexit: Kubexit, web: Web, network: Network, mesh: Mesh, answer: webserver.Answer
) -> None:
    """A proxy that is there and does not become ready does not prevent the start either."""
    web(answer, listener=network.bound(mesh.ready[0]))
    main = start(kubexit, network, mesh, BIRTH_TIMEOUT="2s", QUIT_TIMEOUT="0")

    assert main.wait() == 0
    assert main.stdout == "BORN\n"
    # One that answers is there, which is worth a warning; one that is silent may be there or not.
    assert ("runs but was not ready" in main.stderr) == (answer is not webserver.silent)


@every_mesh
@pytest.mark.parametrize(("on_timeout", "code"), [("fail", 69), ("start", 0)])
def test_birth_on_timeout_decides_if_set(
    kubexit: Kubexit, network: Network, mesh: Mesh, on_timeout: str, code: int
) -> None:
    """If KUBEXIT_BIRTH_ON_TIMEOUT is set, it decides."""
    main = start(kubexit, network, mesh, BIRTH_TIMEOUT="200ms", BIRTH_ON_TIMEOUT=on_timeout)

    assert main.wait() == code
    assert main.stdout == ("BORN\n" if code == 0 else "")


@every_mesh
@pytest.mark.parametrize("missing", ["db", "own URL", "both"])
def test_something_else_is_missing(kubexit: Kubexit, network: Network, mesh: Mesh, missing: str) -> None:
    """A dependency that the user sets is not optional: without it the command does not start."""
    settings = {
        "db": {"BIRTH_DEPS": "db:born"},
        "own URL": {"BIRTH_URLS": "http://127.0.0.1:9/"},
        "both": {"BIRTH_DEPS": "db:born", "BIRTH_URLS": "http://127.0.0.1:9/"},
    }
    main = start(kubexit, network, mesh, BIRTH_TIMEOUT="200ms", **settings[missing])

    assert main.wait() == 69
    assert main.stdout == ""


@every_mesh
def test_a_missing_proxy_alone_does_not_fail(kubexit: Kubexit, web: Web, network: Network, mesh: Mesh) -> None:
    """If only the proxy is missing, the command starts after the timeout."""
    kubexit.carve("db", Born=True)
    own = web(listener=network.bound(80))
    settings = {"BIRTH_DEPS": "db:born", "BIRTH_URLS": own.url()}
    main = start(kubexit, network, mesh, BIRTH_TIMEOUT="2s", **settings)

    assert main.wait() == 0
    assert main.stdout == "BORN\n"


@every_mesh
@pytest.mark.parametrize("answer", [status(404), status(503)], ids=["404", "503"])
def test_does_not_quit(kubexit: Kubexit, web: Web, network: Network, mesh: Mesh, answer: webserver.Answer) -> None:
    """A proxy that refuses to quit is worth a warning: Linkerd's needs an annotation to allow it."""
    web(answer, listener=network.bound(mesh.quit[0]))
    main = start(kubexit, network, mesh, "sh", "-c", "exit 3", BIRTH_TIMEOUT="100ms")

    assert main.wait() == 3
    (line,) = [line for line in lines(main.stderr, "warn") if "quit request" in line]
    assert mesh.quit[1] in line
    assert "kubexit's exit code stays 3" in line


@every_mesh
@pytest.mark.parametrize("policy", ["success", "failure"])
def test_the_policy_holds_for_the_proxy(kubexit: Kubexit, web: Web, network: Network, mesh: Mesh, policy: str) -> None:
    """The quit policy is valid for the proxy too."""
    server = web(listener=network.bound(mesh.quit[0]))
    main = start(kubexit, network, mesh, "false", BIRTH_TIMEOUT="0", QUIT_POLICY=policy)

    assert main.wait() == 1
    assert len([request for request in server.requests if request.method == "POST"]) == (policy == "failure")


@every_mesh
@pytest.mark.behaviour("every-exit-writes-a-death", "signal-during-birth-wait")
def test_sigterm_during_the_wait_asks_the_proxy_to_quit(
    kubexit: Kubexit, web: Web, network: Network, mesh: Mesh
) -> None:
    """A SIGTERM during the wait for the proxy prevents the command, and the proxy is still asked to quit."""
    server = web(status(503), listener=network.bound(mesh.quit[0]))
    main = start(kubexit, network, mesh)
    eventually(lambda: processes.children(main.pid), "the proxy is asked")
    main.signal(signal.SIGTERM)

    assert main.wait() == 143
    assert main.stdout == ""
    assert ("POST", mesh.quit[1]) in [(request.method, request.target) for request in server.requests]
