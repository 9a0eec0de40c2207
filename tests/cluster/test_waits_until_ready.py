"""The command starts when its birth dependencies are ready, as the API server reports it."""

import pytest

from cluster.audit import Audit
from cluster.birth import Birth, assert_born
from cluster.pods import READY, RUNNING, running
from harness.kubexit import Kubexit

pytestmark = pytest.mark.cluster


@pytest.mark.behaviour("ready-needs-no-event", "list-and-watch-are-enough")
def test_starts_when_ready(kubexit: Kubexit, birth: Birth) -> None:
    """A dependency that becomes ready during the watch starts the command, after only a list and a watch."""
    pod = birth.pod("db")
    container = birth.start(kubexit, pod, "db")
    birth.watched(container, pod)
    pod.show(db=RUNNING)
    assert "Born" not in (kubexit.tombstone("app") or {})

    pod.show(db=READY)

    assert_born(container)


@pytest.mark.behaviour("ready-needs-no-event")
def test_a_ready_dependency_needs_no_event(kubexit: Kubexit, birth: Birth) -> None:
    """A dependency that was ready before kubexit began is seen without any event."""
    pod = birth.pod("db")
    pod.show(db=READY)

    assert_born(birth.start(kubexit, pod, "db"))


@pytest.mark.behaviour("all-ready-at-once")
def test_all_in_one_object(kubexit: Kubexit, birth: Birth) -> None:
    """Two dependencies must be ready at the same time: one that was ready before does not count from memory.

    Fails when readiness is remembered by name: the command then starts at the second change.
    """
    pod = birth.pod("db", "cache")
    container = birth.start(kubexit, pod, "db,cache")
    birth.watched(container, pod)

    pod.show(db=READY, cache=RUNNING)
    pod.show(db=running(ready=False, restarts=1), cache=READY)
    pod.show(cache=running(ready=False, restarts=1))
    kubexit.carve("fence", Born=True)
    pod.show(db=READY, cache=READY)

    assert_born(container)
    # Not ready at once before the fence: the birth is later than it.
    born_at, fence = kubexit.tombstone("app"), kubexit.tombstone("fence")
    assert born_at is not None
    assert fence is not None
    assert born_at["Born"] > fence["Born"]


@pytest.mark.behaviour("ready-needs-no-event", "list-and-watch-are-enough")
def test_one_list_one_watch(kubexit: Kubexit, birth: Birth, audit: Audit) -> None:
    """The server gets one list of one pod, not from a cache, and one watch from the list's version."""
    pod = birth.pod("db")
    container = birth.start(kubexit, pod, "db")
    birth.watched(container, pod)
    pod.show(db=READY)
    assert_born(container)

    listing, watch = audit.wait_complete(pod.name, 2)

    selector = f"metadata.name={pod.name}"
    assert (listing.verb, listing.code, listing.query["fieldSelector"]) == ("list", 200, selector)
    assert "resourceVersion" not in listing.query
    assert (watch.verb, watch.code, watch.query["fieldSelector"]) == ("watch", 200, selector)
    assert int(watch.query["resourceVersion"]) > 0


@pytest.mark.behaviour("ready-needs-no-event")
def test_ready_already_needs_no_watch(kubexit: Kubexit, birth: Birth, audit: Audit) -> None:
    """A dependency that is ready in the list costs the server one request."""
    pod = birth.pod("db")
    pod.show(db=READY)
    assert_born(birth.start(kubexit, pod, "db"))

    assert [entry.verb for entry in audit.wait_complete(pod.name, 1)] == ["list"]


@pytest.mark.behaviour("nothing-of-the-wait-remains")
def test_nothing_of_the_wait_remains(kubexit: Kubexit, birth: Birth) -> None:
    """The waiter is gone when the command starts, and the command has no descriptor of it."""
    pod = birth.pod("db")
    pod.show(db=READY)

    container = birth.start(kubexit, pod, "db", command=["ls", "-l", "/proc/self/fd"])

    assert container.wait() == 0
    assert "socket:" not in container.stdout
    assert "inotify" not in container.stdout
