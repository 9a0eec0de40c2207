"""A command behind kubexit that waits for a URL and for containers through the API, in one waiter."""

from collections.abc import Callable

import pytest

from harness import processes
from harness.kubexit import Kubexit
from harness.servers.apiserver import ApiServer
from harness.servers.pods import pod, ready
from harness.servers.webserver import WebServer, status
from harness.supervised import Supervised
from harness.waiting import eventually

pytestmark = pytest.mark.every_form

WAITING = pod("main", "db")
NAMED = "127.1"  # 127.0.0.1 to a resolver, and no IP literal


def test_urls_and_api_are_asked_together(
    api: ApiServer, start: Callable[..., Supervised], actor: str, web: Callable[..., WebServer]
) -> None:
    """One process asks both, side by side; if the URL took longer, it asks the API again."""
    server = web(status(503))
    api.show(ready(WAITING, "db"))
    supervised = start(actor, "exit", "0", BIRTH_URLS=server.url("/", NAMED))
    server.wait_asked(2)
    waiter = processes.children(supervised.pid)
    eventually(lambda: len(api.asked()) == 1, "the API has answered")
    assert len(waiter) == 1
    server.answer_next(status(200))

    assert supervised.wait() == 0
    assert len(api.asked()) == 2


@pytest.mark.behaviour("timeout-names-the-missing")
@pytest.mark.parametrize("missing", ["url", "container"])
def test_the_timeout_names_what_is_missing(
    api: ApiServer, start: Callable[..., Supervised], actor: str, web: Callable[..., WebServer], missing: str
) -> None:
    """At the deadline the waiter names what is missing of the two."""
    server = web(status(503 if missing == "url" else 200))
    api.show(WAITING if missing == "container" else ready(WAITING, "db"))
    supervised = start(actor, "exit", "0", BIRTH_URLS=server.url("/", NAMED), BIRTH_TIMEOUT="5s")
    server.wait_asked()
    if missing == "container":
        api.wait_watched()

    assert supervised.wait() == 69
    (line,) = [line for line in supervised.stderr.splitlines() if ": not ready: " in line]
    assert ("answered 503" in line) == (missing == "url")
    assert ("db" in line) == (missing == "container")


@pytest.mark.behaviour("names-looked-up-in-pod")
def test_refusal_is_not_kept_back(
    api: ApiServer, start: Callable[..., Supervised], actor: str, web: Callable[..., WebServer]
) -> None:
    """A URL that never answers does not delay the API's verdict: here that there is no such container."""
    api.show(pod("main", "cache"))
    supervised = start(actor, "exit", "0", BIRTH_URLS=web(status(503)).url("/", NAMED), BIRTH_TIMEOUT="infinite")

    assert supervised.wait() == 2


def test_with_our_own(
    api: ApiServer, start: Callable[..., Supervised], actor: str, web: Callable[..., WebServer], kubexit: Kubexit
) -> None:
    """kubexit's own probe and the waiter ask at the same time, and both are gone when the command runs."""
    ours, theirs = web(status(503)), web(status(503))
    api.show(ready(WAITING, "db"))
    supervised = start(actor, "plain", BIRTH_URLS=f"{ours.url()},{theirs.url('/', NAMED)}")
    for server in (ours, theirs):
        server.wait_asked()
    assert len(processes.children(supervised.pid)) == 2
    for server in (ours, theirs):
        server.answer_next(status(200))
    supervised.wait_line("READY")

    eventually(lambda: processes.children(supervised.pid) == [supervised.command_pid()], "they are gone")
