"""URLs that the supervisor does not ask by itself: https, and hosts whose name must be resolved.

Before the birth each of them is asked until it has answered 2xx; as quit requests
all are asked once, side by side. Certificates are checked against the system's
authorities, or the authorities in SSL_CERT_FILE; no proxy and no redirect is followed.
"""

import _thread
from time import monotonic, sleep

from kubexit.waiter import engine
from kubexit.waiter.answer import Answer as HttpAnswer
from kubexit.waiter.connection import Connection

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PERIOD_SECONDS = 0.25  # from an answer that is not 2xx to the next request
LIMIT_SECONDS = 5.0  # for one request before the birth
END_PERIOD_SECONDS = 0.1  # between two looks at a sidecar that was asked to quit
END_SECONDS = 0.1  # that are left then, before the supervisor ends this program


class Url:
    """What to ask, and how. The supervisor has checked the text (ext/base/url.pyx)."""

    def __init__(self, method: str, text: str) -> None:
        self.method = method
        self.text = text
        scheme, _, rest = text.partition("#")[0].partition("://")
        end = min(rest.find(mark) if mark in rest else len(rest) for mark in "/?")
        self.authority, target = rest[:end], rest[end:]
        self.secure = scheme.lower() == "https"
        self.target = target if target.startswith("/") else f"/{target}"
        host, bracket, port = self.authority.rpartition("]")
        if not bracket:
            host, _, port = self.authority.partition(":")
        self.host = host.removeprefix("[")
        self.port = int(port.removeprefix(":") or (443 if self.secure else 80))


class Answer:
    """How a request went: whether it was answered 2xx, and in words."""

    def __init__(self, good: bool, words: str, is_of_end: bool = False) -> None:
        self.good = good
        self.words = words
        self.is_of_end = is_of_end  # whether the sidecar has ended, not how it answered


def ask(url: Url, seconds: float) -> Answer:
    """Send one request; all of it takes `seconds` at most, except that the resolver has other limits."""
    try:
        status = _status(url, monotonic() + seconds)
    except engine.SslError as error:
        return Answer(False, f"{error} (authorities other than the system's: SSL_CERT_FILE)")
    except Exception as error:  # any failure: there was no answer
        return Answer(False, str(error) or type(error).__name__)
    return Answer(200 <= status < 300, f"answered {status}")


def _status(url: Url, until: float) -> int:
    tls = engine.context("") if url.secure else None
    connection = Connection(url.host, url.port, until)
    try:
        if tls is not None:
            connection.secure(tls)
        length = "Content-Length: 0\r\n" if url.method == "POST" else ""
        connection.send(
            f"{url.method} {url.target} HTTP/1.1\r\nHost: {url.authority}\r\nUser-Agent: kubexit\r\nAccept: */*\r\n"
            f"{length}Connection: close\r\n\r\n".encode("ascii")
        )
        return HttpAnswer(connection.receive, status_only=True).status
    finally:
        connection.close()


def await_all(urls: "Sequence[Url]", tell: "Callable[[Url, Answer], None]") -> None:
    """Ask one after the other until each has answered 2xx; `tell` is given every answer, good ones too."""
    for url in urls:
        while True:
            answer = ask(url, LIMIT_SECONDS)
            tell(url, answer)
            if answer.good:
                break
            sleep(PERIOD_SECONDS)


def ask_all(
    urls: "Sequence[Url]", seconds: float, tell: "Callable[[Url, Answer], None]", wait_seconds: float = 0.0
) -> None:
    """Ask each of them once, side by side. Give the answers to `tell`, and whether the sidecars have ended."""
    threads = [start(lambda url=url: quit_one(url, seconds, wait_seconds, tell)) for url in urls]  # type: ignore[misc]
    end = monotonic() + seconds
    for ended in threads:
        ended.acquire(timeout=max(0.0, end - monotonic()))


def quit_one(url: Url, seconds: float, wait_seconds: float, tell: "Callable[[Url, Answer], None]") -> None:
    """Ask a sidecar to quit, and wait until it has ended if it has answered 2xx: its address refuses connections."""
    end = monotonic() + seconds - END_SECONDS
    answer = ask(url, seconds - wait_seconds if wait_seconds < seconds else seconds)
    tell(url, answer)
    if not answer.good or wait_seconds <= 0:
        return
    end = min(end, monotonic() + wait_seconds)
    while monotonic() < end:
        if has_ended(url, end):
            tell(url, Answer(True, "the sidecar has ended", True))
            return
        sleep(END_PERIOD_SECONDS)
    tell(url, Answer(False, "the sidecar has not ended in time", True))


def has_ended(url: Url, until: float) -> bool:
    """Whether the address of a URL refuses connections."""
    try:
        Connection(url.host, url.port, until).close()
    except ConnectionRefusedError:
        return True
    except OSError:
        pass  # not an answer: a name that cannot be resolved, no answer in time
    return False


def start(work: "Callable[[], None]") -> "_thread.LockType":
    """Do the work in a thread; the returned lock is free when the thread has ended."""
    ended = _thread.allocate_lock()
    ended.acquire()

    def run() -> None:
        try:
            work()
        finally:
            ended.release()

    _thread.start_new_thread(run, ())
    return ended
