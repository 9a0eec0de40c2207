"""Readiness from the API, and a graveyard that knows more: a dependency under kubexit is ready when both say so.

The stand-in for the waiter calls everything ready, as the API does for a container without a readiness probe.
"""

from collections.abc import Callable
from typing import Any

import pytest

from harness import processes
from harness.containers import born, waiting
from harness.kubexit import Kubexit
from harness.processes import next_look
from harness.servers.webserver import WebServer
from harness.supervised import Supervised
from harness.waiters import Waiter
from harness.waiting import eventually

pytestmark = pytest.mark.behaviour("graveyard-contradicts-the-api")

POD = {"POD_NAME": "pod-1", "NAMESPACE": "ns-1"}


def start(kubexit: Kubexit, waiter: Waiter, **settings: Any) -> Supervised:
    """Start a container that waits for db, whose readiness the API shows."""
    settings = {"BIRTH_DEPS": "db", "BIRTH_TIMEOUT": "infinite", **POD, **settings}
    return kubexit.start("echo", "BORN", name="app", waiter=waiter, **settings)


def agreeing(kubexit: Kubexit) -> Waiter:
    """Make a waiter that finds all ready."""
    return Waiter(kubexit.folder, "exit 0")


def asked_once(waiter: Waiter, app: Supervised, children: int = 0) -> None:
    """Return when the waiter has answered, kubexit has taken its answer, and `children` other children are left."""
    app.wait_line("waiter started", stream="stderr")
    eventually(
        lambda: len(waiter.starts) == 1 and len(processes.children(app.pid)) == children, "the waiter has answered"
    )
    eventually(lambda: next_look(app.pid) > 0, "kubexit has compared its answer with the graveyard, and sleeps")


def test_the_api_decides_about_other_containers(kubexit: Kubexit) -> None:
    """A dependency that is not in the graveyard is ready when the API says so."""
    waiter = agreeing(kubexit)
    app = start(kubexit, waiter)

    assert app.wait() == 0
    assert (app.stdout, len(waiter.starts)) == ("BORN\n", 1)


def test_a_born_dependency_is_left_to_the_api(kubexit: Kubexit) -> None:
    """A dependency that is born, without a readiness probe of kubexit, is ready when the API says so."""
    born(kubexit, "db")
    waiter = agreeing(kubexit)
    app = start(kubexit, waiter)

    assert app.wait() == 0
    assert (app.stdout, len(waiter.starts)) == ("BORN\n", 1)


def test_a_probe_of_kubexit_is_asked_too(kubexit: Kubexit) -> None:
    """A dependency with a readiness probe of kubexit that has not succeeded is not ready, although the API says so.

    A kubelet that was started again calls a new container ready for a moment. When the probe has succeeded, the API is
    asked again.
    """
    ready = kubexit.folder / "ready"
    born(kubexit, "db", READY_FILE=ready, READY_PERIOD="10ms")
    waiter = agreeing(kubexit)
    app = start(kubexit, waiter, LOG_LEVEL="debug")
    asked_once(waiter, app)
    ready.touch()

    assert app.wait() == 0
    assert (app.stdout, len(waiter.starts)) == ("BORN\n", 2)
    assert (kubexit.tombstone("db") or {})["Ready"] < (kubexit.tombstone("app") or {})["Born"]


def test_an_unready_probe_is_the_reason(kubexit: Kubexit) -> None:
    """At the deadline the reason names the dependency whose probe of kubexit has not succeeded."""
    born(kubexit, "db", READY_FILE=kubexit.folder / "ready", READY_PERIOD="10ms")
    app = start(kubexit, agreeing(kubexit), BIRTH_TIMEOUT="100ms")

    assert app.wait() == 69
    assert app.stdout == ""
    assert "db (" in (kubexit.tombstone("app") or {})["Reason"]


def test_a_dependency_that_waits_itself_is_not_ready(kubexit: Kubexit) -> None:
    """In a chain, db's kubexit runs, and waits itself. Its command starts first, and then the API is asked again."""
    kubexit.start(kubexit.program(), "ready-then-wait", name="db", BIRTH_DEPS="disk:born", BIRTH_TIMEOUT="infinite")
    kubexit.wait_alive("db")
    waiter = agreeing(kubexit)
    app = start(kubexit, waiter, LOG_LEVEL="debug")
    asked_once(waiter, app)
    kubexit.carve("disk", Born=True)

    assert app.wait() == 0
    assert (app.stdout, len(waiter.starts)) == ("BORN\n", 2)
    assert (kubexit.tombstone("db") or {})["Born"] < (kubexit.tombstone("app") or {})["Born"]


def test_a_crashed_dependency_is_not_ready(kubexit: Kubexit) -> None:
    """A crash counts even if the API has not noticed it. When db is born again, the API is asked again."""
    born(kubexit, "db").kill()
    waiter = agreeing(kubexit)
    app = start(kubexit, waiter, LOG_LEVEL="debug")
    asked_once(waiter, app)
    born(kubexit, "db")

    assert app.wait() == 0
    assert (app.stdout, len(waiter.starts)) == ("BORN\n", 2)


def test_a_dead_dependency_is_not_ready(kubexit: Kubexit) -> None:
    """A dead dependency is not ready either, and the API is asked again after its next birth."""
    kubexit.carve("db", Born=True, Died=True, ExitCode=0)
    waiter = agreeing(kubexit)
    app = start(kubexit, waiter, LOG_LEVEL="debug")
    asked_once(waiter, app)
    kubexit.carve("db", Born=True)

    assert app.wait() == 0
    assert (app.stdout, len(waiter.starts)) == ("BORN\n", 2)


def test_a_death_after_the_answer_revokes_it(kubexit: Kubexit, web: Callable[..., WebServer]) -> None:
    """An answer of the API is not kept over a death: db dies while a birth URL is still awaited."""
    db = born(kubexit, "db")
    waiter = agreeing(kubexit)
    server = web(listening=False)
    app = start(kubexit, waiter, LOG_LEVEL="debug", BIRTH_URLS=server.url("/"))
    asked_once(waiter, app, children=1)  # the probe of the URL
    db.kill()
    app.wait_line("dependency db: crashed", stream="stderr")
    born(kubexit, "db")
    app.wait_line("dependency db: born", stream="stderr", count=2)
    server.listen()

    assert app.wait() == 0
    assert (app.stdout, len(waiter.starts)) == ("BORN\n", 2)


@pytest.mark.parametrize("state", ["crashed", "not born: it waits for disk:born", "died with exit code 3"])
def test_the_reason_is_what_the_graveyard_shows(kubexit: Kubexit, state: str) -> None:
    """At the deadline the reason is what the graveyard shows."""
    if state == "crashed":
        born(kubexit, "db").kill()
    elif state.startswith("not born"):
        waiting(kubexit, "db", BIRTH_DEPS="disk:born")
    else:
        kubexit.carve("db", Born=True, Died=True, ExitCode=3)
    app = start(kubexit, agreeing(kubexit), BIRTH_TIMEOUT="300ms")

    assert app.wait() == 69
    assert (kubexit.tombstone("app") or {})["Reason"] == f"birth dependencies not met after 300ms: db ({state})"


def test_without_fifos_only_tombstones_contradict(kubexit: Kubexit) -> None:
    """Without FIFOs a tombstone counts, and a container that has none is left to the API."""
    waiting(kubexit, "db", BIRTH_DEPS="disk:born")
    waiter = agreeing(kubexit)
    app = start(kubexit, waiter, LIVENESS="false")

    assert app.wait() == 0
    assert len(waiter.starts) == 1
