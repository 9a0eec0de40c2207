"""Lives as JSON, for programs."""

from typing import Any

from kubectl_kubexit.lives.events import Event, events
from kubectl_kubexit.lives.life import History, Life
from kubectl_kubexit.lives.moment import timestamp

VERSION = 1


def timeline(history: History) -> dict[str, Any]:
    """Return containers with their lives, and all events in order. Times are in UTC; what is not known is null."""
    found = events(history)  # which also settles what caused what
    return {
        "version": VERSION,
        "title": history.title,
        "live": history.live,
        "begin": timestamp(history.begin),
        "end": timestamp(history.end),
        "deleted": timestamp(history.deleted),
        "containers": [
            {"name": one.name, "note": one.note, "lives": [life(lived) for lived in one.lives]}
            for one in history.containers
        ],
        "events": [event(one) for one in found],
    }


def life(lived: Life) -> dict[str, Any]:
    """Return one life."""
    return {
        **{
            key: timestamp(getattr(lived, key)) for key in ("began", "born", "ready", "held", "asked", "killed", "died")
        },
        "waitsFor": lived.waits_for,
        "stop": lived.stop,
        "reason": lived.reason,
        "probe": lived.probe,
        "exitCode": lived.exit_code,
        "commandExitCode": lived.command_exit_code,
        "crashed": lived.crashed,
    }


def event(found: Event) -> dict[str, Any]:
    """Return one event; its cause is an event of another container, or null."""
    cause = found.cause and {"container": found.cause.container, "at": timestamp(found.cause.at)}
    return {
        "at": timestamp(found.at), "container": found.container, "kind": found.kind, "words": found.words,
        "cause": cause,
    }  # fmt: skip
