"""If kubexit itself ends the run, it writes one line with the reason to /dev/termination-log."""

import os
from pathlib import Path

import pytest

from harness.containers import running, waiting
from harness.kubexit import Kubexit
from harness.world import namespaces
from harness.world.namespaces import Step


@pytest.fixture
def log(kubexit: Kubexit) -> Path:
    """The file that is at /dev/termination-log in the container's world."""
    namespaces.require_mounts()
    devices = kubexit.folder / "dev"
    devices.mkdir()
    for name in ("null", "zero"):
        (devices / name).touch()
    file = devices / "termination-log"
    file.touch()
    return file


def world(log: Path) -> Step:
    """Make a private /dev with few files."""
    devices = log.parent
    links = [namespaces.bind(Path("/dev", name), devices / name) for name in ("null", "zero")]
    return namespaces.private_mounts(
        *links, lambda: namespaces.mount(str(devices), "/dev", "none", namespaces.MS_BIND | namespaces.MS_REC)
    )


def carved_reason(kubexit: Kubexit, name: str = "main") -> str:
    return (kubexit.tombstone(name) or {})["Reason"]


@pytest.mark.behaviour("every-exit-writes-a-death")
@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"GRACE_PERIOD": "30"}, 2),
        ({"BIRTH_DEPS": "never:born", "BIRTH_TIMEOUT": "0"}, 69),
        ({"DEATH_DEPS": "dead"}, 0),
        ({"DEATH_DEPS": "dead", "BIRTH_DEPS": "dead:born"}, 69),
    ],
    ids=["settings", "timeout", "dead", "dead and awaited"],
)
def test_the_line_is_the_reason(kubexit: Kubexit, log: Path, settings: dict[str, str], code: int) -> None:
    """The line is the reason in the tombstone."""
    kubexit.carve("dead", Died=True, ExitCode=1)
    finished = kubexit.run("echo", "BORN", preexec_fn=world(log), **settings)

    assert finished.code == code
    assert log.read_text() == f"kubexit: {carved_reason(kubexit)}\n"


@pytest.mark.behaviour("codes-of-kubexit")
def test_an_unexecutable_command_is_named(kubexit: Kubexit, log: Path) -> None:
    """A command that cannot be executed is named."""
    kubexit.run("/no/such/command", preexec_fn=world(log))

    assert "/no/such/command" in log.read_text()


@pytest.mark.behaviour("graveyard-not-a-folder", "codes-of-kubexit")
def test_an_unusable_graveyard_is_named(kubexit: Kubexit, log: Path) -> None:
    """An unusable graveyard, in which no tombstone can be written, is reported here."""
    kubexit.graveyard.write_text("")
    kubexit.run("true", preexec_fn=world(log))

    assert str(kubexit.graveyard) in log.read_text()


@pytest.mark.behaviour("living-pod-is-not-cleared")
def test_a_refusal_to_clear_is_named(kubexit: Kubexit, log: Path) -> None:
    """The refusal to clear the graveyard of a living pod is reported here: an init container failed."""
    running(kubexit, "db")
    kubexit.run(options=["--clear", kubexit.graveyard], name=None, GRAVEYARD=None, preexec_fn=world(log))

    assert log.read_text().startswith("kubexit: graveyard ")
    assert "db is alive in it" in log.read_text()


@pytest.mark.behaviour("bad-setting-exits-with-2")
def test_a_missing_name_is_reported(kubexit: Kubexit, log: Path) -> None:
    """A missing name is reported."""
    kubexit.run("true", name=None, preexec_fn=world(log))

    assert "KUBEXIT_NAME" in log.read_text()


@pytest.mark.behaviour("stop-signal-then-sigkill")
def test_a_stop_is_explained_there(kubexit: Kubexit, log: Path) -> None:
    """The line explains a stop of the command for a dependency's death."""
    container = running(kubexit, DEATH_DEPS="main", preexec_fn=world(log))
    kubexit.carve("main", Died=True, ExitCode=1)
    container.wait()

    assert log.read_text() == "kubexit: dependency main died with exit code 1\n"


@pytest.mark.behaviour("signal-during-birth-wait")
def test_signal_during_birth(kubexit: Kubexit, log: Path) -> None:
    """The line explains a birth wait that a signal ended."""
    app = waiting(kubexit, BIRTH_DEPS="db:born", preexec_fn=world(log))
    app.signal(15)
    app.wait()

    assert "TERM" in log.read_text()


@pytest.mark.behaviour("exit-codes-passed-on")
@pytest.mark.parametrize(
    "command", [["true"], ["sh", "-c", "exit 3"], ["sh", "-c", "kill -KILL $$"]], ids=["0", "3", "killed"]
)
def test_a_command_that_ends_writes_its_own(kubexit: Kubexit, log: Path, command: list[str]) -> None:
    """If the command exits by itself, kubexit writes nothing. Shown to fail by a death dependency."""
    kubexit.run(*command, preexec_fn=world(log))

    assert log.read_text() == ""


@pytest.mark.behaviour("exit-codes-passed-on")
def test_a_stop_from_outside_writes_nothing(kubexit: Kubexit, log: Path) -> None:
    """A command that fails at a SIGTERM from outside failed by itself: the log's tail may say why. Its Reason stays."""
    container = running(kubexit, "main", "TERM=9", preexec_fn=world(log))
    container.signal(15)

    assert container.wait() == 9
    assert log.read_text() == ""
    assert "SIGTERM" in carved_reason(kubexit)


@pytest.mark.behaviour("exit-codes-passed-on")
def test_a_failure_before_the_stop_writes_nothing(kubexit: Kubexit, log: Path) -> None:
    """A command that fails by itself while its stop is delayed gets no line: its log's tail may say why."""
    container = running(kubexit, "main", "USR1=3", DEATH_DEPS="db", STOP_DELAY="1m", preexec_fn=world(log))
    kubexit.carve("db", Died=True, ExitCode=1)
    container.wait_line("stopping the command in 1m", stream="stderr")
    container.signal(10)

    assert container.wait() == 3
    assert log.read_text() == ""


@pytest.mark.behaviour("stop-signal-then-sigkill")
def test_the_commands_own_words(kubexit: Kubexit, log: Path) -> None:
    """kubexit does not change what the command wrote there."""
    command = "echo mine > /dev/termination-log; echo READY; exec sleep 60"
    container = kubexit.start("sh", "-c", command, DEATH_DEPS="db", preexec_fn=world(log))
    container.wait_line("READY")
    kubexit.carve("db", Died=True, ExitCode=1)
    container.wait()

    assert log.read_text() == "mine\n"


@pytest.mark.behaviour("links-not-followed")
@pytest.mark.parametrize("kind", ["missing", "folder", "fifo", "read-only"])
def test_a_missing_file_is_not_made(kubexit: Kubexit, log: Path, kind: str) -> None:
    """If the file is missing or no file, nothing is made and nothing hangs."""
    log.unlink()
    if kind == "folder":
        log.mkdir()
    elif kind == "fifo":
        os.mkfifo(log)
    elif kind == "read-only":
        log.write_text("")
        log.chmod(0)
    finished = kubexit.run("true", GRACE_PERIOD="30", preexec_fn=world(log))

    assert finished.code == 2
    assert log.exists() == (kind != "missing")
