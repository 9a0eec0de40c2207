"""The waiter: a child that answers with its exit code whether the containers are ready."""

import fcntl
import os
import signal
import struct
import termios
from pathlib import Path
from typing import Any

import pytest

from harness import processes
from harness.containers import running
from harness.kubexit import Kubexit
from harness.supervised import Supervised
from harness.waiters import Waiter
from harness.waiting import eventually

pytestmark = pytest.mark.every_form

POD = {"POD_NAME": "pod-1", "NAMESPACE": "ns-1"}
VERDICTS = [(2, 2), (69, 69), (77, 77), (70, 70), (1, 70), (127, 70), (143, 70)]


def acting(kubexit: Kubexit, *exits: str) -> Waiter:
    """Make a waiter that writes READY and its signals to stderr, and exits at the signals that it is given."""
    options = " ".join(f"--exit {pair}" for pair in exits)
    return Waiter(kubexit.folder, f"exec {kubexit.program()} ready-then-wait {options} >&2")


def start(kubexit: Kubexit, waiter: Waiter, **settings: Any) -> Supervised:
    settings = {"BIRTH_DEPS": "db", "BIRTH_TIMEOUT": "infinite", **POD, **settings}
    return kubexit.start("echo", "BORN", name="app", waiter=waiter, **settings)


@pytest.mark.behaviour("ready-needs-no-event")
def test_verdict_zero_starts_the_command(kubexit: Kubexit) -> None:
    """The waiter's exit code 0 starts the command."""
    app = start(kubexit, Waiter(kubexit.folder, "exit 0"))

    assert app.wait() == 0
    assert app.stdout == "BORN\n"


@pytest.mark.parametrize(
    ("deps", "asked"),
    [
        ("db", "db"),
        ("db, cache ,db", "db cache"),
        ("db?", "db?"),
        ("*", "*"),
        ("db,*,cache?", "db cache? *"),
        ("db,seed:succeeded,seed", "db seed"),
        ("db:ready", "db"),
    ],
)
def test_the_waiter_is_told_what_to_wait_for(kubexit: Kubexit, deps: str, asked: str) -> None:
    """The waiter gets the pod, the namespace, kubexit's name, and the containers to wait for."""
    waiter = Waiter(kubexit.folder, "exit 69")
    start(kubexit, waiter, BIRTH_DEPS=deps).wait()

    assert waiter.starts == [f"--pod pod-1 --namespace ns-1 --name app {asked}"]


def test_the_longest_name_arrives_whole(kubexit: Kubexit) -> None:
    """A name of 240 bytes that may be absent reaches the waiter whole."""
    waiter = Waiter(kubexit.folder, "exit 69")
    start(kubexit, waiter, BIRTH_DEPS="x" * 240 + "?,db").wait()

    assert waiter.starts[0].split()[-2:] == ["x" * 240 + "?", "db"]


def test_no_waiter_starts_without_need(kubexit: Kubexit) -> None:
    """Without a dependency on readiness the waiter is not started."""
    waiter = Waiter(kubexit.folder, "exit 1")
    kubexit.carve("db", Born=True)

    assert start(kubexit, waiter, BIRTH_DEPS="db:born").wait() == 0
    assert waiter.starts == []


@pytest.mark.behaviour("every-exit-writes-a-death", "codes-of-kubexit")
@pytest.mark.parametrize(("verdict", "code"), VERDICTS)
def test_any_nonzero_verdict_ends_the_wait(kubexit: Kubexit, verdict: int, code: int) -> None:
    """Any other code ends the wait at once, even with `start`, which is only for the deadline.

    tests/process/tombstone/test_every_path.py has the same verdicts without the setting.
    """
    app = start(kubexit, Waiter(kubexit.folder, f"exit {verdict}"), BIRTH_ON_TIMEOUT="start")

    assert app.wait() == code
    assert app.stdout == ""


@pytest.mark.behaviour("every-exit-writes-a-death", "reason-of-the-waiter")
@pytest.mark.parametrize("verdict", [2, 69, 77, 70])
def test_a_refusal_gives_its_reason(kubexit: Kubexit, verdict: int) -> None:
    """The waiter's stdout is the reason, in the tombstone and in the log: its first line, cut."""
    body = f"echo 'no container nevr in this pod'; echo more; head -c 3000 /dev/zero; exit {verdict}"
    app = start(kubexit, Waiter(kubexit.folder, body))

    assert app.wait() == verdict
    reason = (kubexit.tombstone("app") or {})["Reason"]
    assert reason.endswith(": db: no container nevr in this pod")
    assert reason in app.stderr


def unread(pid: int) -> int:
    """How many bytes a process has written to its stdout, a pipe, that were not read yet."""
    with open(f"/proc/{pid}/fd/1", "rb", buffering=0) as pipe:
        return int(struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)))[0])


@pytest.mark.behaviour("reason-of-the-waiter", "death-source-kubernetes")
@pytest.mark.parametrize("said", ["", "echo all is well;"])
def test_the_end_of_the_waiter_leaves_the_watcher_its_reason(kubexit: Kubexit, said: str) -> None:
    """The reason of the watcher stays in the tombstone if the waiter ends with its verdict in between."""
    folder = kubexit.folder
    body = f"""
case "$*" in
*--deaths*)
    echo '! no right to watch'
    echo $$ > {folder}/watcher
    until [ -e {folder}/collected ]; do sleep 0.01; done
    exit 77
esac
until [ -e {folder}/read ]; do sleep 0.01; done
{said} exit 0"""
    app = start(kubexit, Waiter(folder, body), DEATH_DEPS="main", DEATH_SOURCE="kubernetes")
    eventually(lambda: (folder / "watcher").exists() and (folder / "watcher").read_text() != "", "the watcher")
    watcher = int((folder / "watcher").read_text())
    eventually(lambda: unread(watcher) == 0, "its reason was read")
    (folder / "read").touch()
    eventually(lambda: processes.children(app.pid) == [watcher], "the waiter was collected")
    (folder / "collected").touch()

    assert app.wait() == 77
    assert (kubexit.tombstone("app") or {})["Reason"].endswith(": db: no right to watch")


def test_words_of_an_agreement_are_ignored(kubexit: Kubexit) -> None:
    """The waiter's output when all is ready is not read, and does not reach the command's output."""
    app = start(kubexit, Waiter(kubexit.folder, "echo all is well"))

    assert app.wait() == 0
    assert app.stdout == "BORN\n"
    assert "Reason" not in (kubexit.tombstone("app") or {})


def test_a_killed_waiter_names_the_memory_limit(kubexit: Kubexit) -> None:
    """A waiter that gets SIGKILL may be too large for the container's memory limit, and the line says so."""
    waiter = Waiter(kubexit.folder, "[ -e killed ] || { touch killed; kill -KILL $$; }")
    app = start(kubexit, waiter, cwd=kubexit.folder)

    assert app.wait() == 0
    assert "SIGKILL ended the waiter; starting it again; is the container's memory limit too low for it?" in app.stderr


@pytest.mark.behaviour("nothing-of-the-wait-remains")
def test_gone_before_the_command(kubexit: Kubexit) -> None:
    """The waiter is gone, and collected, when the command starts."""
    pid = kubexit.folder / "pid"
    waiter = Waiter(kubexit.folder, f"echo $$ > {pid}")
    app = kubexit.start("sh", "-c", f"ls -d /proc/$(cat {pid})", waiter=waiter, name="app", BIRTH_DEPS="db", **POD)

    assert app.wait() != 0
    assert app.stdout == ""


@pytest.mark.behaviour("no-descriptor-inherited", "nothing-of-the-wait-remains")
def test_the_waiter_inherits_no_descriptor(kubexit: Kubexit) -> None:
    """The waiter has no descriptor of kubexit, with any kind of dependency."""
    running(kubexit, "main")
    app = start(kubexit, Waiter(kubexit.folder, f"exec {kubexit.program()} fds >&2"), DEATH_DEPS="main")
    app.wait()

    assert [line for line in app.stderr.splitlines() if line.startswith("fd ")] == ["fd 0", "fd 1", "fd 2"]


@pytest.mark.behaviour("default-dispositions")
def test_the_waiter_starts_with_nothing_blocked(kubexit: Kubexit) -> None:
    """The waiter starts with nothing blocked, although kubexit blocks all signals."""
    app = start(kubexit, Waiter(kubexit.folder, f"exec {kubexit.program()} mask >&2"))
    app.wait()

    assert "blocked" not in app.stderr


@pytest.mark.behaviour("parent-death-kills-command")
def test_dies_with_us(kubexit: Kubexit) -> None:
    """The waiter does not outlive a supervisor that is killed."""
    app = start(kubexit, acting(kubexit))
    app.wait_line("^READY", stream="stderr")
    (waiter,) = processes.children(app.pid)
    app.kill()

    eventually(lambda: not processes.alive(waiter), "the waiter is gone")


@pytest.mark.behaviour("dead-before-start", "death-during-birth-wait")
def test_death_ends_it(kubexit: Kubexit) -> None:
    """A death during the wait ends the waiter before kubexit exits."""
    app = start(kubexit, acting(kubexit, "TERM=0"), DEATH_DEPS="main")
    app.wait_line("^READY", stream="stderr")
    (waiter,) = processes.children(app.pid)
    kubexit.carve("main", Died=True, ExitCode=0)

    assert app.wait() == 0
    assert app.stdout == ""
    assert not Path(f"/proc/{waiter}").exists()
    assert "SIGNAL TERM" in app.stderr


@pytest.mark.behaviour("other-stop-signals", "signal-during-birth-wait")
@pytest.mark.parametrize("number", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_signal_ends_it(kubexit: Kubexit, number: str) -> None:
    """A signal ends the waiter too; its late verdict changes nothing."""
    app = start(kubexit, acting(kubexit, "TERM=0"))
    app.wait_line("^READY", stream="stderr")
    app.signal(getattr(signal, number))

    assert app.wait() == 128 + getattr(signal, number)
    assert app.stdout == ""


@pytest.mark.behaviour("signal-during-birth-wait")
def test_signal_while_it_is_deaf(kubexit: Kubexit) -> None:
    """A waiter that ignores SIGTERM delays the end by half a second at most."""
    app = start(kubexit, acting(kubexit))
    app.wait_line("^READY", stream="stderr")
    app.signal(signal.SIGTERM)

    assert app.wait(timeout=5) == 143


@pytest.mark.behaviour("ready-needs-no-event", "all-ready-at-once", "graveyard-source-asks-no-api")
@pytest.mark.parametrize("first", ["api", "graveyard"])
def test_api_and_graveyard_are_needed_together(kubexit: Kubexit, first: str) -> None:
    """Readiness from the API and states from the graveyard are needed together, in any order."""
    waiter = acting(kubexit, "USR1=0")
    app = start(kubexit, waiter, BIRTH_DEPS="db,migrate:succeeded", LOG_LEVEL="debug")
    app.wait_line("^READY", stream="stderr")
    (pid,) = processes.children(app.pid)
    if first == "api":
        os.kill(pid, signal.SIGUSR1)
        eventually(lambda: processes.children(app.pid) == [], "the verdict is taken")
        assert "BORN" not in app.stdout
        kubexit.carve("migrate", Died=True, ExitCode=0)
        # What the API showed before is out of date: it is asked again.
        app.wait_line("^READY", stream="stderr", count=2)
        assert "BORN" not in app.stdout
        (pid,) = processes.children(app.pid)
        os.kill(pid, signal.SIGUSR1)
    else:
        kubexit.carve("migrate", Died=True, ExitCode=0)
        app.wait_line("migrate: died", stream="stderr")
        assert "BORN" not in app.stdout
        os.kill(pid, signal.SIGUSR1)

    assert app.wait() == 0
    assert app.stdout == "BORN\n"
    assert len(waiter.starts) == (2 if first == "api" else 1)


@pytest.mark.behaviour("codes-of-kubexit", "no-service-account")
@pytest.mark.parametrize("broken", ["missing", "not executable", "no interpreter"])
def test_cannot_be_started(kubexit: Kubexit, broken: str) -> None:
    """If the waiter cannot be started, kubexit exits with 70 and a line that says so."""
    waiter = Waiter(kubexit.folder, "exit 0")
    if broken == "missing":
        waiter.path.unlink()
    elif broken == "not executable":
        waiter.path.chmod(0o644)
    else:
        waiter.path.write_text("#!/no/such/interpreter\n")
    app = start(kubexit, waiter)

    assert app.wait() == 70
    assert str(waiter.path) in app.stderr


@pytest.mark.behaviour("log-lines")
def test_its_output_is_not_the_commands(kubexit: Kubexit) -> None:
    """The waiter's stdout does not appear in the command's output."""
    app = start(kubexit, Waiter(kubexit.folder, "echo CHATTER"))
    app.wait()

    assert app.stdout == "BORN\n"


@pytest.mark.behaviour("surroundings-unchanged")
def test_the_waiter_has_the_containers_environment(kubexit: Kubexit) -> None:
    """The waiter has the container's environment, with the service account's variables."""
    waiter = Waiter(kubexit.folder, 'echo "HOST=$KUBERNETES_SERVICE_HOST" >&2')
    env = {"KUBERNETES_SERVICE_HOST": "fd00::1"}
    app = kubexit.start("true", name="app", waiter=waiter, env=env, BIRTH_DEPS="db", **POD)
    app.wait()

    assert "HOST=fd00::1" in app.stderr


@pytest.mark.behaviour("pid-1-reaps-orphans", "orphans-keep-command-status")
def test_orphans_of_the_waiter_do_no_harm(kubexit: Kubexit) -> None:
    """Processes that the waiter leaves behind do not confuse kubexit."""
    app = start(kubexit, Waiter(kubexit.folder, "(exit 5) & (exit 6) &\nexit 0"))

    assert app.wait() == 0
    assert app.stdout == "BORN\n"
