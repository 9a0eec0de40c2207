"""Waiting for facts that the kernel does not announce, such as the state of a process."""

import time
from collections.abc import Callable
from typing import TypeVar

Fact = TypeVar("Fact")

ALARM = 20.0


def eventually(fact: Callable[[], Fact], what: str, timeout: float = ALARM, pause: float = 0.001) -> Fact:
    """The first true value of fact(); the timeout is only the alarm."""
    deadline = time.monotonic() + timeout
    while not (value := fact()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {timeout:g} s: {what}")
        time.sleep(pause)
    return value
