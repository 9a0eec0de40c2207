"""The load of waiters on the API server: bytes and requests of one, and the moments at which many come back."""

import json
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from cluster.audit import RECEIVED, Audit, Entry
from cluster.birth import Birth, assert_born
from cluster.keeper import Keeper
from cluster.pods import READY, RUNNING, PodObject
from cluster.relay import relay
from harness.forms import BUILD
from harness.kubexit import Kubexit
from harness.processes import children, status

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]

WAITERS = 50
MEASURED = BUILD / "cluster"


@pytest.mark.behaviour("broken-streams-reopened")
def test_one_wait_is_one_connection(kubexit: Kubexit, birth: Birth, own: Keeper, audit: Audit) -> None:
    """One wait is one connection, one list, one watch, and a few kilobytes; docs/use/readiness.md counts with them."""
    pod = birth.pod("db")
    with relay(birth.address) as counting:
        birth.address = ("127.0.0.1", counting.port)
        container = birth.start(kubexit, pod, "db")
        birth.watched(container, pod)
        until_watching = counting.from_server
        pod.show(db=RUNNING)
        waiter = status(children(container.pid)[0])
        changed = datetime.now(UTC)
        pod.show(db=READY)
        assert_born(container)
    requests = audit.wait_complete(pod.name, 2)

    size = object_size(birth, pod)
    note(
        "one",
        requests=[entry.verb for entry in requests],
        connections=len(counting.connections),
        to_server=counting.to_server,
        from_server=counting.from_server,
        until_watching=until_watching,
        pod=size,
        waiter_peak=waiter["VmHWM"],
        from_change_to_birth_ms=(birthday(kubexit) - changed).total_seconds() * 1000,
    )
    assert [entry.verb for entry in requests] == ["list", "watch"]
    assert len(counting.connections) == 1
    assert counting.to_server < 8_000
    assert counting.from_server < 8_000 + 3 * size


@pytest.mark.behaviour("broken-streams-reopened", "busy-server-not-crowded")
def test_many_come_back(kubexit: Kubexit, birth: Birth, own: Keeper, audit: Audit) -> None:
    """Fifty waiters whose server was away come back spread over time, each with few requests.

    Fails without jitter: waiters that lost the server at one moment then ask at the same moments. A server that has
    just begun refuses every client, until it has read its Roles: one more such moment.
    """
    if kubexit.form != "gate":
        pytest.skip("LOAD NOT TESTED in this form: the waiter is the same in each")
    family = f"many-{uuid.uuid4().hex[:8]}"
    pods = [birth.pod(f"app-{n}", "db", name=f"{family}-{n}") for n in range(WAITERS)]
    with relay(birth.address) as counting:
        birth.address = ("127.0.0.1", counting.port)
        containers = [
            birth.start(kubexit, pod, "db", name=f"app-{n}", BIRTH_TIMEOUT="280s") for n, pod in enumerate(pods)
        ]
        audit.wait_watching(family, WAITERS)
        before = len(counting.connections), {entry.id for entry in audit.entries(family, RECEIVED)}

        own.stop_server()
        own.start_server()
        audit.wait_watching(family, 2 * WAITERS)
        for pod in pods:
            pod.show(db=READY)
        for container in containers:
            assert_born(container)

    attempts = [connection.came for connection in counting.connections[before[0] :]]
    requests = [entry for entry in audit.entries(family) if entry.id not in before[1]]
    delays = delays_after_refusal(requests)
    note(
        "many",
        waiters=WAITERS,
        attempts=len(attempts),
        requests=len(requests),
        attempts_within_100_ms=busiest(attempts),
        refused=len(delays),
        delays_alike_by_50_ms=busiest(delays, 0.05),
    )
    assert busiest(attempts) <= WAITERS // 2
    assert busiest(delays, 0.05) <= len(delays) * 0.3 + 3
    assert len(attempts) + len(requests) <= 12 * WAITERS


def busiest(moments: list[float], seconds: float = 0.1) -> int:
    """How many of the moments fall into one span of that length, at most."""
    return max((sum(start <= other < start + seconds for other in moments) for start in moments), default=0)


def delays_after_refusal(requests: list[Entry]) -> list[float]:
    """How long each waiter that was refused waited until it asked again."""
    delays = []
    for number, refused in enumerate(requests):
        later = [entry for entry in requests[number + 1 :] if entry.pod == refused.pod]
        if refused.code == 403 and later:
            delays.append((later[0].received - refused.received).total_seconds())
    return delays


def note(name: str, **measured: Any) -> None:
    """Keep the measured values, for the docs."""
    path = MEASURED / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(measured, indent=2) + "\n")


def birthday(kubexit: Kubexit) -> datetime:
    """Return the time at which the command was born."""
    stone = kubexit.tombstone("app")
    assert stone is not None
    return datetime.fromisoformat(stone["Born"])


def object_size(birth: Birth, pod: PodObject) -> int:
    """Return the bytes of the pod as the server sends it."""
    return len(json.dumps(birth.access.call("GET", pod.path), separators=(",", ":")))
