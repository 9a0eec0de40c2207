"""KUBEXIT_READY_EXEC: the command is ready when another one, the probe, succeeds."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from harness import processes
from harness.containers import lines, running, waiting
from harness.kubexit import Kubexit
from harness.probes import probe, starts
from harness.processes import next_look
from harness.waiting import eventually

pytestmark = pytest.mark.behaviour("readiness-probe-process")


def test_the_first_success_is_readiness(kubexit: Kubexit) -> None:
    """The first probe comes at once; with its success there is no second one."""
    script = probe(kubexit, "exit 0")
    db = running(kubexit, "db", READY_EXEC=script, READY_PERIOD="1h")
    kubexit.wait_tombstone("db", "Ready")

    assert starts(script) == 1
    assert processes.children(db.pid) == [db.command_pid()]


@pytest.mark.parametrize("failure", ["exit 1", "exit 255", "kill -KILL $$", "kill -TERM $$"])
def test_a_failed_probe_is_tried_again(kubexit: Kubexit, failure: str) -> None:
    """A probe that fails in any way is tried again after the period; until it succeeds there is no Ready."""
    go = kubexit.folder / "go"
    script = probe(kubexit, f"test -e {go} || {failure}")
    db = running(kubexit, "db", READY_EXEC=script, READY_PERIOD="10ms")
    eventually(lambda: starts(script) >= 3, "it was tried three times")
    assert "Ready" not in kubexit.wait_tombstone("db", "Born")
    go.touch()

    kubexit.wait_tombstone("db", "Ready")
    assert lines(db.stderr, "warn") == []


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("{} a  b\tc ", ["a", "b", "c"]),
        (" {} $HOME * a;b it's", ["$HOME", "*", "a;b", "it's"]),
        ("{}\n-h\n/run/é", ["-h", "/run/é"]),
        ("{}" + " x" * 59, ["x"] * 59),
    ],
)
def test_the_setting_is_split_without_a_shell(kubexit: Kubexit, setting: str, words: list[str]) -> None:
    """The setting is split at blanks, without a shell, and is not changed otherwise."""
    script = kubexit.folder / "p"
    script.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {script}.words\n')
    script.chmod(0o755)
    running(kubexit, "db", READY_EXEC=setting.format(script))
    kubexit.wait_tombstone("db", "Ready")

    assert Path(f"{script}.words").read_text().splitlines() == words


def test_the_probe_is_found_along_path(kubexit: Kubexit) -> None:
    """A name without a slash is found along the command's PATH."""
    script = probe(kubexit, "exit 0")
    running(kubexit, "db", READY_EXEC="probe", env={"PATH": f"/nowhere:{script.parent}:/bin"})

    kubexit.wait_tombstone("db", "Ready")


@pytest.mark.parametrize(("name", "code"), [("no-such-probe", 127), ("/etc/passwd", 126), ("./", 126)])
def test_cannot_be_executed(kubexit: Kubexit, name: str, code: int) -> None:
    """A probe that cannot be executed makes one warning, and does no harm to the command."""
    db = running(kubexit, "db", READY_EXEC=name, READY_PERIOD="10ms", LOG_LEVEL="debug")
    db.wait_line(f"readiness probe exited with {code}", "stderr", count=3)

    (line,) = lines(db.stderr, "warn")
    assert f"KUBEXIT_READY_EXEC: cannot execute {name} (exit code {code})" in line
    assert "Ready" not in (kubexit.tombstone("db") or {})


def test_a_probe_can_be_installed_later(kubexit: Kubexit) -> None:
    """A probe that is put in place later succeeds then."""
    path = kubexit.folder / "probe"
    db = running(kubexit, "db", READY_EXEC=path, READY_PERIOD="10ms")
    db.wait_line("cannot execute", "stderr")
    draft = probe(kubexit, "exit 0").rename(path.with_name("draft"))
    draft.rename(path)

    kubexit.wait_tombstone("db", "Ready")


def test_one_at_a_time(kubexit: Kubexit) -> None:
    """While a probe runs no second one is started, and nothing wakes kubexit for it. Fails when each period does."""
    script = probe(kubexit, "exec sleep 1000")
    db = running(kubexit, "db", READY_EXEC=script, READY_PERIOD="10ms")
    eventually(lambda: starts(script), "it was started")

    eventually(lambda: next_look(db.pid) > 5, "kubexit sleeps")
    assert starts(script) == 1


def test_the_probe_prints_nothing(kubexit: Kubexit) -> None:
    """A probe's output does not mix with the command's; the probe has no input."""
    script = probe(kubexit, "echo PROBE; echo PROBE >&2; read line && exit 1; exit 0")
    db = running(kubexit, "db", READY_EXEC=script, stdin=subprocess.PIPE)
    kubexit.wait_tombstone("db", "Ready")
    db.signal(signal.SIGTERM)
    db.wait()

    assert "PROBE" not in db.stdout + db.stderr


def test_at_debug_its_output_is_shown(kubexit: Kubexit) -> None:
    """At debug both outputs of the probe go to stderr."""
    script = probe(kubexit, "echo PROBE ONE; echo PROBE TWO >&2")
    db = running(kubexit, "db", READY_EXEC=script, LOG_LEVEL="debug")
    db.wait_line("^PROBE ONE", "stderr")
    db.wait_line("^PROBE TWO", "stderr")

    assert "PROBE" not in db.stdout


@pytest.mark.behaviour("no-descriptor-inherited", "default-dispositions", "surroundings-unchanged")
def test_the_probe_has_the_commands_surroundings(kubexit: Kubexit, actor: str) -> None:
    """The probe gets the command's environment and umask, no blocked signal, no descriptor of kubexit, a group."""
    script = probe(kubexit, f"{actor} fds; {actor} mask; echo VALUE $VALUE; umask; {actor} stat")
    narrow = {"preexec_fn": lambda: os.umask(0o27)}
    db = running(kubexit, "db", READY_EXEC=script, LOG_LEVEL="debug", env={"VALUE": "1"}, **narrow)
    kubexit.wait_tombstone("db", "Ready")
    said = db.stderr.splitlines()

    assert [line for line in said if line.startswith("fd ")] == ["fd 0", "fd 1", "fd 2"]
    assert [line for line in said if line.startswith("blocked")] == []
    assert "VALUE 1" in said
    assert "0027" in said
    assert f"pgid={os.getpgid(db.pid)}" not in said


@pytest.mark.behaviour("graveyard-source-asks-no-api")
def test_readiness_starts_a_waiting_container(kubexit: Kubexit) -> None:
    """A container that waits for readiness in the graveyard starts then: no API, no rights."""
    go = kubexit.folder / "go"
    script = probe(kubexit, f"test -e {go}")
    app = waiting(kubexit, BIRTH_DEPS="db", BIRTH_SOURCE="graveyard", LOG_LEVEL="debug", POLL_INTERVAL="0")
    running(kubexit, "db", READY_EXEC=script, READY_PERIOD="10ms")
    app.wait_line("db: born, not ready", stream="stderr")
    assert "command started" not in app.stderr
    go.touch()

    assert app.wait() == 0
    assert app.stdout == "BORN\n"
