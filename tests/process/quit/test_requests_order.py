"""Quit requests come after the death is written and before kubexit lets go of the graveyard."""

import os
import signal
import socket
from collections.abc import Callable
from threading import Event
from typing import Any

import pytest

from harness import processes
from harness.containers import lines, running
from harness.kubexit import Kubexit
from harness.processes import descriptors
from harness.servers import webserver
from harness.servers.webserver import WebServer, status
from harness.stepper import Before, Stepper
from harness.supervised import Supervised
from harness.waiting import eventually

pytestmark = pytest.mark.behaviour("quit-requests")

Web = Callable[..., WebServer]
SIGNALS = [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP]


def is_held(kubexit: Kubexit, name: str = "main") -> bool:
    """Whether a process holds the FIFO of that name, as a peer finds out."""
    try:
        os.close(os.open(kubexit.graveyard / f".{name}.alive", os.O_WRONLY | os.O_NONBLOCK))
    except OSError:
        return False
    return True


def asking(kubexit: Kubexit, server: WebServer, *command: str, **keywords: Any) -> Supervised:
    """A container whose command has ended and whose quit request waits for its answer."""
    container = kubexit.start(*(command or ("true",)), QUIT_POST=server.url(), QUIT_TIMEOUT="1h", **keywords)
    server.wait_asked()
    return container


@pytest.mark.behaviour("only-the-tombstone-remains", "death-before-quit-requests")
@pytest.mark.parametrize("code", [0, 3])
def test_the_death_is_written_before_the_request(kubexit: Kubexit, web: Web, code: int) -> None:
    """The death is on the tombstone when the request arrives, the FIFO still held; afterwards it is gone.

    Fails when the requests come before the death is written, or after the FIFO was let go of.
    """
    server = web(look=lambda: (kubexit.tombstone(), is_held(kubexit)))
    kubexit.run("sh", "-c", f"exit {code}", QUIT_POST=server.url())
    stone, held = server.requests[0].seen

    assert stone["ExitCode"] == code
    assert "Died" in stone
    assert held
    assert os.listdir(kubexit.graveyard) == ["main"]


@pytest.mark.behaviour("death-before-quit-requests")
def test_no_request_starts_before_the_death_is_written(
    kubexit: Kubexit, web: Web, steps: Callable[..., Stepper]
) -> None:
    """When the death is put in place, not even the process of a request has begun.

    Shown to fail when the requests come first: they are so slow that their answers show nothing.
    """
    writes = steps(Before("renameat,renameat2", ".main.tmp", count=2))  # the birth, then the death
    server = web()
    main = running(kubexit, "main", "USR1=0", steps=writes, QUIT_POST=server.url())
    kubexit.wait_tombstone("main", "Born")
    main.signal(signal.SIGUSR1)
    writes.reached()

    assert "Died" not in (kubexit.tombstone() or {})
    assert processes.children(main.pid) == []
    writes.resume()
    assert main.wait() == 0
    assert len(server.requests) == 1


@pytest.mark.behaviour("exit-after-death-is-written", "death-before-quit-requests")
def test_peers_do_not_wait(kubexit: Kubexit, web: Web) -> None:
    """A peer ends at the death while the request is still under way, and nothing more happens to it afterwards."""
    sidecar = running(kubexit, DEATH_DEPS="main", POLL_INTERVAL="0")
    main = asking(kubexit, web(webserver.silent))

    assert sidecar.wait() == 0
    assert main.process.poll() is None
    assert (kubexit.tombstone("sidecar") or {})["Reason"] == "dependency main died with exit code 0"


@pytest.mark.behaviour("death-before-quit-requests")
@pytest.mark.parametrize("when", ["before", "after"])
def test_kill_is_no_crash(kubexit: Kubexit, web: Web, when: str) -> None:
    """SIGKILL during the requests leaves a death with its code to peers, also to later ones, not a crash."""
    kubexit.carve("fence", Born=True)
    main = asking(kubexit, web(webserver.silent))
    if when == "before":
        peer = kubexit.start("echo", "BORN", name="app", BIRTH_DEPS="main:succeeded,go:born", BIRTH_TIMEOUT="infinite")
        kubexit.wait_alive("app")
    main.kill()
    if when == "after":
        peer = kubexit.start("echo", "BORN", name="app", BIRTH_DEPS="main:succeeded,go:born", BIRTH_TIMEOUT="infinite")
    kubexit.carve("go", Born=True)

    assert peer.wait() == 0
    assert peer.stdout == "BORN\n"


@pytest.mark.behaviour("old-tombstone-gone-at-start", "death-before-quit-requests")
def test_restart_after_kill(kubexit: Kubexit, web: Web) -> None:
    """After SIGKILL during the requests, the next life of the container begins as any other."""
    asking(kubexit, web(webserver.silent)).kill()
    again = kubexit.run("sh", "-c", "exit 4")

    assert again.code == 4
    assert lines(again.stderr, "warn") == []
    assert os.listdir(kubexit.graveyard) == ["main"]


@pytest.mark.behaviour("quit-requests-never-delay-sigkill", "signal-after-exit-ignored")
@pytest.mark.parametrize("number", [*SIGNALS, signal.SIGRTMIN + 2], ids=lambda number: f"{int(number)}")
@pytest.mark.parametrize("code", [0, 3])
def test_a_signal_shortens_the_requests(kubexit: Kubexit, web: Web, number: int, code: int) -> None:
    """SIGTERM, SIGINT, SIGQUIT, SIGHUP and the stop signal leave the requests 0.5 s; the code is the command's."""
    server = web(webserver.silent)
    main = asking(kubexit, server, "sh", "-c", f"exit {code}", STOP_SIGNAL="RTMIN+2")
    main.signal(number)

    assert main.wait(timeout=10) == code
    assert f"POST {server.url()}: no answer in time" in main.stderr
    assert (kubexit.tombstone() or {})["ExitCode"] == code


@pytest.mark.behaviour("quit-requests-never-delay-sigkill", "term-after")
def test_signal_shortens_after_one_that_was_held(kubexit: Kubexit, web: Web) -> None:
    """A SIGTERM that waited for another container is over with the command: the stop signal counts again.

    Fails when the stop signal is still taken for another than the one that waits.
    """
    server = web(webserver.silent)
    running(kubexit, "main", "TERM=0")
    app = running(
        kubexit,
        "app",
        "USR1=0",
        TERM_AFTER="main",
        GRACE_PERIOD="1h",
        STOP_SIGNAL="RTMIN+2",
        LOG_LEVEL="debug",
        QUIT_POST=server.url(),
        QUIT_TIMEOUT="1h",
    )
    eventually(lambda: "Born" in (kubexit.tombstone("main") or {}), "main is born")
    app.signal(signal.SIGTERM)
    app.wait_line("to exit first, at most", "stderr")
    app.signal(signal.SIGUSR1)
    server.wait_asked()
    app.signal(signal.SIGRTMIN + 2)

    assert app.wait(timeout=10) == 0
    assert "SIGNAL_STOP: QUIT to QUIT_HURRIED" in app.stderr


@pytest.mark.behaviour("quit-requests-never-delay-sigkill")
def test_signal_leaves_a_moment(kubexit: Kubexit, web: Web) -> None:
    """A request that is answered after the SIGTERM still counts. Fails when the signal ends kubexit at once."""
    started = Event()

    def answer(connection: socket.socket) -> None:
        started.wait(20)
        main.signal(signal.SIGTERM)
        status(200)(connection)

    main = asking(kubexit, web(answer), LOG_LEVEL="debug")
    started.set()

    assert main.wait() == 0
    assert "SIGNAL_STOP: QUIT to QUIT_HURRIED" in main.stderr
    assert "answered 200" in main.stderr


@pytest.mark.behaviour("signal-after-exit-ignored")
def test_other_signals_change_nothing(kubexit: Kubexit, web: Web) -> None:
    """Signals that do not ask to end change nothing: kubexit waits for the answer. Fails when they count as SIGTERM."""
    free = Event()
    server = web(webserver.held(free, status(200)))
    main = asking(kubexit, server, LOG_LEVEL="debug")
    for number in (signal.SIGUSR1, signal.SIGWINCH, signal.SIGCONT, signal.SIGRTMAX):
        main.signal(number)
    eventually(lambda: processes.status(main.pid)["ShdPnd"] == "0" * 16, "they are taken")
    free.set()

    assert main.wait() == 0
    assert "QUIT_HURRIED" not in main.stderr
    assert "answered 200" in main.stderr


@pytest.mark.behaviour("parent-death-kills-command", "pid-1-reaps-orphans")
@pytest.mark.parametrize("end", ["answer", "TERM", "KILL"])
def test_nothing_is_left(kubexit: Kubexit, web: Web, end: str) -> None:
    """No process of a request outlives kubexit, in any way that kubexit ends."""
    free = Event()
    main = asking(kubexit, web(webserver.held(free, status(200))))
    children = processes.children(main.pid)
    assert len(children) == 1
    if end == "KILL":
        main.kill()
    elif end == "TERM":
        main.signal(signal.SIGTERM)
    else:
        free.set()
    main.wait()

    eventually(lambda: not any(map(processes.alive, children)), "the request's process has ended")
    free.set()


@pytest.mark.behaviour("no-descriptor-inherited", "nothing-of-the-wait-remains")
def test_the_request_inherits_no_descriptor(kubexit: Kubexit, web: Web) -> None:
    """A request's process has nothing of the graveyard open: the FIFO is held by kubexit alone."""
    kubexit.carve("db", Born=True)
    main = asking(kubexit, web(webserver.silent), DEATH_DEPS="db")
    (child,) = processes.children(main.pid)

    assert [link for link in descriptors(child) if "graveyard" in link or "inotify" in link] == []
    assert [link for link in descriptors(main.pid) if link.endswith(".main.alive")] != []


@pytest.mark.behaviour("left-over-processes-stopped")
def test_after_the_drain(kubexit: Kubexit, web: Web, actor: str) -> None:
    """What the command left behind is ended first: its time does not come off that of the requests."""
    server = web()
    finished = kubexit.run(
        actor, "leave", "1", "--exit", "3", fence=True, ORPHAN_GRACE_PERIOD="1h", QUIT_POST=server.url()
    )

    assert finished.code == 3
    assert finished.stdout.count("left SIGNAL TERM") == 1
    assert len(server.requests) == 1
