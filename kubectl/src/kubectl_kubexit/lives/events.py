"""What happened to the containers of a pod, in order, and which event of another container caused it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kubectl_kubexit.lives.life import Container, History, Life

BORN, DIED, HELD, KILLED, READY, STOP, WAITS = "born", "died", "held", "killed", "ready", "stop", "waits"
DELETED = "deleted"
ORDER = [DELETED, DIED, READY, BORN, WAITS, HELD, STOP, KILLED]  # of events of one moment: the cause before the effect
# All clocks are that of the node, but kubexit logs a death after it, and the kubelet's times have no fractions.
SLACK = 1.0
NAMED = re.compile(r"dependency (\S+) |.*, which waited until (\S+?)(?:, \S+)* had exited")
CONDITIONS = {
    "born": "has started", "died": "has exited", "failed": "has failed", "ready": "is ready",
    "succeeded": "has succeeded",
}  # fmt: skip


@dataclass(frozen=True)
class Cause:
    """An event in the life of another container."""

    container: str
    life: Life
    at: float


@dataclass(frozen=True)
class Event:
    """Something that happened to a container. words: a sentence without its subject."""

    at: float
    container: str
    kind: str
    words: str
    cause: Cause | None = None


def events(history: History) -> list[Event]:
    """Return all events in their order; a cause is before what it caused, also if their times are the same."""
    settle(history)
    found = [event for one in history.containers for life in one.lives for event in of_life(history, one, life)]
    if history.deleted is not None:
        found.append(Event(history.deleted, "", DELETED, "the pod is deleted"))
    return sorted(found, key=lambda event: (event.at, ORDER.index(event.kind)))


def settle(history: History) -> None:
    """Let a death be no later than what it caused: kubexit logs it only after the others can see it."""
    for one in history.containers:
        for life in one.lives:
            found, at = stop(history, one, life), life.asked if life.asked is not None else life.died
            if found is not None and life.asked is None and life.stop:
                life.asked = at = found.at  # the tombstone says why, and not when
            if found is not None and at is not None and found.life.died is not None:
                earlier = [moment for moment in found.life.moments if moment != found.life.died]
                found.life.died = min(found.life.died, max([at, *earlier]))


def of_life(history: History, one: Container, life: Life) -> Iterator[Event]:
    """Return the events of one life."""
    if life.began is not None and life.waits_for:
        yield Event(life.began, one.name, WAITS, f"waits for {life.waits_for}")
    if life.born is not None:
        cause, words = birth(history, one, life)
        yield Event(life.born, one.name, BORN, words, cause)
    if life.ready is not None:
        yield Event(life.ready, one.name, READY, f"is ready ({life.probe})" if life.probe else "is ready")
    if life.held is not None:
        yield Event(life.held, one.name, HELD, f"gets {life.hold}")
    if life.asked is not None:
        yield Event(life.asked, one.name, STOP, f"is asked to stop: {life.stop}", stop(history, one, life))
    if life.killed is not None:
        yield Event(life.killed, one.name, KILLED, "gets SIGKILL: the grace period is over")
    if life.died is not None:
        cause = stop(history, one, life) if life.born is None else None
        yield Event(life.died, one.name, DIED, end(life), cause)


def end(life: Life) -> str:
    """Return how a life ended, in words."""
    why = f": {life.reason}" if life.reason and life.reason != life.stop else ""
    code = f" (exit code {life.exit_code})" if life.exit_code is not None else ""
    if life.born is None:
        return f"is not started{code}{why}"
    if life.crashed:
        return f"is killed with kubexit{code}{why}"
    if life.exit_code is None:
        return f"exits{why}"
    if life.command_exit_code is None:
        return f"exits with {life.exit_code}{why}"
    by = f", by {life.code_from}" if life.code_from else ""
    return f"exits with {life.exit_code}{by}; its command exited with {life.command_exit_code}{why}"


def birth(history: History, one: Container, life: Life) -> tuple[Cause | None, str]:
    """Return what a birth waited for until the end: of several dependencies, the last that was met."""
    met: list[tuple[Cause, str]] = []
    for name, condition in dependencies(life.waits_for):
        other = history.named(name)
        for lived in other.lives if other and other is not one else ():
            at = meets(lived, condition)
            if at is not None and life.born is not None and at <= life.born + SLACK:
                met.append((Cause(name, lived, min(at, life.born)), condition))
    if not met:
        return None, "starts"
    cause, condition = max(met, key=lambda pair: pair[0].at)
    return cause, f"starts: {cause.container} {CONDITIONS[condition]}"


def meets(life: Life, condition: str) -> float | None:
    """Return when a life met a condition; None if it did not."""
    if condition == "ready":
        return life.ready
    if condition == "born":
        return life.born
    wrong = {"succeeded": life.exit_code != 0, "failed": life.exit_code == 0}.get(condition, condition != "died")
    return None if wrong else life.died


def stop(history: History, one: Container, life: Life) -> Cause | None:
    """Return which death stopped a life, or kept it from its start; None if it was no death of a container."""
    match = NAMED.match(life.stop or life.reason)
    other = history.named(match[1] or match[2]) if match else None
    at = life.asked if life.asked is not None else life.died
    if other is None or other is one or at is None:
        return None
    deaths = [(lived.died, lived) for lived in other.lives if lived.died is not None and lived.died <= at + SLACK]
    if not deaths:
        return None
    died, lived = max(deaths, key=lambda pair: pair[0])
    return Cause(other.name, lived, min(died, at))


def dependencies(words: str) -> Iterator[tuple[str, str]]:
    """Return names and conditions in "proxy, db:succeeded"; URLs and the proxy of a mesh are no containers."""
    for word in re.split(r"[,\s]+", words.partition("the proxy of ")[0]):
        name, _, condition = word.partition(":")
        if name and "/" not in word and (condition or "ready") in CONDITIONS:
            yield name, condition or "ready"
