"""A watch that ends, for any reason, is replaced."""

from collections.abc import Callable

import pytest

from harness.servers import faults
from harness.servers.apiserver import ApiServer
from harness.servers.exchange import Exchange
from harness.servers.pods import pod, ready
from harness.supervised import Supervised
from harness.waiter_in_pod import Waiter

WAITING = pod("main", "db")


def becomes_ready(api: ApiServer, started: Supervised) -> None:
    """The end of most of these tests: the waiter has a watch again and takes the event."""
    api.wait_watched()
    api.show(ready(WAITING, "db"))

    assert started.wait() == 0


@pytest.mark.behaviour("gone-leads-to-new-list")
@pytest.mark.parametrize(
    "gone",
    [
        faults.status(410, "Gone", "too old resource version: 100 (101)"),
        faults.error_event(410, "too old resource version: 100 (101)"),
    ],
    ids=["status", "event"],
)
def test_version_is_too_old(api: ApiServer, waiter: Waiter, gone: Callable[[Exchange], None]) -> None:
    """410 Gone, as a status or as an event, leads to a new list, and to a watch from the list's version."""
    api.show(WAITING)
    api.script("watch", gone)
    started = waiter.start("db")
    becomes_ready(api, started)

    assert [request.verb for request in api.asked()] == ["list", "watch", "list", "watch"]


@pytest.mark.behaviour("gone-leads-to-new-list")
def test_version_is_always_too_old(api: ApiServer, waiter: Waiter) -> None:
    """If a server answers 410 each time, the waiter pauses between its requests.

    Fails when each 410 is answered at once: all these lists come within a few milliseconds.
    """
    api.show(WAITING)
    api.script("watch", *[faults.error_event(410, "too old resource version")] * 4)
    started = waiter.start("db")
    times = [request.at for request in api.wait_asked(5, "list")]
    becomes_ready(api, started)

    assert times[4] - times[1] > 0.05


@pytest.mark.behaviour("broken-streams-reopened")
@pytest.mark.parametrize("end", [faults.reset, faults.ends_at_once, faults.half_open, faults.silent])
def test_a_broken_stream_is_replaced(api: ApiServer, waiter: Waiter, end: Callable[[Exchange], None]) -> None:
    """A stream that is reset, ends early, or is half open is replaced by a new list and watch."""
    api.show(WAITING)
    api.script("watch", end)
    waiter.watch_seconds(1)
    started = waiter.start("db")
    api.wait_asked(2, "list")
    becomes_ready(api, started)


@pytest.mark.behaviour("broken-streams-reopened")
def test_list_is_never_answered(api: ApiServer, waiter: Waiter, monkeypatch: pytest.MonkeyPatch) -> None:
    """The waiter has a time limit for a list too."""
    api.show(ready(WAITING, "db"))
    api.script("list", faults.silent)
    started = waiter.start("db")

    assert started.wait(25) == 0
    assert len(api.asked("list")) == 2


@pytest.mark.behaviour("broken-streams-reopened")
def test_watch_ends_in_time(api: ApiServer, waiter: Waiter) -> None:
    """A watch that ends at the requested time is no error: the next one begins at the last version, without a list."""
    api.show(WAITING)
    waiter.watch_seconds(1)
    started = waiter.start("db")
    api.wait_asked(3, "watch")
    api.wait_watched()
    api.show(ready(WAITING, "db"))

    assert started.wait() == 0
    assert len(api.asked("list")) == 1
    assert "warn" not in started.stderr


@pytest.mark.behaviour("broken-streams-reopened")
def test_bookmarks_move_the_version(api: ApiServer, waiter: Waiter) -> None:
    """A bookmark is not a state of the pod, but the next watch begins at its version."""
    api.show(WAITING)

    def bookmark(exchange: Exchange) -> None:
        exchange.begin()
        exchange.event("BOOKMARK", {"kind": "Pod", "metadata": {"resourceVersion": "4711"}})
        exchange.hold()

    api.script("watch", bookmark)
    waiter.watch_seconds(1)
    started = waiter.start("db")
    started.wait_line("next try", "stderr")

    assert api.asked("watch")[0].query["allowWatchBookmarks"] == "true"

    becomes_ready(api, started)


@pytest.mark.behaviour("broken-streams-reopened")
def test_bookmarks_are_refused(api: ApiServer, waiter: Waiter) -> None:
    """If a server refuses bookmarks, the waiter watches without them."""
    api.show(WAITING)
    api.script("watch", *[faults.no_bookmarks] * 2)
    started = waiter.start("db")
    becomes_ready(api, started)
    first, second = (request.query.get("allowWatchBookmarks") for request in api.asked("watch"))

    assert (first, second) == ("true", None)


@pytest.mark.behaviour("broken-streams-reopened")
@pytest.mark.parametrize(
    ("verb", "text"),
    [
        ("watch", b'{"type": "ERROR", "object": "odd"}'),
        ("watch", b'{"type": "MODIFIED", "object": {"metadata": "odd"}}'),
        ("watch", b"[" * 100_000),
        ("list", b'{"metadata": {"resourceVersion": "1"}, "items": [{"metadata": "odd"}]}'),
        ("list", b'{"metadata": {"resourceVersion": "1"}, "items": "x"}'),
        ("list", b"[" * 100_000),
    ],
    ids=["error", "event", "deep event", "list", "items", "deep list"],
)
def test_an_answer_of_another_shape_is_no_answer(api: ApiServer, waiter: Waiter, verb: str, text: bytes) -> None:
    """An answer that is JSON of another shape than a pod's does not end the wait: the waiter asks again."""
    api.show(WAITING)
    api.script(verb, *[lambda exchange: exchange.body(200, "OK", text + b"\n")] * 2)
    started = waiter.start("db")
    becomes_ready(api, started)
