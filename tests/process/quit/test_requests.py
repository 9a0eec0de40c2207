"""KUBEXIT_QUIT_POST, KUBEXIT_QUIT_GET: what kubexit asks after the command has exited, which URLs, and how long."""

import threading
import time
from collections.abc import Callable

import pytest

from harness.containers import lines
from harness.kubexit import Kubexit
from harness.servers import webserver
from harness.servers.webserver import WebServer, status

pytestmark = pytest.mark.behaviour("quit-requests")

Web = Callable[..., WebServer]


@pytest.mark.parametrize("path", ["/", "", "/quit?now=1&x=%2C", "?now"])
def test_a_post_is_sent_as_documented(kubexit: Kubexit, web: Web, path: str) -> None:
    """POST has a length of 0; the host is as in the URL, the connection is not kept, a fragment is not sent."""
    server = web()
    kubexit.run("true", QUIT_POST=server.url(f"{path}#part"))
    (request,) = server.requests

    assert (request.method, request.target) == ("POST", path if path.startswith("/") else f"/{path}")
    assert request.headers["host"] == f"127.0.0.1:{server.port}"
    assert request.headers["content-length"] == "0"
    assert request.headers["connection"] == "close"
    assert request.headers["user-agent"].startswith("kubexit/")


def test_a_get_has_no_body(kubexit: Kubexit, web: Web) -> None:
    """GET has no body and no length; both lists are asked."""
    server = web()
    kubexit.run("true", QUIT_POST=server.url("/post"), QUIT_GET=f"{server.url('/one')},{server.url('/two')}")
    asked = {request.target: request for request in server.requests}

    assert {target: request.method for target, request in asked.items()} == {
        "/post": "POST",
        "/one": "GET",
        "/two": "GET",
    }
    assert "content-length" not in asked["/one"].headers


def test_the_longest_url_arrives_whole(kubexit: Kubexit, web: Web) -> None:
    """A URL of 2000 bytes arrives whole."""
    server = web()
    path = "/" + "x" * (2000 - len(server.url("/")))
    kubexit.run("true", QUIT_POST=server.url(path))

    assert server.requests[0].target == path


@pytest.mark.parametrize(
    ("host", "name"), [("127.0.0.1", "localhost"), ("::1", "localhost"), ("::1", ""), ("127.0.0.2", "")]
)
def test_both_addresses_of_localhost_are_tried(kubexit: Kubexit, web: Web, host: str, name: str) -> None:
    """Both addresses of localhost are tried; IPv6 literals are in brackets."""
    server = web(listener=webserver.bound(host))
    finished = kubexit.run("true", QUIT_POST=server.url("/", name))

    assert len(server.requests) == 1
    assert "answered 200" in finished.stderr


def test_side_by_side(kubexit: Kubexit, web: Web) -> None:
    """All URLs are asked at once: no answer comes here before the last of them was asked."""
    all_asked = threading.Barrier(16)
    server = web(lambda connection: (all_asked.wait(20), status(200)(connection)))
    finished = kubexit.run(
        "true", QUIT_POST=",".join(server.url(f"/{number}") for number in range(16)), QUIT_TIMEOUT="1h"
    )

    assert finished.code == 0
    assert finished.stderr.count("answered 200") == 16


@pytest.mark.behaviour("quit-requests-never-delay-sigkill")
def test_one_time_limit_holds_for_all(kubexit: Kubexit, web: Web) -> None:
    """One time limit is valid for all URLs together; each one without an answer is named."""
    silent, quick = web(webserver.silent), web()
    begin = time.monotonic()
    finished = kubexit.run(
        "sh", "-c", "exit 3", QUIT_POST=f"{silent.url('/a')},{silent.url('/b')},{quick.url()}", QUIT_TIMEOUT="2s"
    )

    assert finished.code == 3
    assert 2 <= time.monotonic() - begin < 10
    assert len(lines(finished.stderr, "warn")) == 2
    for path in ("/a", "/b"):
        assert f"POST {silent.url(path)}: no answer in time; kubexit's exit code stays 3" in finished.stderr
    assert f"POST {quick.url()}: answered 200" in finished.stderr


@pytest.mark.behaviour("quit-requests-never-delay-sigkill")
def test_a_time_limit_of_zero_still_asks_all(kubexit: Kubexit, web: Web) -> None:
    """With a time limit of 0 kubexit asks every URL, but waits for no answer long."""
    quick = web()
    finished = kubexit.run(
        "sh", "-c", "exit 3", QUIT_POST=f"{web(webserver.silent).url()},{quick.url()}", QUIT_TIMEOUT="0"
    )

    assert finished.code == 3
    assert len(quick.wait_asked()) == 1


def test_without_a_proxy(kubexit: Kubexit, web: Web) -> None:
    """A proxy in the environment is not used for URLs in the same pod."""
    server = web()
    env = dict.fromkeys(("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"), "http://127.0.0.1:1")
    kubexit.run("true", QUIT_POST=server.url(), env=env)

    assert len(server.requests) == 1


@pytest.mark.behaviour("pid-1-exits")
def test_as_pid_1(kubexit: Kubexit, web: Web) -> None:
    """PID 1 asks as any other process does, and exits with the command's code."""
    server = web(status(503))
    finished = kubexit.run("sh", "-c", "exit 3", pid1=True, QUIT_POST=server.url())

    assert finished.code == 3
    assert len(server.requests) == 1
