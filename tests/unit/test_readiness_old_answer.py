"""What the waiter says at SIGTERM when the API's answer is older than the answer of a URL."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from harness.servers.pods import pod, ready
from kubexit.waiter import engine, program

pytestmark = pytest.mark.behaviour("failed-call-is-no-answer")

READY = ready(pod("main", "db"), "db")
WORDS = ["--pod", "job-1", "--namespace", "shop", "--name", "main", "--get", "https://db.shop/", "db"]


def left_with(monkeypatch: pytest.MonkeyPatch, sees: Callable[[program.Waiter], Iterator[Any]]) -> int:
    """The code that the waiter exits with at a SIGTERM, after it has seen the pod."""
    monkeypatch.setenv("KUBEXIT_LOG_LEVEL", "off")
    monkeypatch.setattr(engine.signal, "signal", lambda number, action: None)
    monkeypatch.setattr(engine, "leave", lambda code: (_ for _ in ()).throw(SystemExit(code)))
    waiter = program.Waiter(program.Arguments(WORDS))
    waiter._await_containers(sees(waiter))
    waiter._questions.unanswered.clear()
    with pytest.raises(SystemExit) as left:
        waiter._leave(15, None)
    return int(str(left.value.code))


def test_an_old_answer_of_the_api_is_not_readiness(monkeypatch: pytest.MonkeyPatch) -> None:
    """Containers that were ready before the URL answered, and were not seen since, do not count as ready."""

    def before_the_url(waiter: program.Waiter) -> Iterator[Any]:
        waiter._judge(READY)
        yield READY

    assert left_with(monkeypatch, before_the_url) == 69


def test_a_new_answer_of_the_api_is_readiness(monkeypatch: pytest.MonkeyPatch) -> None:
    """Containers that are ready when all URLs have answered count."""

    def after_the_url(waiter: program.Waiter) -> Iterator[Any]:
        waiter._questions.unanswered.clear()
        waiter._judge(READY)
        yield READY

    assert left_with(monkeypatch, after_the_url) == 0
