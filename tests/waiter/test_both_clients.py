"""The client of the first look and the official client come to the same verdict from the same bytes.

Each example is one answer to a list or to a watch, in any pieces, cut short or damaged. A server gives it to
three requests, then says 404 to everything. The verdict of a waiter is 0 if it took the answer for one that shows db
ready, 69 if it continued to the 404. A look that refuses an answer leaves it to the official client, so a difference
means that a look took something for an answer that the official client does not take for the same one.
"""

import itertools
import json
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from harness.servers.certificates import Certificate
from harness.servers.pods import pod, ready, token
from harness.servers.tlsserver import TlsServer
from kubexit.waiter import answer as answer_module
from kubexit.waiter import backoff, engine, private, program, stream

pytestmark = [
    pytest.mark.behaviour("answers-split-anywhere", "first-look-agrees-with-client"),
    pytest.mark.filterwarnings("ignore:unclosed"),  # a waiter that has its verdict exits, and tidies nothing up
    pytest.mark.filterwarnings("ignore:Exception ignored in:pytest.PytestUnraisableExceptionWarning"),
]

GONE = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
READY, WENT_ON = 0, 69
TIMES = 3  # the official client may ask for the scripted answer again, and a look has asked before
WAITING = pod("main", "db")
FOUND = ready(WAITING, "db")


class Script(TlsServer):
    """Gives one answer to requests of one verb, piece by piece, and ends the connection in order or not."""

    def __init__(self, certificate: Certificate) -> None:
        self.verb, self.pieces, self.is_orderly, self.pause = "list", [b""], True, 0.0
        self.given = 0
        super().__init__(certificate, "127.0.0.1")

    def answer(self, connection: socket.socket, target: str, headers: dict[str, str]) -> None:
        verb = "watch" if "watch=1" in target else "list"
        if self.given >= TIMES:
            connection.sendall(GONE)
            return
        if verb != self.verb:
            connection.sendall(framed(listed(WAITING), "length"))
            return
        self.given += 1
        for piece in self.pieces:
            connection.sendall(piece)
            time.sleep(self.pause)
        self._end(connection)

    def _end(self, connection: socket.socket) -> None:
        assert isinstance(connection, ssl.SSLSocket)
        connection.settimeout(2)
        with suppress(OSError):
            if self.is_orderly:
                connection.unwrap()
        connection.shutdown(socket.SHUT_RDWR)
        raise OSError("the connection is over")


def listed(*pods: Any) -> bytes:
    """A list as the API server gives it."""
    return json.dumps({"kind": "PodList", "metadata": {"resourceVersion": "7"}, "items": pods}).encode()


def event(kind: str, thing: Any) -> bytes:
    """A line of a watch."""
    return json.dumps({"type": kind, "object": thing}).encode() + b"\n"


def framed(body: bytes, how: str, sizes: list[int] | None = None, fields: bytes = b"") -> bytes:
    """An answer of 200 with this body: by its length, in chunks, or until the connection ends."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + fields
    if how == "length":
        return head + b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
    if how == "close":
        return head + b"\r\n" + body
    chunks = b""
    for size in [*(sizes or []), len(body)]:
        part, body = body[:size], body[size:]
        chunks += b"%x\r\n%b\r\n" % (len(part), part) if part else b""
    return head + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n"


def duplicates(what: bytes) -> list[bytes]:
    """The text with keys given twice: the later one counts."""
    return [
        what.replace(b'"ready": true', b'"ready": false, "ready": true'),
        what.replace(b'"ready": true', b'"ready": true, "ready": false'),
        what.replace(b'"items"', b'"items": [], "items"').replace(b'"object"', b'"object": {}, "object"'),
    ]


BODIES = {
    "list": [listed(FOUND), listed(WAITING), listed(), b"{}", b"[]", b"null", b"\xff\xfe", *duplicates(listed(FOUND))],
    "watch": [
        event("MODIFIED", FOUND),
        event("MODIFIED", WAITING) + event("MODIFIED", FOUND),
        event("BOOKMARK", FOUND),
        event("ADDED", WAITING) + b"\n \n" + event("ERROR", {"code": 410, "message": "too old"}),
        event("ODD", FOUND),
        event("MODIFIED", FOUND)[:-1],
        *duplicates(event("MODIFIED", FOUND)),
    ],
}
DAMAGE = [
    b"",
    b"\xff",
    b"\xc3\x28",
    b"\xed\xa0\x80",
    b"\0",
    b"\r",
    b"\n",
    b"}",
    b" ",
    b"\xef\xbb\xbf",
    "é".encode(),
    b"NaN",
]
FIELDS = [b"", b"X: y\r\n", b"Connection: close\r\n", b"Content-Encoding: gzip\r\n", b"Connection: keep-alive\r\n"]
FIELDS += [b"Content-Length: 3\r\n", b"X: \xe9\r\n", b"Transfer-Encoding: identity\r\n", b"Location: /\r\n", b"X\r\n"]


@st.composite
def answers(draw: Any) -> dict[str, Any]:
    """What the server does."""
    verb = draw(st.sampled_from(["list", "watch"]))
    body = draw(st.sampled_from(BODIES[verb]))
    place = draw(st.integers(0, len(body)))
    body = body[:place] + draw(st.sampled_from([b"", b"", *DAMAGE])) + body[place:]
    sizes = draw(st.lists(st.integers(1, 400), max_size=4))
    how = draw(st.sampled_from(["length", "chunks", "chunks", "close"]))
    whole = framed(body, how, sizes, draw(st.sampled_from([b"", b"", *FIELDS])))
    whole = whole[: draw(st.sampled_from([len(whole), len(whole), draw(st.integers(0, len(whole)))]))]
    cuts = sorted({0, len(whole), *draw(st.lists(st.integers(0, len(whole)), max_size=3))})
    return {
        "verb": verb,
        "pieces": [whole[a:b] for a, b in itertools.pairwise(cuts)],
        "is_orderly": draw(st.booleans()),
    }


@pytest.fixture(params=["private", "public"])
def waiters(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Any,
    authority: Certificate,
    server_certificate: Certificate,
) -> Iterator[Any]:
    """Both waiters against one server: what to script, and a function that gives the verdicts of the two."""
    script = Script(server_certificate)
    (tmp_path / "ca.crt").write_bytes(authority.certificate.read_bytes())
    (tmp_path / "token").write_text(token())
    if request.param == "private":
        for name in ("Socket", "SslError", "context", "parse", "quote", "resolve", "secure"):
            monkeypatch.setattr(engine, name, getattr(private, name))
    monkeypatch.setattr(engine.signal, "signal", lambda number, action: None)
    monkeypatch.setattr(backoff.Backoff, "delay", lambda *_: 0.0)
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "127.0.0.1")
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", str(script.port))
    monkeypatch.setenv("KUBEXIT_LOG_LEVEL", "off")
    words = ["--service-account", str(tmp_path), "--pod", "job-1", "--namespace", "shop", "--name", "main", "db"]

    def verdicts(verb: str, pieces: list[bytes], is_orderly: bool, pause: float = 0.0) -> tuple[int | None, int, int]:
        """What the first look said by itself, the verdict with it, and that of the official client alone."""
        script.verb, script.pieces, script.is_orderly, script.pause = verb, pieces, is_orderly, pause
        script.given = 0
        both = program.Waiter(program.Arguments(words))
        looked = both.look()
        verdict = both.wait() if looked is None else looked
        script.given = 0
        official = program.Waiter(program.Arguments(words))
        official.prepare()
        return looked, verdict, official.wait()

    yield verdicts
    script.close()


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(answers())
@example({"verb": "list", "pieces": [framed(listed(FOUND), "length")], "is_orderly": False})
@example({"verb": "list", "pieces": [framed(listed(FOUND), "close")], "is_orderly": False})
@example({"verb": "list", "pieces": [framed(listed(FOUND), "close")], "is_orderly": True})
@example({"verb": "watch", "pieces": [framed(event("MODIFIED", FOUND), "chunks", [1] * 50)], "is_orderly": True})
def test_both_clients_have_the_same_verdict(waiters: Any, answer: dict[str, Any]) -> None:
    """The verdict is the same for any answer of the server."""
    looked, with_look, official = waiters(**answer)

    assert with_look == official
    assert looked in (None, official)


@pytest.mark.parametrize("verb", ["list", "watch"])
@pytest.mark.parametrize("how", ["length", "chunks", "close"])
def test_look_is_enough(waiters: Any, verb: str, how: str) -> None:
    """An answer that is as it should be needs no official client: otherwise the tests above would test nothing."""
    body = listed(FOUND) if verb == "list" else event("MODIFIED", FOUND)

    assert waiters(verb, [framed(body, how)], True) == (READY, READY, READY)


@pytest.mark.parametrize("verb", ["list", "watch"])
def test_pods_of_ten_megabytes_are_read(waiters: Any, verb: str) -> None:
    """A pod may be large."""
    large = ready({**WAITING, "metadata": {**WAITING["metadata"], "annotations": {"a": "x" * (10 << 20)}}}, "db")
    body = listed(large) if verb == "list" else event("MODIFIED", large)

    assert waiters(verb, [framed(body, "chunks", [1 << 20] * 3)], True) == (READY, READY, READY)


@pytest.mark.parametrize("verb", ["list", "watch"])
def test_slow_answers_are_waited_for(waiters: Any, verb: str) -> None:
    """Pieces of some bytes with pauses are waited for."""
    whole = framed(listed(FOUND) if verb == "list" else event("MODIFIED", FOUND), "chunks", [100] * 3)
    pieces = [whole[at : at + 60] for at in range(0, len(whole), 60)]

    assert waiters(verb, pieces, True, 0.01) == (READY, READY, READY)


@pytest.mark.parametrize("verb", ["list", "watch"])
@pytest.mark.parametrize("fields", [b"X: " + b"a" * 20000 + b"\r\n", b"X: y\r\n" * 99], ids=["long line", "many"])
def test_oversized_heads_have_the_same_verdict(waiters: Any, verb: str, fields: bytes) -> None:
    """A look leaves a head with a long line, or with too many fields, to the official client."""
    body = listed(FOUND) if verb == "list" else event("MODIFIED", FOUND)
    looked, with_look, official = waiters(verb, [framed(body, "chunks", [], fields)], True)

    assert (looked, with_look) == (None, official)


@pytest.mark.parametrize("how", ["length", "chunks", "close"])
def test_oversized_lists_have_the_same_verdict(waiters: Any, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """A look leaves a list that is larger than its limit to the official client."""
    monkeypatch.setattr(answer_module, "BODY_MOST_BYTES", 1000)
    large = ready({**WAITING, "metadata": {**WAITING["metadata"], "annotations": {"a": "x" * 2000}}}, "db")

    assert waiters("list", [framed(listed(large), how)], True) == (None, READY, READY)


def test_oversized_lines_have_the_same_verdict(waiters: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both refuse a line of a watch that is larger than the limit."""
    monkeypatch.setattr(stream, "LINE_MOST_BYTES", 1000)
    large = ready({**WAITING, "metadata": {**WAITING["metadata"], "annotations": {"a": "x" * 2000}}}, "db")
    looked, with_look, official = waiters("watch", [framed(event("MODIFIED", large), "chunks", [500] * 9)], True)

    assert (looked, with_look) == (None, official)
    assert official != READY


@pytest.mark.parametrize("end", [0, 40, -5, -8])
def test_cut_answers_are_refused_by_both(waiters: Any, end: int) -> None:
    """Of an answer that ends before its end, neither client takes a part for the whole."""
    whole = framed(listed(FOUND), "chunks", [100])

    assert waiters("list", [whole[:end]], True) == (None, WENT_ON, WENT_ON)


def test_look_is_stricter(waiters: Any) -> None:
    """The official client does without the very last byte. A look leaves it to that client."""
    assert waiters("list", [framed(listed(FOUND), "chunks")[:-1]], True) == (None, READY, READY)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.sampled_from(["", "db", "main", "running", "waiting", "Always"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["name", "ready", "state"]), inner),
    max_leaves=3,
)


def places(thing: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths to all that is in an object."""
    pairs = thing.items() if isinstance(thing, dict) else enumerate(thing) if isinstance(thing, list) else ()
    for key, inner in pairs:
        yield (*path, key)
        yield from places(inner, (*path, key))


def replaced(thing: Any, path: tuple[Any, ...], part: Any) -> Any:
    """The object with another part at that place."""
    if not path:
        return part
    copy = dict(thing) if isinstance(thing, dict) else list(thing)
    copy[path[0]] = replaced(copy[path[0]], path[1:], part)
    return copy


ODD = ready(pod("main", "db", sidecars=("proxy",), inits=("setup",)), "db", "proxy")


@pytest.mark.behaviour("odd-pod-was-not-seen")
@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.sampled_from(["list", "watch"]), st.sampled_from([(), *places(ODD)]), JSON)
@example("list", ("status", "containerStatuses", 1, "state"), "running")
@example("watch", ("status", "containerStatuses", 1), None)
@example("watch", ("spec", "containers", 0, "name"), [])
@example("list", ("spec", "initContainers"), "setup")
@example("list", ("status",), [])
@example("watch", ("metadata",), None)
def test_an_odd_pod_was_not_seen(waiters: Any, verb: str, path: tuple[Any, ...], part: Any) -> None:
    """A pod of an odd shape ends no wait with an error of the waiter, and both clients judge it alike.

    The server sends it three times, then 404 (69). What is left of the pod can show db ready (0), or no db (2).
    """
    odd = replaced(ODD, path, part)
    body = listed(odd) if verb == "list" else event("MODIFIED", odd)
    looked, with_look, official = waiters(verb, [framed(body, "length")], True)

    assert with_look == official
    assert looked in (None, official)
    assert official in (READY, 2, WENT_ON)


@pytest.mark.behaviour("odd-pod-was-not-seen")
@pytest.mark.parametrize("part", ["running", ["running"], 1, [[]], True])
@pytest.mark.parametrize(
    "path", [("status",), ("status", "containerStatuses"), ("status", "containerStatuses", 1, "state")]
)
def test_an_odd_status_is_not_readiness(waiters: Any, path: tuple[Any, ...], part: Any) -> None:
    """A container is never ready by a status that has not the shape of one."""
    assert waiters("list", [framed(listed(replaced(ODD, path, part)), "length")], True)[1:] == (WENT_ON, WENT_ON)
