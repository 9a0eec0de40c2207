"""The tombstone of a container that waits for its birth."""

import os
import signal
import time
from pathlib import Path

import pytest

from harness.containers import fenced_off, lines, put, running, sleeps, waiting
from harness.kubexit import Kubexit
from harness.observer import Observer
from harness.waiting import eventually

ORIGINAL = Path(__file__).parents[2] / "recorded/original"


@pytest.mark.every_form
@pytest.mark.behaviour("waiting-is-written")
def test_a_wait_is_written(kubexit: Kubexit) -> None:
    """A container that waits writes since when, for what, and its probe, and neither Born nor Died."""
    waiting(kubexit, BIRTH_DEPS="db, migrate:succeeded,db:died", BIRTH_SOURCE="graveyard", READY_TCP="1")
    stone = kubexit.wait_tombstone("app", "Waiting")

    assert list(stone) == ["Waiting", "WaitsFor", "Probe"]
    assert (stone["WaitsFor"], stone["Probe"]) == ("db, db:died, migrate:succeeded", "tcp 1")


@pytest.mark.behaviour("waiting-is-written")
def test_it_follows_what_is_missing(kubexit: Kubexit) -> None:
    """What has come is no longer in WaitsFor; what went is in it again. Unchanged texts are not written again."""
    eye = Observer(kubexit.graveyard)
    app = waiting(kubexit, BIRTH_DEPS="db,cache:born", BIRTH_SOURCE="graveyard", POLL_INTERVAL="10ms")
    kubexit.wait_tombstone("app", "Waiting")
    kubexit.carve("db", Born=True, Ready=True)
    eventually(lambda: (kubexit.tombstone("app") or {}).get("WaitsFor") == "cache:born", "db is ready")
    kubexit.carve("db", Born=True, Died=True, ExitCode=1)
    eventually(lambda: (kubexit.tombstone("app") or {}).get("WaitsFor") == "db, cache:born", "db is dead")
    kubexit.carve("db", Born=True, Ready=True)
    kubexit.carve("cache", Born=True)

    assert app.wait() == 0
    # The wait, two changes, the birth, the death.
    assert eye.of("app") == ["IN_MOVED_TO"] * 5
    assert list(kubexit.tombstone("app") or {}) == ["Born", "Died", "ExitCode", "Life", "Probe"]


@pytest.mark.behaviour("waiting-is-written")
def test_changes_are_written_once_a_second(kubexit: Kubexit) -> None:
    """Many changes within a second are one write. Shown to fail by writing each of them."""
    eye = Observer(kubexit.graveyard)
    names = [f"dep{number}" for number in range(20)]
    app = waiting(kubexit, BIRTH_DEPS=",".join(f"{name}:born" for name in [*names, "last"]), LOG_LEVEL="debug")
    kubexit.wait_tombstone("app", "Waiting")
    begin = time.monotonic()
    for name in names:
        kubexit.carve(name, Born=True)
        app.wait_line(f"dependency {name}: born", stream="stderr")
    eventually(lambda: (kubexit.tombstone("app") or {}).get("WaitsFor") == "last:born", "all but one are there")
    assert len(eye.of("app")) <= 2 + time.monotonic() - begin
    kubexit.carve("last", Born=True)

    assert app.wait() == 0


@pytest.mark.behaviour("waiting-is-written", "every-exit-writes-a-death")
@pytest.mark.parametrize("end", ["timeout", "zero", "signal"])
def test_a_death_keeps_what_was_missing(kubexit: Kubexit, end: str) -> None:
    """The death of a container that never started keeps since when it waited, and what was missing at the end."""
    timeout = {"timeout": "2s", "zero": "0", "signal": "infinite"}[end]
    app = waiting(kubexit, BIRTH_DEPS="db:born,web:died", BIRTH_TIMEOUT=timeout)
    if end != "zero":
        kubexit.wait_tombstone("app", "Waiting")
        kubexit.carve("web", Died=True, ExitCode=0)
    if end == "signal":
        eventually(lambda: (kubexit.tombstone("app") or {}).get("WaitsFor") == "db:born", "web is dead")
        app.signal(signal.SIGTERM)
    app.wait()

    stone = kubexit.tombstone("app") or {}
    assert list(stone) == ["Waiting", "Died", "ExitCode", "Life", "Reason", "WaitsFor", "Probe"]
    assert stone["WaitsFor"] == ("db:born, web:died" if end == "zero" else "db:born")
    assert stone["Waiting"] <= stone["Died"]


@pytest.mark.behaviour("waiting-is-written")
@pytest.mark.parametrize("deps", [None, "db:born"])
def test_no_wait_is_not_written(kubexit: Kubexit, deps: str | None) -> None:
    """A container with nothing to wait for, or nothing that is missing, writes its birth and its death, no wait."""
    kubexit.carve("db", Born=True)
    eye = Observer(kubexit.graveyard)
    kubexit.run("true", BIRTH_DEPS=deps)

    assert eye.of("main") == ["IN_MOVED_TO"] * 2
    assert "Waiting" not in (kubexit.tombstone() or {})


@pytest.mark.behaviour("waiting-is-written")
def test_a_long_list_is_cut_between_names(kubexit: Kubexit) -> None:
    """Of a very long list whole elements are left out, and the tombstone stays readable."""
    names = [f"{number:03}-{'n' * 200}" for number in range(128)]
    waiting(kubexit, BIRTH_DEPS=",".join(f"{name}:born" for name in names))
    stone = kubexit.wait_tombstone("app", "Waiting")

    assert stone["WaitsFor"].split(", ") == [f"{name}:born" for name in names[:4]]
    assert stone["Probe"] == "none"


@pytest.mark.behaviour("waiting-is-no-birth", "junk-is-no-death")
def test_peers_do_not_warn_about_it(kubexit: Kubexit) -> None:
    """A peer that waits is neither born nor dead for others, and none of them warns. Shown to fail by Born."""
    waiting(kubexit, "main", BIRTH_DEPS="never:born")
    kubexit.wait_tombstone("main", "Waiting")
    app = waiting(kubexit, BIRTH_DEPS="main:born", POLL_INTERVAL="10ms")
    sidecar = running(kubexit, DEATH_DEPS="main,fence", POLL_INTERVAL="10ms")
    eventually(lambda: "Waiting" in (kubexit.tombstone("app") or {}), "app waits")
    for container in (app, sidecar):
        before = sleeps(container.pid)
        eventually(lambda pid=container.pid, before=before: sleeps(pid) > before + 5, "it has looked five times more")
    fenced_off(kubexit, sidecar)

    assert app.process.poll() is None
    assert lines(sidecar.stderr, "warn") == lines(app.stderr, "warn") == []


@pytest.mark.behaviour("waiting-is-no-birth", "new-generation-clears-graveyard")
def test_clearing_removes_it(kubexit: Kubexit) -> None:
    """The tombstone of a container that was killed during its wait is removed when the graveyard is cleared."""
    app = waiting(kubexit, BIRTH_DEPS="never:born")
    kubexit.wait_tombstone("app", "Waiting")
    app.kill()
    kubexit.run(options=["--clear", os.fspath(kubexit.graveyard)], name=None, GRAVEYARD=None)

    assert os.listdir(kubexit.graveyard) == []


@pytest.mark.behaviour("waiting-is-no-birth", "original-and-kubexit-see-each-other")
def test_three_generations_in_one_pod(kubexit: Kubexit) -> None:
    """One pod with containers of the original, of kubexit 0.1.0 and of this version: each sees what the others write.

    The first two are played by what they write: the original in place and without a FIFO, 0.1.0 by rename, with
    times of nine digits and no keys after ExitCode.
    """
    kubexit.graveyard.mkdir()
    proxy = running(kubexit, "proxy", DEATH_DEPS="main:succeeded", POLL_INTERVAL="0", BIRTH_ON_TIMEOUT="fail")
    main = waiting(kubexit, "main", BIRTH_DEPS="db,migrate:succeeded,proxy:born", BIRTH_SOURCE="graveyard")
    eventually(lambda: (kubexit.tombstone("main") or {}).get("WaitsFor") == "db, migrate:succeeded", "main waits")
    put(kubexit.graveyard / "migrate", (ORIGINAL / "born").read_bytes())
    put(kubexit.graveyard / "migrate", (ORIGINAL / "died-zero").read_bytes())
    eventually(lambda: (kubexit.tombstone("main") or {}).get("WaitsFor") == "db", "migrate succeeded")
    kubexit.carve("db", Born="2026-04-28T10:41:46.123456789Z")
    kubexit.carve("db", Born="2026-04-28T10:41:46.123456789Z", Ready="2026-04-28T10:41:47.123456789Z")

    assert (main.wait(), main.stdout) == (0, "BORN\n")
    assert proxy.wait() == 0
    assert lines(main.stderr, "warn") == lines(proxy.stderr, "warn") == []
    assert "main died with exit code 0" in (kubexit.tombstone("proxy") or {})["Reason"]
