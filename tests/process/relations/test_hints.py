"""Hints at mistakes in a manifest: one line says what is probably wrong."""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest

from harness.containers import lines, running
from harness.kubexit import PATH, PID_NAMESPACE, Kubexit, pid_namespace_refused
from harness.world import namespaces

pytestmark = pytest.mark.behaviour("hints-at-mistakes")


@pytest.mark.parametrize(
    ("command", "hint"),
    [
        (["python3 /app/batch.py"], "one word with blanks"),
        (["nosuch", "a b"], "not found in PATH"),
        (["--", "-c", "echo"], "replaces the ENTRYPOINT"),
    ],
)
def test_a_command_that_cannot_be_right(kubexit: Kubexit, command: list[str], hint: str) -> None:
    """One word with blanks, and an option in place of a program, are explained; the code stays 127."""
    finished = kubexit.run(*command)

    assert finished.code == 127
    (line,) = lines(finished.stderr, "error")
    assert hint in line


def test_an_option_as_the_command(kubexit: Kubexit) -> None:
    """An option of one letter as the first argument: the image's ENTRYPOINT was forgotten."""
    finished = kubexit.run("-c", "echo x")

    assert finished.code == 2
    assert "replaces the ENTRYPOINT of the image" in finished.stderr


@pytest.mark.parametrize(
    "probe",
    [
        *("pg_isready && true", "sh -c 'test -e /x'", 'psql -c "select 1"', "a | b", "a; b", "a > /dev/null"),
        *("a&&b", "test -e /x&& b", "a||b", "a ||b", "a >/dev/null", "a 2>/dev/null", "a &>/x", "a >>/x", "a 1>&2"),
    ],
)
def test_a_probe_that_needs_a_shell(kubexit: Kubexit, probe: str) -> None:
    """Quotes and operators of a shell in KUBEXIT_READY_EXEC are refused."""
    finished = kubexit.run("true", READY_EXEC=probe)

    assert finished.code == 2
    assert "KUBEXIT_READY_EXEC" in finished.stderr
    assert "needs a shell" in finished.stderr


@pytest.mark.parametrize(
    "probe",
    [
        *(
            "grep -q it's /x",
            "redis-cli -e ping",
            "test -e /R&D",
            "grep a|b /x",
            "test 3 >=2",
            "curl http://h/?a=1&b=2",
        ),
        *("curl http://h/?a=1&&b=2", "test -e a>b", "expr 1>2"),
    ],
)
def test_a_probe_that_needs_none(kubexit: Kubexit, probe: str) -> None:
    """Such letters within a word are arguments."""
    assert kubexit.run("true", READY_EXEC=probe).code == 0


@pytest.mark.behaviour("all-settings-errors-are-reported")
@pytest.mark.parametrize("option", ["--statsu", "-x"])
def test_an_option_that_a_person_mistyped(kubexit: Kubexit, option: str) -> None:
    """Without KUBEXIT_NAME one line is about the option, and none about settings. With it, each mistake has a line."""
    typed = kubexit.run(option, name=None)
    set_up = kubexit.run(option, GRACE_PERIOD="30")

    assert (typed.code, set_up.code) == (2, 2)
    (line,) = typed.stderr.splitlines()
    assert f"option {option} is unknown or wrong" in line
    assert len(set_up.stderr.splitlines()) == 2


def test_a_volume_that_is_read_only(kubexit: Kubexit) -> None:
    """A read-only volume is named by its mount."""
    namespaces.require_mounts()
    kubexit.graveyard.mkdir()
    world = namespaces.private_mounts(namespaces.read_only(kubexit.graveyard))
    finished = kubexit.run("true", preexec_fn=world)

    assert finished.code == 73
    assert "readOnly" in finished.stderr or "volumeMounts" in finished.stderr
    assert str(kubexit.graveyard) in finished.stderr


def test_a_folder_of_another_user(kubexit: Kubexit) -> None:
    """A folder that this user cannot write to: the line names the mount, or fsGroup if a volume is mounted there."""
    (program,) = kubexit.open_to_all(kubexit.path)
    kubexit.graveyard.chmod(0o755)
    shared = Path(tempfile.mkdtemp(prefix="kubexit-", dir="/dev/shm"))
    shared.chmod(0o755)
    try:
        missing = kubexit.under(program).run("true", preexec_fn=lambda: os.setuid(65534))
        mounted = kubexit.under(program).run("true", GRAVEYARD=shared, preexec_fn=lambda: os.setuid(65534))
    finally:
        shutil.rmtree(shared)

    assert (missing.code, mounted.code) == (73, 73)
    assert f"is the shared volume mounted at {kubexit.graveyard} (volumeMounts)?" in missing.stderr
    assert "user 65534 may not write" in mounted.stderr
    assert "fsGroup" in mounted.stderr


def test_a_graveyard_that_no_volume_holds(kubexit: Kubexit) -> None:
    """A graveyard on the file system of / is the likely cause if no other container is in it; in a volume it is not."""
    if kubexit.folder.stat().st_dev != Path("/").stat().st_dev:
        pytest.skip("ONE FILE SYSTEM NOT TESTED: the folder of the tests is on another one than /")
    shared = Path(tempfile.mkdtemp(prefix="kubexit-", dir="/dev/shm"))
    try:
        lonely = kubexit.run("true", BIRTH_DEPS="db:born", BIRTH_TIMEOUT="50ms")
        volume = kubexit.run("true", BIRTH_DEPS="db:born", BIRTH_TIMEOUT="50ms", GRAVEYARD=shared)
    finally:
        shutil.rmtree(shared)
    kubexit.carve("other", Born=True)
    among = kubexit.run("true", BIRTH_DEPS="db:born", BIRTH_TIMEOUT="50ms")

    assert "mount the shared volume there" in lonely.stderr
    assert "mount the shared volume" not in volume.stderr + among.stderr


@pytest.mark.parametrize("shell", [True, False])
def test_a_shell_as_pid_1(kubexit: Kubexit, shell: bool) -> None:
    """A shell between PID 1 and kubexit is named, since it forwards no SIGTERM; after exec no shell is left."""
    if refused := pid_namespace_refused():
        pytest.skip(f"PID NAMESPACES NOT TESTED: none can be made here: {refused}")
    exe = "" if shell else "exec "
    script = f"{exe}{kubexit.path} true; exit 0" if shell else f"{exe}{kubexit.path} true"
    environment = {"PATH": PATH, "KUBEXIT_NAME": "main", "KUBEXIT_GRAVEYARD": str(kubexit.graveyard)}
    line = [*PID_NAMESPACE, "sh", "-c", script]
    done = subprocess.run(line, capture_output=True, text=True, env=environment, timeout=60, check=True)

    assert ("is PID 1 and the parent of kubexit" in done.stderr) == shell


@pytest.mark.behaviour("kubexit-in-kubexit")
def test_a_second_container_with_the_name(kubexit: Kubexit) -> None:
    """A second container with a living name: one warning says that its dependencies are ignored."""
    first = running(kubexit, "main")
    second = kubexit.run("true", pid1=True, DEATH_DEPS="db")

    assert second.code == 0
    (line,) = lines(second.stderr, "warn")
    assert "main is already alive" in line
    assert "dependencies and the readiness probe are ignored" in line
    first.signal(signal.SIGTERM)
    assert first.wait() == 0


def test_a_probe_under_an_inherited_name(kubexit: Kubexit) -> None:
    """kubexit inside a container whose PID 1 is kubexit says the same at info only."""
    finished = kubexit.run(kubexit.path, "true", pid1=True)

    assert finished.code == 0
    assert lines(finished.stderr, "warn") == []
    assert len([line for line in lines(finished.stderr, "info") if "was started inside that container" in line]) == 1
