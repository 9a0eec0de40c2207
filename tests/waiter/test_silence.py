"""If the watch of the first look brings nothing for a while, a list checks it, once."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.servers.apiserver import ApiServer
from harness.servers.certificates import Certificate
from harness.servers.exchange import Exchange
from harness.servers.pods import pod, ready, token
from kubexit.waiter import backoff, engine, look, program

pytestmark = [
    pytest.mark.behaviour("broken-streams-reopened"),
    pytest.mark.filterwarnings("ignore:unclosed"),  # a waiter that has its verdict exits, and tidies nothing up
    pytest.mark.filterwarnings("ignore:Exception ignored in:pytest.PytestUnraisableExceptionWarning"),
]
WAITING = pod("main", "db")
READY = ready(WAITING, "db")
Run = Callable[[], tuple[int | None, int]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, api: ApiServer, authority: Certificate) -> Run:
    """Run a waiter in this process, with little patience: its own verdict of the look, and the final one."""
    (tmp_path / "ca.crt").write_bytes(authority.certificate.read_bytes())
    (tmp_path / "token").write_text(token())
    for name, value in {**api.environment, "KUBEXIT_LOG_LEVEL": "off"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(engine.signal, "signal", lambda number, action: None)
    monkeypatch.setattr(backoff.Backoff, "delay", lambda *_: 0.0)
    monkeypatch.setattr(look, "CHECK_SECONDS", 0.2)
    words = ["--service-account", str(tmp_path), "--pod", "job-1", "--namespace", "shop", "--name", "main", "db"]

    def run() -> tuple[int | None, int]:
        waiter = program.Waiter(program.Arguments(words))
        looked = waiter.look()
        return looked, waiter.wait() if looked is None else looked

    return run


def test_watch_continues_if_nothing_changed(api: ApiServer, run: Run) -> None:
    """If the list shows the known state, the watch continues: there is no second check, and no other client."""
    api.show(WAITING)

    def silent_for_a_while(exchange: Exchange) -> None:
        exchange.begin()
        time.sleep(1)
        exchange.event("MODIFIED", {**READY, "metadata": {**READY["metadata"], "resourceVersion": "102"}})
        exchange.hold()

    api.script("watch", silent_for_a_while)

    assert run() == (0, 0)
    assert [request.verb for request in api.asked()] == ["list", "watch", "list"]


def test_watch_missed_something(api: ApiServer, run: Run) -> None:
    """If the list shows another state than the watch brought, the official client continues."""
    api.show(WAITING)

    def loses_an_event(exchange: Exchange) -> None:
        exchange.begin()
        exchange.server.show(READY)
        exchange.hold()

    api.script("watch", loses_an_event)

    assert run() == (None, 0)
    assert [request.verb for request in api.asked()] == ["list", "watch", "list", "list"]


def test_official_client_continues_if_the_list_fails(api: ApiServer, run: Run) -> None:
    """If the list fails, the official client continues."""
    api.show(WAITING)

    def answers_no_more(exchange: Exchange) -> None:
        exchange.begin()
        exchange.server.script("list", lambda other: other.status(503, "Service Unavailable"))
        exchange.server.show(READY)
        exchange.hold()

    api.script("watch", answers_no_more)

    assert run() == (None, 0)
    assert [request.verb for request in api.asked()] == ["list", "watch", "list", "list"]
