"""Readiness is written once, as a separate line, and other containers start on it."""

import re
from pathlib import Path

import pytest

from harness.containers import running, waiting
from harness.kubexit import Kubexit
from harness.observer import Observer


def probed(kubexit: Kubexit, name: str = "db", **settings: str) -> tuple[object, Path]:
    """A container that is ready when its file is there, and that file."""
    file = kubexit.folder / f"{name}.ready"
    return running(kubexit, name, READY_FILE=str(file), READY_PERIOD="10ms", **settings), file


@pytest.mark.behaviour("tombstone-lines", "times-are-rfc-3339")
def test_ready_is_between_born_and_died(kubexit: Kubexit) -> None:
    """Ready is between Born and Died, in time as in text."""
    db, file = probed(kubexit)
    file.touch()
    kubexit.wait_tombstone("db", "Ready")
    birth = (kubexit.graveyard / "db").read_text()
    db.signal(15)
    db.wait()
    death = (kubexit.graveyard / "db").read_text()

    probe = f'Probe: "file {file}"\n'
    assert re.fullmatch(r'Born: ".*Z"\nReady: ".*Z"\n' + probe, birth)
    assert re.fullmatch(
        re.escape(birth.removesuffix(probe))
        + r'Died: ".*Z"\nExitCode: 0\nLife: "\w{16}"\nReason: "SIGTERM .*"\n'
        + probe,
        death,
    )
    times = re.findall(r'"(.*Z)"', death)
    assert times == sorted(times)


@pytest.mark.behaviour("tombstone-appears-whole")
def test_ready_is_written_once(kubexit: Kubexit) -> None:
    """Ready is written once, at any number of later probes."""
    eye = Observer(kubexit.graveyard)
    db, file = probed(kubexit)
    file.touch()
    kubexit.wait_tombstone("db", "Ready")
    file.touch()
    db.signal(15)
    db.wait()

    assert eye.of("db") == ["IN_MOVED_TO"] * 3


@pytest.mark.behaviour("graveyard-source-asks-no-api")
def test_readiness_starts_a_waiting_container(kubexit: Kubexit) -> None:
    """A container that waits for readiness in the graveyard starts then, and not at the birth."""
    app = waiting(kubexit, BIRTH_DEPS="db", BIRTH_SOURCE="graveyard", LOG_LEVEL="debug", POLL_INTERVAL="0")
    _, file = probed(kubexit)
    app.wait_line("db: born, not ready", stream="stderr")
    assert "command started" not in app.stderr
    file.touch()

    assert app.wait() == 0
    assert app.stdout == "BORN\n"


@pytest.mark.behaviour("old-tombstone-gone-at-start", "graveyard-source-asks-no-api")
def test_not_of_an_earlier_life(kubexit: Kubexit) -> None:
    """A container that is started again is not ready by what an earlier run wrote."""
    kubexit.carve("db", Born=True, Ready=True)
    probed(kubexit)
    kubexit.wait_tombstone("db", "Born")
    finished = kubexit.run("echo", "BORN", name="app", BIRTH_DEPS="db", BIRTH_SOURCE="graveyard", BIRTH_TIMEOUT="20ms")

    assert (finished.code, finished.stdout) == (69, "")


@pytest.mark.behaviour("tombstone-lines")
def test_without_a_probe_there_is_no_ready(kubexit: Kubexit) -> None:
    """Without a probe no Ready is ever written. Shown to fail by the tests above."""
    kubexit.run("true", name="db")

    assert list(kubexit.tombstone("db") or {}) == ["Born", "Died", "ExitCode", "Life", "Probe"]


@pytest.mark.behaviour("exit-codes-passed-on")
def test_a_command_never_ready_ends_as_usual(kubexit: Kubexit) -> None:
    """A command that exits before it was ready ends as one without a probe."""
    finished = kubexit.run("sh", "-c", "exit 3", READY_FILE="/no/such/file", READY_PERIOD="10ms")

    assert finished.code == 3
    assert "Ready" not in (kubexit.tombstone() or {})


@pytest.mark.behaviour("graveyard-source-asks-no-api")
def test_a_chain_starts_in_order(kubexit: Kubexit) -> None:
    """A chain of three containers starts in its order."""
    app = waiting(kubexit, "c", BIRTH_DEPS="b", BIRTH_SOURCE="graveyard")
    b_file = kubexit.folder / "b.ready"
    b = kubexit.start(
        kubexit.program(), "ready-then-wait", name="b", BIRTH_DEPS="a", BIRTH_SOURCE="graveyard",
        READY_FILE=str(b_file), READY_PERIOD="10ms",
    )  # fmt: skip
    _, a_file = probed(kubexit, "a")
    assert (b.stdout, app.stdout) == ("", "")
    a_file.touch()
    b.wait_line("READY")
    assert app.stdout == ""
    b_file.touch()

    assert app.wait() == 0
    assert app.stdout == "BORN\n"
