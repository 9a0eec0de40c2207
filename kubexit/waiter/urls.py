"""URLs that the supervisor does not ask by itself: https, and hosts whose name has to be resolved.

Before the birth each of them is asked until it has answered 2xx; as quit requests
all are asked once, side by side. Certificates are checked against the system's
authorities, or those in SSL_CERT_FILE; no proxy and no redirect is followed.
"""

import threading
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import urllib3

PERIOD_SECONDS = 0.25  # from an answer that is not 2xx to the next request
LIMIT_SECONDS = 5.0  # for one request before the birth


class Url(NamedTuple):
    """What to ask, and how."""

    method: str
    text: str


class Answer(NamedTuple):
    """How a request went: whether it was answered 2xx, and in words."""

    good: bool
    words: str


def ask(url: Url, seconds: float) -> Answer:
    """Send one request; it takes `seconds` at most, as far as the resolver allows."""
    fields = {"User-Agent": "kubexit", "Connection": "close"}
    try:
        with urllib3.PoolManager(retries=False) as pool:
            timeout = urllib3.Timeout(total=seconds)
            response = pool.request(
                url.method, url.text, headers=fields, timeout=timeout, redirect=False, preload_content=False
            )
            return Answer(200 <= response.status < 300, f"answered {response.status}")
    except urllib3.exceptions.SSLError as error:
        return Answer(False, f"{error} (authorities other than the system's: SSL_CERT_FILE)")
    except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        return Answer(False, _without_object(str(error)))


def await_all(urls: Sequence[Url], tell: Callable[[Url, Answer], None]) -> None:
    """Ask one after the other until each has answered 2xx; `tell` is given every answer, good ones too."""
    for url in urls:
        while True:
            answer = ask(url, LIMIT_SECONDS)
            tell(url, answer)
            if answer.good:
                break
            time.sleep(PERIOD_SECONDS)


def ask_all(urls: Sequence[Url], seconds: float, tell: Callable[[Url, Answer], None]) -> None:
    """Ask each of them once, side by side, and give the answers to `tell` as they come."""
    threads = [threading.Thread(target=lambda url=url: tell(url, ask(url, seconds)), daemon=True) for url in urls]
    for thread in threads:
        thread.start()
    end = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))


def _without_object(text: str) -> str:
    """Cut "<urllib3.connection…>: " off, with which the library's messages begin."""
    return text.split(">: ", 1)[1] if text.startswith("<") and ">: " in text else text
