"""A command behind kubexit that waits for containers through the API."""

import signal
from collections.abc import Callable

import pytest

from harness import processes
from harness.kubexit import Kubexit
from harness.servers import faults
from harness.servers.apiserver import ApiServer
from harness.servers.exchange import Exchange
from harness.servers.pods import pod, ready, with_metadata
from harness.supervised import Supervised
from harness.waiting import eventually

pytestmark = pytest.mark.every_form

WAITING = pod("main", "db")


@pytest.mark.behaviour("ready-needs-no-event", "nothing-of-the-wait-remains")
def test_starts_when_ready(api: ApiServer, start: Callable[..., Supervised], actor: str, kubexit: Kubexit) -> None:
    """The command starts when the dependency is ready, and nothing of the waiter is left."""
    api.show(WAITING)
    supervised = start(actor, "plain", BIRTH_TIMEOUT="1h")
    api.wait_watched()

    assert "Born" not in (kubexit.tombstone() or {})
    (waiter_pid,) = processes.children(supervised.pid)

    api.show(ready(WAITING, "db"))
    kubexit.wait_tombstone(key="Born")

    assert not processes.alive(waiter_pid)
    assert waiter_pid not in processes.children(supervised.pid)
    (command,) = processes.children(supervised.pid)
    assert [name for name in processes.descriptors(command) if name.startswith("socket:")] == []


@pytest.mark.behaviour("deleted-pod-starts-nothing")
@pytest.mark.parametrize("when", ["before", "while"])
def test_pod_is_being_deleted(
    api: ApiServer, start: Callable[..., Supervised], actor: str, kubexit: Kubexit, when: str
) -> None:
    """In a pod that is being deleted the command is not started, even if its dependency is ready."""
    deleted = with_metadata(ready(WAITING, "db"), deletionTimestamp="2026-11-21T11:32:28Z")
    api.show(deleted if when == "before" else WAITING)
    supervised = start(actor, "exit", "0")
    if when == "while":
        api.wait_watched()
        api.show(deleted)

    assert supervised.wait() == 69
    assert "Born" not in kubexit.wait_tombstone()


@pytest.mark.behaviour("deleted-pod-starts-nothing", "nothing-of-the-wait-remains")
def test_term_while_waiting(api: ApiServer, start: Callable[..., Supervised], actor: str, kubexit: Kubexit) -> None:
    """SIGTERM ends the wait with 143: no command, a tombstone, and no waiter."""
    api.show(WAITING)
    supervised = start(actor, "plain")
    api.wait_watched()
    (waiter_pid,) = processes.children(supervised.pid)
    supervised.signal(signal.SIGTERM)

    assert supervised.wait() == 143
    assert not processes.alive(waiter_pid)
    tombstone = kubexit.tombstone()
    assert (tombstone["ExitCode"], "Born" in tombstone) == (143, False)


@pytest.mark.behaviour("nothing-of-the-wait-remains")
def test_death_while_waiting(api: ApiServer, start: Callable[..., Supervised], actor: str, kubexit: Kubexit) -> None:
    """A death dependency that dies during the wait ends it: no command, no waiter."""
    api.show(WAITING)
    supervised = start(actor, "plain", DEATH_DEPS="work")
    api.wait_watched()
    (waiter_pid,) = processes.children(supervised.pid)
    kubexit.carve("work", Born=True, Died=True, ExitCode=0)

    assert supervised.wait() == 0
    assert not processes.alive(waiter_pid)
    assert "Born" not in kubexit.tombstone()


@pytest.mark.behaviour("names-looked-up-in-pod", "refused-by-api", "no-service-account", "exited-never-ready")
@pytest.mark.parametrize(
    ("deps", "answer", "code"),
    [
        ("nobody", None, 2),
        ("main2,*", None, 2),
        ("db", faults.status(404, "Not Found"), 69),
        ("db", faults.status(401, "Unauthorized"), 77),
    ],
)
def test_verdict_is_the_exit_code(
    api: ApiServer,
    start: Callable[..., Supervised],
    actor: str,
    kubexit: Kubexit,
    deps: str,
    answer: Callable[[Exchange], None] | None,
    code: int,
) -> None:
    """The waiter's verdict is kubexit's exit code, also in the tombstone, and the command is not started."""
    api.show(WAITING)
    if answer:
        api.script("list", *[answer] * 60)

    assert start(actor, "exit", "0", BIRTH_DEPS=deps).wait() == code
    tombstone = kubexit.tombstone()
    assert (tombstone["ExitCode"], "Born" in tombstone) == (code, False)


@pytest.mark.behaviour("all-ready-at-once")
def test_ready_does_not_count_from_memory(
    api: ApiServer, start: Callable[..., Supervised], actor: str, kubexit: Kubexit
) -> None:
    """A container that was ready while the graveyard's conditions were not met must be ready when they are."""
    api.show(ready(WAITING, "db"))
    supervised = start(actor, "exit", "0", BIRTH_DEPS="db,migrate:succeeded")
    supervised.wait_line("ready: db", "stderr")
    eventually(lambda: processes.children(supervised.pid) == [], "the verdict is taken")
    api.show(WAITING)
    kubexit.carve("migrate", Born=True, Died=True, ExitCode=0)
    api.wait_watched()

    assert "Born" not in (kubexit.tombstone() or {})

    api.show(ready(WAITING, "db"))

    assert supervised.wait() == 0


def test_conditions_are_mixed(api: ApiServer, start: Callable[..., Supervised], actor: str, kubexit: Kubexit) -> None:
    """The command needs both the graveyard's conditions and readiness from the API."""
    api.show(WAITING)
    supervised = start(actor, "exit", "0", BIRTH_DEPS="db,migrate:succeeded,proxy:born")
    api.wait_watched()
    api.show(ready(WAITING, "db"))
    kubexit.carve("migrate", Born=True, Died=True, ExitCode=0)

    assert "Born" not in (kubexit.tombstone() or {})

    kubexit.carve("proxy", Born=True)

    assert supervised.wait() == 0


@pytest.mark.behaviour("graveyard-source-asks-no-api")
def test_no_api_with_the_graveyard_as_source(
    api: ApiServer, start: Callable[..., Supervised], actor: str, kubexit: Kubexit
) -> None:
    """With KUBEXIT_BIRTH_SOURCE=graveyard the API is not asked, and no waiter is started.

    Fails when a waiter is started: the API server counts its connection.
    """
    kubexit.carve("db", Born=True, Ready=True)

    assert start(actor, "exit", "0", BIRTH_SOURCE="graveyard", LIVENESS=False).wait() == 0
    assert api.connections == 0


@pytest.mark.behaviour("list-and-watch-are-enough")
def test_only_list_and_watch(api: ApiServer, start: Callable[..., Supervised], actor: str) -> None:
    """kubexit asks only for a list and a watch of pods, with a field selector on the name."""
    api.show(WAITING)
    supervised = start(actor, "exit", "0")
    api.wait_watched()
    api.drop()
    api.wait_asked(2, "watch")
    api.show(ready(WAITING, "db"))

    assert supervised.wait() == 0
    asked = {(request.path, request.query["fieldSelector"]) for request in api.asked()}
    assert asked == {("/api/v1/namespaces/shop/pods", "metadata.name=job-1")}
