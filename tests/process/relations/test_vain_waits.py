"""What a dependency's tombstone shows about it is known at once: no probe, a probe that fails, a death."""

import pytest

from harness.containers import born, lines, waiting
from harness.kubexit import Kubexit
from harness.waiting import eventually

SOURCE = {"BIRTH_SOURCE": "graveyard"}


@pytest.mark.every_form
@pytest.mark.behaviour("no-probe-refused-at-once")
def test_a_dependency_without_probe(kubexit: Kubexit) -> None:
    """A wait for readiness of a container that says it has no probe exits with 2, and says what to set."""
    born(kubexit, "db")
    app = waiting(kubexit, BIRTH_DEPS="db", **SOURCE)

    assert app.wait(timeout=10) == 2
    (line,) = lines(app.stderr, "error")
    assert "db has no readiness probe" in line
    assert "KUBEXIT_READY_TCP" in line
    assert "db:born" in line


@pytest.mark.behaviour("no-probe-refused-at-once")
def test_a_dependency_that_waits_itself(kubexit: Kubexit) -> None:
    """A dependency that is not born yet has said so too."""
    waiting(kubexit, "db", BIRTH_DEPS="never:born")
    app = waiting(kubexit, BIRTH_DEPS="db", **SOURCE)

    assert app.wait(timeout=10) == 2


@pytest.mark.behaviour("no-probe-refused-at-once")
@pytest.mark.parametrize("case", ["no key", "no holder", "a probe", "start", "died"])
def test_what_is_not_refused(kubexit: Kubexit, case: str) -> None:
    """A missing key, a missing FIFO, a probe, KUBEXIT_BIRTH_ON_TIMEOUT=start and a death are never refused."""
    settings = {"BIRTH_TIMEOUT": "1s", **SOURCE}
    if case == "no key":
        db = born(kubexit, "db")
        kubexit.carve("db", Born=True)
        assert db.process.poll() is None
    elif case == "a probe":
        born(kubexit, "db", READY_TCP="1")
    elif case == "start":
        born(kubexit, "db")
        settings["BIRTH_ON_TIMEOUT"] = "start"
    elif case == "died":
        kubexit.run("true", name="db")
    else:
        kubexit.carve("db", Born=True, Probe="none")
    app = waiting(kubexit, BIRTH_DEPS="db", **settings)

    assert app.wait() == (0 if case == "start" else 69)
    assert ("db has no readiness probe" in app.stderr) == (case == "start")


@pytest.mark.behaviour("failing-probe-in-lines")
def test_the_reason_of_a_failing_probe(kubexit: Kubexit) -> None:
    """At the timeout the line has why the dependency's probe fails, or what the dependency itself waits for."""
    born(kubexit, "db", READY_TCP="1", READY_PERIOD="50ms")
    waiting(kubexit, "web", BIRTH_DEPS="cache:born", READY_TCP="1")
    eventually(lambda: "ProbeError" in (kubexit.tombstone("db") or {}), "the probe fails")
    app = waiting(kubexit, BIRTH_DEPS="db,web", BIRTH_TIMEOUT="500ms", **SOURCE)
    app.wait()

    (line,) = lines(app.stderr, "error")
    assert "db (born, not ready: 1: Connection refused)" in line
    assert "web (not born: it waits for cache:born)" in line


@pytest.mark.behaviour("death-before-ready-logged")
def test_a_death_before_readiness(kubexit: Kubexit) -> None:
    """A dependency that dies before it was ready: one line at once; the wait continues, and can succeed."""
    app = waiting(kubexit, BIRTH_DEPS="db,migrate:succeeded", **SOURCE)
    kubexit.carve("db", Born=True)
    kubexit.carve("db", Born=True, Died=True, ExitCode=3)
    app.wait_line("dependency db died with exit code 3, and this container waits for it to be ready", "stderr")
    kubexit.carve("migrate", Born=True, Died=True, ExitCode=4)
    app.wait_line("dependency migrate died with exit code 4, .* successful", "stderr")
    kubexit.carve("db", Born=True, Ready=True)
    kubexit.carve("migrate", Born=True, Died=True, ExitCode=0)

    assert app.wait() == 0
    assert len([line for line in lines(app.stderr, "warn") if "must be started again" in line]) == 2


@pytest.mark.behaviour("death-before-ready-logged")
@pytest.mark.parametrize("reason", ["dependency app died with exit code 1", "dependency other died with exit code 1"])
def test_a_sidecar_that_followed_us(kubexit: Kubexit, reason: str) -> None:
    """A sidecar that exited with 0 because this container had died gets a hint at :succeeded, any other none."""
    app = waiting(kubexit, BIRTH_DEPS="proxy", BIRTH_TIMEOUT="2s", **SOURCE)
    kubexit.carve("proxy", Born=True, Died=True, ExitCode=0, Reason=reason)
    app.wait()

    assert (":succeeded" in app.stderr) == ("app" in reason)


@pytest.mark.behaviour("missing-name-reported")
def test_a_name_that_never_comes(kubexit: Kubexit) -> None:
    """After 10 s a line names what is there and the nearest name, for births and deaths, without a time limit too."""
    for name in ("db", "web", "cache"):
        kubexit.carve(name, Born=True)
    app = waiting(kubexit, BIRTH_DEPS="dbb:born", DEATH_DEPS="cachee")
    sidecar = born(kubexit, "sidecar", DEATH_DEPS="wed")
    for container, name in ((app, "dbb"), (app, "cachee"), (sidecar, "wed")):
        container.wait_line(f"dependency {name} has not appeared in", "stderr")
    app.wait_line("still waiting for birth dependencies: dbb .not born.", "stderr")
    text = app.stderr + sidecar.stderr

    for name, nearest in (("dbb", "db"), ("cachee", "cache"), ("wed", "web")):
        (line,) = [line for line in lines(text, "warn") if f"dependency {name} has not" in line]
        assert line.endswith(f"; did you mean {nearest}?")
        there = line.partition("Containers there: ")[2].partition(";")[0].split(", ")
        assert {"db", "web", "cache"} <= set(there)


@pytest.mark.behaviour("missing-name-reported")
def test_sigterm_names_what_was_missing(kubexit: Kubexit) -> None:
    """The last line of a wait that SIGTERM ends, and the tombstone, say what was missing."""
    app = waiting(kubexit, BIRTH_DEPS="db:born,web:born")
    kubexit.carve("web", Born=True)
    app.signal(15)
    app.wait()

    last = lines(app.stderr, "info")[-1]
    assert "while waiting for birth dependencies: db (not born)" in last
    assert "db (not born)" in (kubexit.tombstone("app") or {})["Reason"]


@pytest.mark.behaviour("missing-name-reported", "old-death-ignored-after-restart")
def test_a_restart_that_does_not_come(kubexit: Kubexit) -> None:
    """After 10 s of a wait for a restart alone a line names the container; none speaks of birth dependencies."""
    for name in ("main", "sidecar"):
        kubexit.carve(name, Born=True, Died=True, ExitCode=0)
    sidecar = waiting(kubexit, "sidecar", DEATH_DEPS="main", REBIRTH_TIMEOUT="1h")
    sidecar.wait_line("still waiting for main to be started again", "stderr")

    assert "birth dependencies" not in sidecar.stderr
