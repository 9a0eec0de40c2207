"""The command starts when its birth dependencies are in the required states, and not before."""

import pytest

from harness.containers import running, waiting
from harness.kubexit import Kubexit
from harness.processes import descriptors
from harness.waiting import eventually

# what the tombstone says -> the conditions that it meets
STATES = {
    "born": ({"Born": True}, {"born"}),
    "ready": ({"Born": True, "Ready": True}, {"born", "ready"}),
    "succeeded": ({"Born": True, "Ready": True, "Died": True, "ExitCode": 0}, {"born", "died", "succeeded"}),
    "failed": ({"Born": True, "Died": True, "ExitCode": 1}, {"born", "died"}),
    "never born, failed": ({"Died": True, "ExitCode": 127}, {"died"}),
    "never born, succeeded": ({"Died": True, "ExitCode": 0}, {"died", "succeeded"}),
    "died, code unknown": ({"Born": True, "Died": True}, {"born", "died"}),
}
CONDITIONS = ["born", "ready", "died", "succeeded"]
PAIRS = [(state, condition) for state in STATES for condition in CONDITIONS]


@pytest.mark.behaviour("graveyard-source-asks-no-api")
@pytest.mark.parametrize(("state", "condition"), [pair for pair in PAIRS if pair[1] in STATES[pair[0]][1]])
@pytest.mark.parametrize("there", [True, False], ids=["there at start", "comes later"])
def test_a_met_condition_starts_the_command(kubexit: Kubexit, state: str, condition: str, there: bool) -> None:
    """A tombstone with the required state starts the command, whether it is there already or comes later."""
    if there:
        kubexit.carve("db", **STATES[state][0])
    app = waiting(kubexit, BIRTH_DEPS=f"db:{condition}", BIRTH_SOURCE="graveyard", POLL_INTERVAL="0")
    kubexit.carve("db", **STATES[state][0])

    assert app.wait() == 0
    assert app.stdout == "BORN\n"


@pytest.mark.behaviour("graveyard-source-asks-no-api")
@pytest.mark.parametrize(("state", "condition"), [pair for pair in PAIRS if pair[1] not in STATES[pair[0]][1]])
def test_an_unmet_condition_keeps_waiting(kubexit: Kubexit, state: str, condition: str) -> None:
    """A tombstone with another state does not. Shown to fail by the states of the test above."""
    kubexit.carve("db", **STATES[state][0])
    finished = kubexit.run("echo", "BORN", BIRTH_DEPS=f"db:{condition}", BIRTH_SOURCE="graveyard", BIRTH_TIMEOUT="10ms")

    assert finished.code == 69
    assert finished.stdout == ""


@pytest.mark.behaviour("lists-ignore-blanks-and-repeats", "all-ready-at-once")
def test_all_of_them(kubexit: Kubexit) -> None:
    """All dependencies are needed, each in its own state, in any order."""
    deps = "db,migrate:succeeded, seed:died,,cache:born"
    app = waiting(kubexit, BIRTH_DEPS=deps, BIRTH_SOURCE="graveyard", LOG_LEVEL="debug")
    kubexit.carve("cache", Born=True)
    app.wait_line("cache: born", stream="stderr")
    kubexit.carve("migrate", Born=True, Died=True, ExitCode=0)
    app.wait_line("migrate: died", stream="stderr")
    kubexit.carve("db", Born=True, Ready=True)
    app.wait_line("db: ready", stream="stderr")
    assert "Born" not in (kubexit.tombstone("app") or {})
    kubexit.carve("seed", Died=True, ExitCode=1)

    assert app.wait() == 0
    assert app.stdout == "BORN\n"


@pytest.mark.behaviour("all-ready-at-once")
def test_not_from_memory(kubexit: Kubexit) -> None:
    """An earlier state does not count: db was ready, is no longer ready when cache comes, and then is again."""
    app = waiting(kubexit, BIRTH_DEPS="db,cache:born", BIRTH_SOURCE="graveyard", LOG_LEVEL="debug")
    kubexit.carve("db", Born=True, Ready=True)
    app.wait_line("db: ready", stream="stderr")
    kubexit.carve("db", Born=True)
    app.wait_line("db: born, not ready", stream="stderr")
    kubexit.carve("cache", Born=True)
    app.wait_line("cache: born", stream="stderr")
    assert "command started" not in app.stderr
    kubexit.carve("db", Born=True, Ready=True)

    assert app.wait() == 0
    assert app.stdout == "BORN\n"


@pytest.mark.behaviour("crash-seen-by-peers", "graveyard-source-asks-no-api")
def test_ready_of_a_crashed_container(kubexit: Kubexit) -> None:
    """Ready in the tombstone of a container that crashed does not count; its next life does."""
    first = running(kubexit, "db")
    kubexit.wait_tombstone("db", "Born")
    kubexit.carve("db", Born=True, Ready=True)
    first.kill()
    app = waiting(kubexit, BIRTH_DEPS="db", BIRTH_SOURCE="graveyard", LOG_LEVEL="debug")
    app.wait_line("db: crashed", stream="stderr")
    kubexit.run("false", name="db")
    app.wait_line("db: died with exit code 1", stream="stderr")
    kubexit.carve("db", Born=True, Ready=True)

    assert app.wait() == 0
    assert app.stdout == "BORN\n"


@pytest.mark.behaviour("restarted-dependency-has-old-death")
def test_failed_then_succeeded(kubexit: Kubexit) -> None:
    """`x:succeeded` continues to wait when x failed: the kubelet may start it again."""
    app = waiting(kubexit, BIRTH_DEPS="migrate:succeeded")
    kubexit.run("false", name="migrate")
    assert app.process.poll() is None
    kubexit.run("true", name="migrate")

    assert app.wait() == 0
    assert app.stdout == "BORN\n"


@pytest.mark.behaviour("dead-before-start", "death-during-birth-wait")
def test_fail_at_once(kubexit: Kubexit) -> None:
    """With a death dependency `x:failed` beside it, the failure ends the wait at once, with 69."""
    app = waiting(kubexit, BIRTH_DEPS="migrate:succeeded", DEATH_DEPS="migrate:failed")
    kubexit.run("false", name="migrate")

    assert app.wait() == 69
    assert app.stdout == ""


@pytest.mark.behaviour("crash-seen-by-peers")
def test_crash_is_a_death(kubexit: Kubexit) -> None:
    """A crash also meets `x:died`."""
    x = running(kubexit, "x")
    app = waiting(kubexit, BIRTH_DEPS="x:died", POLL_INTERVAL="0")
    x.kill()

    assert app.wait() == 0
    assert app.stdout == "BORN\n"


@pytest.mark.behaviour("graveyard-source-asks-no-api")
def test_the_graveyard_source_starts_no_waiter(kubexit: Kubexit) -> None:
    """With the graveyard as the source no waiter is started. Shown to fail by leaving the source out."""
    script = kubexit.folder / "waiter"
    script.write_text(f"#!/bin/sh\ntouch {kubexit.folder}/started\n")
    script.chmod(0o755)
    kubexit.carve("db", Born=True, Ready=True)
    kubexit.run("true", waiter=script, BIRTH_DEPS="db,db:born", BIRTH_SOURCE="graveyard")

    assert not (kubexit.folder / "started").exists()


@pytest.mark.behaviour("nothing-of-the-wait-remains")
def test_nothing_is_watched_afterwards(kubexit: Kubexit) -> None:
    """After the birth, a container without death dependencies watches nothing and holds no FIFO of others."""
    running(kubexit, "db")
    app = running(kubexit, "app", BIRTH_DEPS="db:born")
    kubexit.wait_tombstone("app", "Born")

    # The watch ends behind the birth: to close it can take some time.
    eventually(
        lambda: not any("inotify" in link or ".db.alive" in link for link in descriptors(app.pid)), "nothing is watched"
    )
