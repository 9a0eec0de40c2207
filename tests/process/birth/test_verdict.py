"""The waiter announces its verdict by a SIGCHLD, so that the command does not wait for its end."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness import processes
from harness.kubexit import Kubexit
from harness.servers.webserver import WebServer, status
from harness.supervised import Supervised
from harness.waiters import Waiter
from harness.waiting import eventually

pytestmark = [pytest.mark.every_form, pytest.mark.behaviour("verdict-before-the-end")]

POD = {"POD_NAME": "pod-1", "NAMESPACE": "ns-1"}
ANNOUNCE = "kill -CHLD $PPID"
STOPPED = "kill -STOP $$"


def start(kubexit: Kubexit, waiter: Waiter, *command: str, **settings: Any) -> Supervised:
    settings = {"BIRTH_DEPS": "db", "BIRTH_TIMEOUT": "infinite", **POD, **settings}
    return kubexit.start(*(command or ("echo", "BORN")), name="app", waiter=waiter, **settings)


@pytest.mark.parametrize("end", ["exit 0", STOPPED, "while :; do :; done"])
def test_the_announced_verdict_starts_the_command(kubexit: Kubexit, end: str) -> None:
    """The command starts with the announcement: also if the waiter is stopped then, or has not ended."""
    app = start(kubexit, Waiter(kubexit.folder, f"{ANNOUNCE}\n{end}"))

    assert app.wait() == 0
    assert app.stdout == "BORN\n"


@pytest.mark.behaviour("nothing-of-the-wait-remains")
@pytest.mark.parametrize("end", ["exit 0", STOPPED])
def test_nothing_of_it_remains_at_the_birth(kubexit: Kubexit, actor: str, end: str) -> None:
    """When the birth is written, the waiter is collected, also one that was stopped, and its pipe is closed."""
    waiter = Waiter(kubexit.folder, f"echo $$ > {kubexit.folder}/pid\n{ANNOUNCE}\n{end}")
    app = start(kubexit, waiter, actor, "plain")
    kubexit.wait_tombstone("app", "Born")

    assert not Path(f"/proc/{(kubexit.folder / 'pid').read_text().strip()}").exists()
    assert processes.children(app.pid) == [app.command_pid()]
    app.signal(signal.SIGTERM)
    app.wait()


def has_handled_signals(pid: int) -> bool:
    """Whether it has read its SIGCHLD, and sleeps again."""
    return int(processes.status(pid)["ShdPnd"], 16) == 0 and processes.state(pid) == "S"


def test_only_the_waiter_can_announce(kubexit: Kubexit) -> None:
    """A SIGCHLD from any other process starts nothing, also from a child of the waiter."""
    waiter = Waiter(kubexit.folder, "sh -c 'kill -CHLD $0' $PPID\necho SAID >&2\nkill -STOP $$\nexit 69")
    app = start(kubexit, waiter)
    app.wait_line("SAID", "stderr")
    child = processes.first_child(app.pid)
    eventually(lambda: processes.state(child) == "T", "the waiter has done so")
    app.signal(signal.SIGCHLD)
    eventually(lambda: has_handled_signals(app.pid), "kubexit has read all of them")
    os.kill(child, signal.SIGCONT)

    assert app.wait() == 69
    assert app.stdout == ""


def test_a_stop_of_the_waiter_is_no_announcement(kubexit: Kubexit) -> None:
    """The SIGCHLD that the kernel sends when the waiter is stopped names the waiter, and starts nothing."""
    app = start(kubexit, Waiter(kubexit.folder, "kill -STOP $$\nexit 69"))
    eventually(lambda: len(processes.children(app.pid)) == 1, "the waiter")
    child = processes.first_child(app.pid)
    eventually(lambda: processes.state(child) == "T", "the waiter is stopped")
    eventually(lambda: has_handled_signals(app.pid), "kubexit has noticed that")
    os.kill(child, signal.SIGCONT)

    assert app.wait() == 69
    assert app.stdout == ""


@pytest.mark.parametrize(("end", "code", "starts"), [("exit 69", 69, 1), ("exit 0", 0, 1), ("kill -KILL $$", 0, 2)])
def test_while_something_else_is_missing_the_status_counts(
    kubexit: Kubexit, web: Callable[..., WebServer], end: str, code: int, starts: int
) -> None:
    """Without its help the command cannot start yet, so the waiter's exit status is its verdict, as without it."""
    server = web(status(503))
    waiter = Waiter(kubexit.folder, f"[ -e again ] && exit 0\ntouch again\n{ANNOUNCE}\n{end}")
    app = start(kubexit, waiter, BIRTH_URLS=server.url(), cwd=kubexit.folder)
    eventually(lambda: len(waiter.starts) == starts, f"{starts} starts of the waiter")
    if code == 0:
        eventually(lambda: len(processes.children(app.pid)) == 1, "only the probe of the URL is left")
        assert "Born" not in (kubexit.tombstone("app") or {})
        server.answer_next(status(200))

    assert app.wait() == code
    assert (app.stdout, len(waiter.starts)) == ("BORN\n" if code == 0 else "", starts)
