"""Answers of an API server that has a bad day, for `ApiServer.script`."""

from collections.abc import Callable
from typing import Any

from .apiserver import Answer, encoded
from .exchange import Exchange


def status(code: int, reason: str, message: str = "", **headers: str) -> Answer:
    """A refusal as an HTTP status."""
    return lambda exchange: exchange.status(code, reason, message, **headers)


def error_event(code: int, message: str) -> Answer:
    """A refusal inside a stream that began with 200."""

    def answer(exchange: Exchange) -> None:
        exchange.begin()
        exchange.event("ERROR", {"kind": "Status", "status": "Failure", "code": code, "message": message})
        exchange.end()

    return answer


def half_open(exchange: Exchange) -> None:
    """A stream that begins and never brings a byte."""
    exchange.begin()
    exchange.hold()


def silent(exchange: Exchange) -> None:
    """No answer at all."""
    exchange.hold()


def reset(exchange: Exchange) -> None:
    """A connection that breaks in the middle of a stream."""
    exchange.begin()
    exchange.reset()


def ends_at_once(exchange: Exchange) -> None:
    """A stream that ends in order before anything came."""
    exchange.begin()
    exchange.end()


def sends_line(line: bytes) -> Answer:
    """A stream with this line, then an orderly end."""

    def answer(exchange: Exchange) -> None:
        exchange.begin()
        exchange.chunk(line + b"\n")
        exchange.end()

    return answer


def no_bookmarks(exchange: Exchange) -> None:
    """A server that refuses bookmarks, in the way of a server that says 200 first."""
    if "allowWatchBookmarks" in exchange.request.query:
        error_event(500, "bookmarks are not supported")(exchange)
    else:
        exchange.watch()


def events(*events: tuple[str, dict[str, Any]], cut: Callable[[bytes], list[bytes]] = lambda line: [line]) -> Answer:
    """These events, cut into chunks, then what the server has."""

    def answer(exchange: Exchange) -> None:
        exchange.begin()
        for kind, thing in events:
            for piece in cut(encoded({"type": kind, "object": thing})):
                exchange.chunk(piece)
        exchange.follow()

    return answer
