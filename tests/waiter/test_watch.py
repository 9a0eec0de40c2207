"""A list, then a watch, show readiness before and after the waiter's start."""

import json
from typing import Any

import pytest

from harness.servers import faults
from harness.servers.apiserver import ApiServer
from harness.servers.exchange import Exchange
from harness.servers.pods import pod, ready, with_metadata
from harness.waiter_in_pod import Waiter

WAITING = pod("main", "db", "cache")


@pytest.mark.behaviour("ready-needs-no-event")
def test_ready_before_the_start(api: ApiServer, waiter: Waiter) -> None:
    """The list alone shows a container that is ready already: no event is needed."""
    api.show(ready(WAITING, "db"))

    assert waiter.start("db").wait() == 0
    assert [request.verb for request in api.asked()] == ["list"]


@pytest.mark.behaviour("ready-needs-no-event")
def test_ready_after_the_start(api: ApiServer, waiter: Waiter) -> None:
    """The watch, which begins at the list's version, shows a container that becomes ready later."""
    api.show(WAITING)
    started = waiter.start("db")
    api.wait_watched()
    api.show(ready(WAITING, "db"))

    assert started.wait() == 0
    listed, watched = api.asked()
    assert "resourceVersion" not in listed.query
    assert watched.query["resourceVersion"] == "101"
    assert listed.query["fieldSelector"] == watched.query["fieldSelector"] == "metadata.name=job-1"
    assert listed.path == watched.path == "/api/v1/namespaces/shop/pods"
    assert listed.peer == watched.peer


@pytest.mark.behaviour("ready-needs-no-event")
def test_ready_between_list_and_watch(api: ApiServer, waiter: Waiter) -> None:
    """A change between the list and the watch is not lost.

    Fails when the watch begins at "now": the event of that moment never comes again.
    """
    api.show(WAITING)

    def ready_meanwhile(exchange: Exchange) -> None:
        api.show(ready(WAITING, "db"))
        exchange.watch()

    api.script("watch", ready_meanwhile)

    assert waiter.start("db").wait() == 0


@pytest.mark.behaviour("all-ready-at-once")
def test_all_in_one_object(api: ApiServer, waiter: Waiter) -> None:
    """A dependency that was ready and is not ready now does not count from memory.

    Fails when readiness is remembered: the waiter would exit at the second event.
    """
    api.show(WAITING)
    started = waiter.start("db", "cache", KUBEXIT_LOG_LEVEL="debug")
    api.wait_watched()
    api.show(ready(WAITING, "db"))
    api.show(ready(WAITING, "cache"))
    started.wait_line(r"watch: MODIFIED", "stderr", count=2)
    started.wait_line(r"not ready: db \(running, not ready\)$", "stderr")

    assert started.process.poll() is None

    api.show(ready(WAITING, "db", "cache"))

    assert started.wait() == 0


@pytest.mark.behaviour("pod-gone-ends-wait")
@pytest.mark.parametrize(
    ("after", "why"),
    [
        (None, "was deleted"),
        (with_metadata(WAITING, uid="another"), "was replaced by another one"),
        (with_metadata(WAITING, deletionTimestamp="2026-11-21T11:32:28Z"), "is being deleted"),
    ],
)
def test_pod_goes_away(api: ApiServer, waiter: Waiter, after: dict[str, Any] | None, why: str) -> None:
    """A pod that is deleted, replaced or being deleted ends the wait with 69."""
    api.show(WAITING)
    started = waiter.start("db")
    api.wait_watched()
    api.show(after)

    assert started.wait() == 69
    started.wait_line(f"error kubexit.main.: pod shop/job-1 {why}", "stderr")


ODD = json.dumps({"type": "MODIFIED", "object": {**WAITING, "spec": "odd"}}).encode()


@pytest.mark.every_form
@pytest.mark.behaviour("odd-pod-was-not-seen")
@pytest.mark.parametrize(
    "line", [b"{", b'{"type" 1}', b"nul", b'"x', ODD], ids=["open", "colon", "word", "text", "pod"]
)
def test_a_line_that_makes_no_sense(api: ApiServer, waiter: Waiter, line: bytes) -> None:
    """After a line of a watch that is not JSON, or shows no pod, the waiter lists again."""
    api.show(WAITING)
    api.script("watch", faults.sends_line(line))
    started = waiter.start("db")
    api.wait_asked(1, "watch")
    api.show(ready(WAITING, "db"))

    assert started.wait() == 0
    assert len(api.asked("list")) == 2
