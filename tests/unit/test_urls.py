"""kubexit.waiter.urls: what the waiter asks, and how it reports the answers."""

import gc
import socket
import sys
import threading
import time
from collections.abc import Callable
from types import ModuleType

import pytest

from harness.servers import webserver
from harness.servers.webserver import WebServer
from kubexit.waiter import urls
from kubexit.waiter.log import Log
from kubexit.waiter.questions import Questions

Web = Callable[..., WebServer]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(("code", "good"), [(200, True), (204, True), (302, False), (404, False), (503, False)])
def test_only_2xx_is_good(web: Web, method: str, code: int, good: bool) -> None:
    """A 2xx is good, any other status is not, and a redirect is not followed."""
    server = web(webserver.status(code, "Location: /elsewhere"))

    got = urls.ask(urls.Url(method, server.url("/quit?x=1")), 20)

    assert (got.good, got.words) == (good, f"answered {code}")
    assert [(request.method, request.target) for request in server.requests] == [(method, "/quit?x=1")]


def test_the_request_names_host_and_client(web: Web) -> None:
    """The request names the host and the client, and does not keep the connection."""
    server = web()
    urls.ask(urls.Url("POST", server.url()), 20)
    headers = server.requests[0].headers

    assert headers["host"] == f"127.0.0.1:{server.port}"
    assert headers["user-agent"] == "kubexit"
    assert headers["connection"] == "close"


def test_a_proxy_is_not_used(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy in the environment is not used for URLs in the same pod."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    assert urls.ask(urls.Url("GET", web().url()), 20).good


@pytest.mark.parametrize(
    ("answer", "words"),
    [(webserver.sends(b"nonsense\r\n\r\n"), "nonsense"), (webserver.sends(b""), "closed the connection")],
    ids=["garbage", "nothing"],
)
def test_a_broken_answer_is_explained(web: Web, answer: webserver.Answer, words: str) -> None:
    """A broken answer is not good, and the words say why, without the names of Python objects."""
    got = urls.ask(urls.Url("GET", web(answer).url()), 20)

    assert not got.good
    assert words in got.words
    assert "urllib3" not in got.words


def test_a_refused_connection_is_explained(web: Web) -> None:
    """If no server listens, the reason says so."""
    got = urls.ask(urls.Url("GET", web(listening=False).url()), 20)

    assert not got.good
    assert "refused" in got.words
    assert "urllib3" not in got.words


@pytest.mark.parametrize("error", [socket.gaierror(-2, "Name or service not known"), OSError(101, "unreachable")])
def test_trouble_on_the_way(monkeypatch: pytest.MonkeyPatch, error: OSError) -> None:
    """For an unknown name or a missing network the result is an answer in words, not an exception."""

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    got = urls.ask(urls.Url("GET", "http://proxy.nowhere/"), 20)

    assert not got.good
    assert got.words


def test_a_silent_server_costs_the_given_time(web: Web) -> None:
    """A server that never answers costs the time that was given, and no longer."""
    got = urls.ask(urls.Url("GET", web(webserver.silent).url()), 0.05)

    assert not got.good
    assert "timed out" in got.words


def drips(connection: socket.socket) -> None:
    """One byte of an answer after the other, each in time, and never a whole line."""
    try:
        while True:
            connection.sendall(b"H")
            time.sleep(0.02)
    except OSError:
        return


@pytest.mark.behaviour("url-request-has-one-time-limit")
def test_dripping_answers_have_one_limit(web: Web) -> None:
    """The time limit is for the whole request: a server that always sends something does not extend it."""
    begin = time.monotonic()
    got = urls.ask(urls.Url("GET", web(drips).url()), 0.3)

    assert not got.good
    assert "timed out" in got.words
    assert 0.3 <= time.monotonic() - begin < 10


def test_odd_fields_change_nothing(web: Web) -> None:
    """The status decides. Fields that a library cannot parse change nothing."""
    odd = "Content-Type: multipart/mixed; boundary*=a; boundary*0=b"

    for code, good in ((503, False), (200, True)):
        got = urls.ask(urls.Url("GET", web(webserver.status(code, odd)).url()), 20)
        assert (got.good, got.words) == (good, f"answered {code}")


@pytest.mark.behaviour("url-request-has-one-time-limit")
@pytest.mark.parametrize("error", [TypeError("odd"), KeyError(), RecursionError(), MemoryError()])
def test_failure_is_no_answer(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """A request that fails in any way was not answered."""

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(urls, "Connection", fail)
    got = urls.ask(urls.Url("GET", "http://127.0.0.1/"), 20)

    assert (got.good, got.words) == (False, str(error) or type(error).__name__)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("http://proxy", ("proxy", 80, "proxy", "/", False)),
        ("HTTPS://proxy:8443/a?b=c#d", ("proxy", 8443, "proxy:8443", "/a?b=c", True)),
        ("https://[::1]?q=/", ("::1", 443, "[::1]", "/?q=/", True)),
        ("http://[fd00::1]:81/x", ("fd00::1", 81, "[fd00::1]:81", "/x", False)),
        ("http://127.1:8080/#", ("127.1", 8080, "127.1:8080", "/", False)),
    ],
)
def test_urls_are_asked_as_written(text: str, parts: tuple[object, ...]) -> None:
    """A URL is asked as it is written; the part behind # is never sent."""
    url = urls.Url("GET", text)

    assert (url.host, url.port, url.authority, url.target, url.secure) == parts


def test_await_asks_one_after_the_other(web: Web) -> None:
    """URLs are asked one after the other, each until it has answered 2xx, and every answer is logged."""
    first, second = web(webserver.status(503), webserver.status(200)), web(webserver.status(204))
    told: list[tuple[str, str]] = []
    asked = [urls.Url("GET", server.url()) for server in (first, second)]
    urls.await_all(asked, lambda url, answer: told.append((url.text, answer.words)))

    assert told == [
        (first.url(), "answered 503"),
        (first.url(), "answered 200"),
        (second.url(), "answered 204"),
    ]


def test_quit_requests_are_sent_side_by_side(web: Web) -> None:
    """Quit requests are sent side by side, each once: a slow answer delays no other request."""
    free = threading.Event()
    slow, quick = web(webserver.held(free, webserver.status(200))), web(webserver.status(503))
    told: list[str] = []

    def tell(url: urls.Url, answer: urls.Answer) -> None:
        told.append(answer.words)
        if answer.words == "answered 503":
            free.set()

    urls.ask_all([urls.Url("POST", slow.url()), urls.Url("GET", quick.url())], 20, tell)

    assert told == ["answered 503", "answered 200"]
    assert [len(server.requests) for server in (slow, quick)] == [1, 1]


def test_ask_all_in_time(web: Web) -> None:
    """One time limit is valid for all URLs together."""
    silent = web(webserver.silent)
    begin = time.monotonic()
    urls.ask_all([urls.Url("POST", silent.url())] * 3, 0.2, lambda url, answer: None)

    assert 0.2 <= time.monotonic() - begin < 5


@pytest.fixture
def waiter(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module of the waiter."""
    from kubexit.waiter import program

    return program


@pytest.mark.behaviour("birth-urls")
def test_thread_that_fails_opens_nothing(waiter: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate is open when each URL has answered 2xx, not when all threads have ended."""

    def fail(*_: object) -> None:
        raise TypeError("odd")

    monkeypatch.setattr(urls, "ask", fail)
    monkeypatch.setattr(sys, "unraisablehook", lambda unraisable: None)
    monkeypatch.setattr(waiter.engine.signal, "signal", lambda number, action: None)
    monkeypatch.setattr(gc, "disable", lambda: None)
    arguments = waiter.Arguments(["--name", "main", "--get", "http://proxy/"])

    assert waiter.Waiter(arguments).look() == waiter.INTERNAL


def test_waiting_long_is_tidied_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The garbage collector, off at the start, is on again after an answer that was not good: the wait can be long."""
    monkeypatch.setattr(gc, "enable", lambda: called.append(True))
    called: list[bool] = []
    questions = Questions([("GET", "http://proxy/")], Log("main", {}))
    questions.take(urls.Url("GET", "http://proxy/"), urls.Answer(False, "answered 503"))

    assert called == [True]


@pytest.mark.parametrize(
    "words",
    [
        ["--name", "main"],
        ["--name", "main", "--pod", "p", "db"],
        ["--get", "http://proxy/"],
        ["--name", "main", "--get"],
        [],
    ],
    ids=" ".join,
)
def test_a_bad_command_line_exits_with_2(
    waiter: ModuleType, words: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    """A command line that the supervisor never makes is refused with 2 and a usage line."""
    with pytest.raises(SystemExit, match="2"):
        waiter.Arguments(words)

    assert capfd.readouterr().err.startswith("usage: ")
