"""One system call on signals, children or /proc fails: nothing hangs, and nothing is claimed that did not happen."""

import time
from collections.abc import Callable

import pytest

from harness.containers import running
from harness.kubexit import Kubexit
from harness.servers.webserver import WebServer
from harness.stepper import Before, Stepper
from harness.world import namespaces

Steps = Callable[..., Stepper]

OPEN = "open,openat"


@pytest.mark.behaviour("every-exit-writes-a-death", "failed-call-is-no-answer")
def test_signals_that_cannot_be_blocked_are_a_death(kubexit: Kubexit, steps: Steps) -> None:
    """Signals that are not blocked cannot be read: nothing starts; the code is 70, and a death says why.

    Fails when the error is ignored: then the end of the command is never seen.
    """
    finished = kubexit.run("echo", "BORN", steps=steps(Before("rt_sigprocmask", action="EPERM")))

    assert (finished.code, finished.stdout) == (70, "")
    assert "cannot read signals: rt_sigprocmask" in (kubexit.tombstone() or {})["Reason"]


@pytest.mark.behaviour("exit-codes-passed-on", "failed-call-is-no-answer")
@pytest.mark.parametrize("error", ["EINTR", "ECHILD", "EPERM"])
def test_an_end_that_cannot_be_collected_is_collected_later(kubexit: Kubexit, steps: Steps, error: str) -> None:
    """If waitpid fails at the command's end, kubexit tries again: the signal of its end does not come twice."""
    collects = steps(Before("wait4", action=error))
    finished = kubexit.run("sh", "-c", "exit 3", steps=collects, timeout=9)

    collects.reached()
    assert finished.code == 3


@pytest.mark.behaviour("refused-ppoll-exits-with-70", "failed-call-is-no-answer")
def test_refused_waitpid_exits_with_70(kubexit: Kubexit, steps: Steps) -> None:
    """If the system refuses waitpid, nothing can be supervised: kubexit exits with 70, and a death says why."""
    finished = kubexit.run("true", steps=steps(Before("wait4", count=0, action="EPERM")), timeout=9)

    assert finished.code == 70
    assert "cannot wait for events: wait4" in (kubexit.tombstone() or {})["Reason"]


@pytest.mark.behaviour("left-over-processes-stopped", "log-says-what-happened")
@pytest.mark.parametrize(
    "at",
    [
        Before(OPEN, "stat", count=0, action="EMFILE"),
        Before("getdents64", "proc", count=0, action="EIO"),
        Before(OPEN, "proc", count=0, action="EMFILE"),
    ],
    ids=["stat", "listing", "folder"],
)
def test_left_over_processes_that_cannot_be_found_are_reported(
    kubexit: Kubexit, actor: str, steps: Steps, at: Before
) -> None:
    """If /proc cannot be read, the log says that some processes may not be found, and kubexit exits all the same."""
    finished = kubexit.run(
        actor, "leave", "1", "--exit", "3", fence=True, ORPHAN_GRACE_PERIOD="1h", steps=steps(at), timeout=9
    )

    assert finished.code == 3
    assert "cannot read /proc" in finished.stderr
    assert "may not be found" in finished.stderr


@pytest.mark.behaviour("left-over-processes-stopped", "log-says-what-happened")
@pytest.mark.parametrize("refused", [True, False])
def test_sigkill_is_logged_if_it_was_sent(kubexit: Kubexit, actor: str, refused: bool) -> None:
    """The log claims a SIGKILL to processes that the command left behind only if one was sent."""
    namespaces.require_root()
    other = ["as-user", "10003"] if refused else []
    finished = kubexit.run(
        actor, *other, "leave", "1", "--ignore", "--exit", "3",
        preexec_fn=namespaces.no_capability_to_signal, fence=True, ORPHAN_GRACE_PERIOD="100ms",
    )  # fmt: skip

    assert finished.code == 3
    assert ("sent SIGKILL to processes" in finished.stderr) is not refused
    assert ("cannot signal 1 process that" in finished.stderr) is refused


@pytest.mark.behaviour("quit-processes-by-name", "log-says-what-happened")
@pytest.mark.parametrize(
    "at",
    [Before(OPEN, "comm", count=0, action="EMFILE"), Before("getdents64", "proc", count=0, action="EIO")],
    ids=["name", "listing"],
)
def test_processes_whose_names_cannot_be_read_are_reported(kubexit: Kubexit, steps: Steps, at: Before) -> None:
    """If names of processes cannot be read, the log does not claim that no process has one of them."""
    finished = kubexit.run("true", fence=True, QUIT_PROCESSES="envoy", steps=steps(at))

    assert finished.code == 0
    assert "cannot read the names of all processes in /proc" in finished.stderr
    assert "no process is named" not in finished.stderr


@pytest.mark.behaviour("installs-itself", "failed-call-is-no-answer")
@pytest.mark.single_file
def test_a_copy_that_cannot_be_closed_is_not_used(kubexit: Kubexit, steps: Steps) -> None:
    """A file system without fsync(2) may report a loss at close(2) only: the older file stays."""
    shared = kubexit.folder / "shared"
    shared.mkdir()
    (shared / "kubexit").write_text("older")
    fails = steps(Before("fsync", action="EINVAL"), Before("close", ".kubexit.install-*", action="EIO"))
    finished = kubexit.run(options=["--install", shared], name=None, GRAVEYARD=None, steps=fails)

    assert finished.code == 73
    assert (shared / "kubexit").read_text() == "older"
    assert [path.name for path in shared.iterdir()] == ["kubexit"]


@pytest.mark.behaviour("installs-itself", "log-says-what-happened")
@pytest.mark.single_file
def test_a_file_that_cannot_be_read_is_named(kubexit: Kubexit, steps: Steps) -> None:
    """If the running file cannot be read, the message does not claim that it is another kind of kubexit."""
    shared = kubexit.folder / "shared"
    finished = kubexit.run(
        options=["--install", shared], name=None, GRAVEYARD=None, steps=steps(Before("pread64", action="EIO"))
    )

    assert finished.code == 70
    assert "cannot read the running file" in finished.stderr


@pytest.mark.behaviour("every-exit-writes-a-death", "failed-call-is-no-answer")
@pytest.mark.parametrize("call", ["ppoll", "wait4", "poll", "inotify_init1", "prctl"])
def test_one_interrupted_call_changes_nothing(kubexit: Kubexit, steps: Steps, call: str) -> None:
    """A call that is interrupted once (EINTR) changes neither the code nor the tombstone."""
    main = running(kubexit, "main", "TERM=5", DEATH_DEPS="db", steps=steps(Before(call, action="EINTR")))
    kubexit.carve("db", Born=True, Died=True, ExitCode=0)

    assert main.wait() == 5
    assert (kubexit.tombstone() or {})["ExitCode"] == 5


@pytest.mark.behaviour("quit-requests", "failed-call-is-no-answer")
@pytest.mark.parametrize("error", ["EAGAIN", "ENOMEM"])
def test_a_quit_request_without_a_process_is_tried_again(
    kubexit: Kubexit, steps: Steps, web: Callable[..., WebServer], error: str
) -> None:
    """If no process can be made for a moment, the sidecar is asked a little later: else it would keep the pod alive."""
    server = web()
    finished = kubexit.run(
        "sh", "-c", "exit 3", QUIT_POST=server.url("/"), steps=steps(Before("fork,clone", "", 1, error))
    )

    assert finished.code == 3
    assert len(server.requests) == 1
    assert "cannot start a process for a quit request" not in finished.stderr


@pytest.mark.behaviour("quit-requests", "log-says-what-happened")
def test_a_quit_request_that_never_gets_a_process_is_logged(
    kubexit: Kubexit, steps: Steps, web: Callable[..., WebServer]
) -> None:
    """If no process can be made at all, kubexit says so after a second, and exits with the code of the command."""
    server = web()
    urls = f"{server.url('/one')},{server.url('/two')}"
    began = time.monotonic()
    finished = kubexit.run("sh", "-c", "exit 3", QUIT_POST=urls, steps=steps(Before("fork,clone", "", 0, "EAGAIN")))

    assert (finished.code, server.requests) == (3, [])
    assert finished.stderr.count("cannot start a process for a quit request") == 2
    assert 1 <= time.monotonic() - began < 5
