"""Quit requests in rounds: what is behind a semicolon is asked when what is before it is done."""

import signal
from collections.abc import Callable
from threading import Event

import pytest

from harness.containers import lines
from harness.kubexit import Kubexit
from harness.servers import webserver
from harness.servers.webserver import WebServer, status
from harness.waiters import Waiter
from harness.waiting import eventually

pytestmark = [pytest.mark.every_form, pytest.mark.behaviour("quit-rounds")]

Web = Callable[..., WebServer]


def test_the_second_round_follows_the_first(kubexit: Kubexit, web: Web) -> None:
    """The requests of a round are sent together, the next ones only after all of them were answered.

    Both lists share the rounds.
    """
    free = Event()
    first, beside = web(webserver.held(free, status(200))), web()
    second = web(look=lambda: (len(first.requests), free.is_set()))
    third = web(look=lambda: len(second.requests))
    main = kubexit.start(
        "true",
        QUIT_POST=f"{first.url()};{second.url()}",
        QUIT_GET=f" {beside.url()} ; ; {third.url()} ;",
        QUIT_TIMEOUT="1h",
    )
    first.wait_asked()
    beside.wait_asked()
    assert (second.requests, third.requests) == ([], [])
    free.set()

    assert main.wait() == 0
    assert [request.seen for request in second.requests] == [(1, True)]
    assert [request.seen for request in third.requests] == [1]


def test_a_round_that_hangs_does_not_keep_the_next_from_being_asked(kubexit: Kubexit, web: Web) -> None:
    """Each round has its share of the time that is left: a silent sidecar is given up, and the next one is asked."""
    silent, last = web(webserver.silent), web()
    finished = kubexit.run("true", QUIT_POST=f"{silent.url()};{last.url()}", QUIT_TIMEOUT="4s")

    assert finished.code == 0
    assert len(last.requests) == 1
    (warning,) = lines(finished.stderr, "warn")
    assert f"POST {silent.url()}: no answer in time" in warning


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_asks_all_that_are_left(kubexit: Kubexit, web: Web, number: int) -> None:
    """A signal to end asks the rounds that are left at once: else their sidecars would never be asked."""
    silent, last, later = web(webserver.silent), web(), web()
    urls = f"{silent.url()};{last.url()};{later.url()}"
    main = kubexit.start("true", QUIT_POST=urls, QUIT_TIMEOUT="1h")
    silent.wait_asked()
    main.signal(number)

    assert main.wait() == 0
    assert (len(last.wait_asked()), len(later.wait_asked())) == (1, 1)


@pytest.mark.behaviour("mesh")
def test_the_proxy_of_the_mesh_is_asked_last(kubexit: Kubexit, web: Web) -> None:
    """The proxy is in the last round: the sidecars before it may need it. Nothing listens on its port here."""
    first, second = web(), web()
    finished = kubexit.run(
        "true", QUIT_POST=f"{first.url()};{second.url()}", MESH="istio", BIRTH_TIMEOUT="0", LOG_LEVEL="debug"
    )
    asked = [line.split("quit request ")[1] for line in finished.stderr.splitlines() if "quit request " in line]

    assert asked[0].startswith(f"POST {first.url()}")
    assert {line.split(": ")[0] for line in asked[1:]} == {
        f"POST {second.url()}", "POST http://localhost:15020/quitquitquit"
    }  # fmt: skip


def test_each_round_has_a_waiter_of_its_urls(kubexit: Kubexit) -> None:
    """URLs that need the waiter are asked in their round too: one process a round."""
    waiter = Waiter(kubexit.folder, "")
    kubexit.run("true", waiter=waiter, QUIT_POST="https://a/,https://b/;https://c/")

    assert [words.split("--post ", 1)[1] for words in waiter.starts] == ["https://a/ --post https://b/", "https://c/"]


@pytest.mark.behaviour("birth-urls")
def test_a_birth_url_may_have_a_semicolon(kubexit: Kubexit, web: Web) -> None:
    """Only the lists of quit requests have rounds."""
    server = web()
    assert kubexit.run("true", BIRTH_URLS=server.url("/ready;now")).code == 0
    assert server.requests[0].target == "/ready;now"


def test_a_semicolon_in_a_url_is_written_encoded(kubexit: Kubexit, web: Web) -> None:
    """%3B is no end of a round."""
    server = web()
    kubexit.run("true", QUIT_POST=server.url("/quit%3Bnow"))
    eventually(lambda: server.requests, "it is asked")

    assert server.requests[0].target == "/quit%3Bnow"
