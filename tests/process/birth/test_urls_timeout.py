"""URLs that have not answered when the birth timeout is over."""

from collections.abc import Callable

import pytest

from harness.containers import lines
from harness.kubexit import Kubexit
from harness.servers import webserver
from harness.servers.webserver import WebServer, sends, status

pytestmark = pytest.mark.behaviour("birth-urls")

Web = Callable[..., WebServer]
LAST_WORDS = {
    "503": (status(503), "answered 503"),
    "garbage": (sends(b"\xff" * 100), "the answer was not HTTP"),
    "silence": (webserver.silent, "no answer yet"),
}


@pytest.mark.behaviour("every-exit-writes-a-death", "timeout-names-the-missing")
@pytest.mark.parametrize("case", LAST_WORDS)
def test_the_timeout_names_the_url_and_answer(kubexit: Kubexit, web: Web, case: str) -> None:
    """kubexit exits with 69; a line says which URL is missing and how it answered last, and the tombstone names it."""
    server = web(LAST_WORDS[case][0])
    finished = kubexit.run("echo", "BORN", BIRTH_URLS=server.url("/ready"), BIRTH_TIMEOUT="2s")

    assert (finished.code, finished.stdout) == (69, "")
    assert f"not ready: {server.url('/ready')}: {LAST_WORDS[case][1]}" in finished.stderr
    stone = kubexit.tombstone() or {}
    assert (stone["ExitCode"], "Born" in stone) == (69, False)
    assert f"{server.url('/ready')} (no 2xx yet)" in stone["Reason"]


@pytest.mark.behaviour("timeout-names-the-missing")
def test_a_refused_connection_is_named(kubexit: Kubexit, web: Web) -> None:
    """If no server listens, the reason says so."""
    url = web(listening=False).url()
    finished = kubexit.run("echo", "BORN", BIRTH_URLS=url, BIRTH_TIMEOUT="2s")

    assert finished.code == 69
    assert f"not ready: {url}: Connection refused" in finished.stderr


@pytest.mark.behaviour("timeout-names-the-missing")
def test_with_the_graveyard(kubexit: Kubexit, web: Web) -> None:
    """One reason names what the graveyard is missing and what has not answered."""
    server = web(status(503))
    kubexit.run("true", BIRTH_URLS=server.url(), BIRTH_DEPS="db:born", BIRTH_TIMEOUT="300ms")
    reason = (kubexit.tombstone() or {})["Reason"]

    assert "db (not born)" in reason
    assert server.url() in reason


@pytest.mark.behaviour("timeout-names-the-missing")
def test_only_what_is_missing(kubexit: Kubexit, web: Web) -> None:
    """A URL that has answered is not named when a dependency is missing, nor the other way round."""
    good, bad = web(), web(status(503))
    kubexit.carve("db", Born=True)
    one = kubexit.run("true", name="one", BIRTH_URLS=good.url(), BIRTH_DEPS="other:born", BIRTH_TIMEOUT="2s")
    two = kubexit.run("true", name="two", BIRTH_URLS=bad.url(), BIRTH_DEPS="db:born", BIRTH_TIMEOUT="100ms")

    assert (one.code, two.code) == (69, 69)
    assert good.url() not in (kubexit.tombstone("one") or {})["Reason"]
    assert "db" not in (kubexit.tombstone("two") or {})["Reason"]


@pytest.mark.parametrize("case", LAST_WORDS)
def test_with_start_the_command_starts_with_a_warning(kubexit: Kubexit, web: Web, case: str) -> None:
    """With ON_TIMEOUT=start the command starts when time is up, with a warning that names the URL."""
    server = web(LAST_WORDS[case][0])
    finished = kubexit.run(
        "echo", "BORN", BIRTH_URLS=server.url(), BIRTH_TIMEOUT="100ms", BIRTH_ON_TIMEOUT="start", name="app"
    )

    assert (finished.code, finished.stdout) == (0, "BORN\n")
    (line,) = lines(finished.stderr, "warn")
    assert server.url() in line
    assert "Reason" not in (kubexit.tombstone("app") or {})


@pytest.mark.behaviour("readiness-wins-at-timeout")
@pytest.mark.parametrize(("on_timeout", "code"), [("fail", 69), ("start", 0)])
def test_a_timeout_of_zero_asks_no_url(kubexit: Kubexit, web: Web, on_timeout: str, code: int) -> None:
    """A timeout of 0 expires at once: no URL is asked, even one that is ready."""
    server = web()
    finished = kubexit.run("true", BIRTH_URLS=server.url(), BIRTH_TIMEOUT="0", BIRTH_ON_TIMEOUT=on_timeout)

    assert finished.code == code
    assert server.requests == []


@pytest.mark.behaviour("timeout-names-the-missing")
def test_the_others_are_not_blamed(kubexit: Kubexit, web: Web) -> None:
    """Of several URLs each is asked, regardless of the others' answers; the reason names those without an answer."""
    bad, good = web(status(503)), web()
    finished = kubexit.run("true", BIRTH_URLS=f"{bad.url()},{good.url()}", BIRTH_TIMEOUT="2s")

    assert finished.code == 69
    assert len(good.requests) == 1
    assert f"not ready: {bad.url()}: answered 503" in finished.stderr
    assert good.url() not in finished.stderr.partition("at most 2s")[2]
