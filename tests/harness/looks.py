"""What `kubexit --status` shows, as a test reads it."""

import json
from typing import Any

from .kubexit import Kubexit
from .supervised import Finished


def look(kubexit: Kubexit, *arguments: str, **keywords: Any) -> Finished:
    """Run kubexit with options alone, as an exec probe does."""
    keywords.setdefault("name", None)
    return kubexit.run(options=arguments, **keywords)


def rows(finished: Finished) -> list[list[str]]:
    """The rows of the table: name, state, since, exit code, reason (empty if there is no reason)."""
    header, *lines = finished.stdout.splitlines()
    assert header.split() == ["NAME", "STATE", "SINCE", "EXIT", "REASON"]
    return [[*line.split(None, 4), ""][:5] for line in lines]


def states(kubexit: Kubexit, **keywords: Any) -> dict[str, str]:
    """Each container's state, in the order of the table."""
    return {name: state for name, state, *_ in rows(look(kubexit, "--status", **keywords))}


def containers(kubexit: Kubexit, **keywords: Any) -> dict[str, dict[str, Any]]:
    """Each container as JSON shows it, by name."""
    shown = json.loads(look(kubexit, "--status", "--output", "json", **keywords).stdout)
    assert shown["version"] == 1
    return {container["name"]: container for container in shown["containers"]}
