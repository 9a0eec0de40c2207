"""The waiter survives an API server that is away, comes back, and no longer knows the watched version."""

import os
import signal
from typing import Any

import pytest

from cluster.audit import Audit
from cluster.birth import Birth, assert_born
from cluster.keeper import Keeper
from cluster.pods import READY
from harness.kubexit import Kubexit
from harness.processes import children

# A start of the server takes several seconds.
pytestmark = [pytest.mark.cluster, pytest.mark.timeout(240)]

PATIENT = "200s"


@pytest.mark.behaviour("broken-streams-reopened")
def test_unreachable_at_first(kubexit: Kubexit, birth: Birth, own: Keeper) -> None:
    """The waiter asks a server that refuses connections again until it is there."""
    pod = birth.pod("db")
    pod.show(db=READY)
    own.stop_server()
    container = birth.start(kubexit, pod, "db", BIRTH_TIMEOUT=PATIENT)
    container.wait_line(r"refused|unreachable|not reach", "stderr")

    own.start_server()

    assert_born(container)


@pytest.mark.behaviour("gone-leads-to-new-list", "broken-streams-reopened")
def test_restarted_during_watch(kubexit: Kubexit, birth: Birth, own: Keeper, audit: Audit) -> None:
    """A watch that was cut is made again; the server no longer knows the old version, so the pod is listed again.

    The test asks for the old version itself: the answer must be a 410, or the case is not tested.
    """
    pod = birth.pod("db")
    container = birth.start(kubexit, pod, "db", BIRTH_TIMEOUT=PATIENT)
    birth.watched(container, pod)
    (watch,) = audit.wait_watching(pod.name)
    birth.pod("another")  # the store continues past what the waiter knows

    own.stop_server()
    own.start_server()
    pod.show(db=READY)

    assert_born(container)
    assert watch_from(birth, watch.query["resourceVersion"])["object"]["code"] == 410
    assert [entry.verb for entry in audit.entries(pod.name)].count("list") >= 2


@pytest.mark.behaviour("gone-leads-to-new-list", "broken-streams-reopened")
def test_ready_while_away(kubexit: Kubexit, birth: Birth, own: Keeper) -> None:
    """A change that the waiter missed, and that the server has forgotten since, is seen in a new list."""
    pod = birth.pod("db")
    container = birth.start(kubexit, pod, "db", BIRTH_TIMEOUT=PATIENT)
    birth.watched(container, pod)
    waiter = children(container.pid)[0]
    os.kill(waiter, signal.SIGSTOP)
    own.stop_server()
    own.start_server()
    pod.show(db=READY)

    os.kill(waiter, signal.SIGCONT)

    assert_born(container)


def watch_from(birth: Birth, version: str) -> dict[str, Any]:
    """The first event of a watch from that version."""
    query = {"watch": "true", "resourceVersion": version, "timeoutSeconds": "2"}
    return dict(birth.access.call("GET", birth.access.pods, query=query))
