"""The graph of a pod: its members, and the edges between them."""

from collections.abc import Iterator
from dataclasses import dataclass

from kubectl_kubexit.relations.member import Member, Members

WAITS, ENDS, HOLDS = "waits", "ends", "holds"


@dataclass(frozen=True)
class Edge:
    """What one container wants of another.

    kind: WAITS (source starts after target), ENDS (target's death stops source) or HOLDS (source keeps a SIGTERM until
    target has died). conditions: of the target, for example ready. together: how many edges stop the source only
    when the conditions of all of them are true (KUBEXIT_DEATH_POLICY=all); 1 if this edge alone does.
    """

    source: str
    target: str
    kind: str
    conditions: tuple[str, ...]
    together: int = 1


def edges(members: Members) -> Iterator[Edge]:
    """Return the edges of all containers that kubexit supervises."""
    for member in members.wrapped:
        dependencies = member.effective.dependencies
        all_of = member.effective.word("DEATH_POLICY") == "all"
        together = sum(bool(dependency.death) for dependency in dependencies) if all_of else 1
        if dependencies.every_other:
            for other in members.pod.containers:
                if other.name != member.name and not other.is_tool and other.role != "init":
                    yield Edge(member.name, other.name, WAITS, ("ready",))
        for dependency in dependencies:
            if dependency.birth:
                yield Edge(member.name, dependency.name, WAITS, tuple(sorted(dependency.birth)))
            if dependency.death:
                yield Edge(member.name, dependency.name, ENDS, tuple(sorted(dependency.death)), together)
            if dependency.holds_term and not (is_implied(member) and is_watched(members, member, dependency.name)):
                yield Edge(member.name, dependency.name, HOLDS, ("died",))


def is_implied(member: Member) -> bool:
    """Return whether a member keeps a SIGTERM only because it is a sidecar."""
    return "TERM_AFTER" not in member.effective.given


def is_watched(members: Members, member: Member, name: str) -> bool:
    """Return whether only the API shows a member the death of a container: too late to keep a SIGTERM for it."""
    target = members.named(name)
    return member.effective.watches_deaths and target is not None and not target.is_wrapped


def cycles(waits: dict[str, list[str]]) -> Iterator[list[str]]:
    """Return each circle of a graph once: as names, from its first in the order of the graph."""
    seen: set[frozenset[str]] = set()
    for start in waits:
        path = shortest_way_back(waits, start)
        if path and frozenset(path) not in seen:
            seen.add(frozenset(path))
            yield path


def shortest_way_back(waits: dict[str, list[str]], start: str) -> list[str]:
    """Return the names on the shortest way from a name back to it; empty if there is no way."""
    ways = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for following in waits.get(way[-1], []):
            if following == start:
                return way
            if following not in seen:
                seen.add(following)
                ways.append([*way, following])
    return []
