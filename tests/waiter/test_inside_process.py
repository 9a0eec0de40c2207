"""The static file's waiter is a child without an exec, so it must clean up what an exec would clean up."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from harness import processes
from harness.kubexit import Kubexit
from harness.processes import descriptors
from harness.servers.apiserver import ApiServer
from harness.servers.pods import pod, ready
from harness.supervised import Supervised
from harness.waiting import eventually
from harness.world import seccomp

WAITING = pod("main", "db")
READY = ready(WAITING, "db")
MEMORY_KB = 7577  # 7.4 MiB
SUPERVISOR_KB = 700


@pytest.fixture
def watching(api: ApiServer, awaiting: Callable[..., Supervised], actor: str) -> Supervised:
    """A kubexit whose waiter has a watch open, with a dependency, so that it holds all kinds of descriptors itself."""
    api.show(WAITING)
    started = awaiting(actor, "plain", DEATH_DEPS="work")
    api.wait_watched()
    return started


@pytest.mark.behaviour("no-descriptor-inherited", "nothing-of-the-wait-remains")
def test_it_inherits_no_descriptor(watching: Supervised) -> None:
    """The waiter has its standard descriptors and a connection: nothing of the supervisor, no stdin of the command."""
    found = descriptors(watching.command_pid())

    assert sum(name.startswith("socket:") for name in found) == 1
    assert [name for name in found if "inotify" in name or "signalfd" in name or "alive" in name] == []
    assert os.readlink(f"/proc/{watching.command_pid()}/fd/0").startswith("pipe:")
    assert len(found) == 4


@pytest.mark.behaviour("default-dispositions")
def test_it_blocks_and_ignores_no_signal(watching: Supervised) -> None:
    """Nothing is blocked, and no signal of the supervisor is ignored except the signals that Python ignores."""
    fields = processes.status(watching.command_pid())
    pythons = sum(1 << (number - 1) for number in (signal.SIGPIPE, signal.SIGXFSZ))

    assert int(fields["SigBlk"], 16) == 0
    assert int(fields["SigIgn"], 16) == pythons


def test_name_and_group(watching: Supervised) -> None:
    """ps(1) shows another name than the supervisor's, and a terminal's signals do not reach the waiter."""
    pid = watching.command_pid()

    assert Path(f"/proc/{pid}/comm").read_text() == "kubexit.waiter\n"
    assert os.getpgid(pid) == pid


@pytest.mark.behaviour("parent-death-kills-command")
def test_dies_with_us(watching: Supervised) -> None:
    """The waiter does not outlive a supervisor that is killed."""
    pid = watching.command_pid()
    watching.kill()

    eventually(lambda: not processes.alive(pid), "the waiter is gone")


@pytest.mark.behaviour("nothing-of-the-wait-remains")
def test_nothing_is_left(api: ApiServer, watching: Supervised, static: Kubexit) -> None:
    """When the command runs, the waiter is gone and collected, and so is its memory."""
    pid = watching.command_pid()
    assert memory_kb(pid) > 5 * SUPERVISOR_KB
    api.show(READY)
    static.wait_tombstone(key="Born")

    assert not Path(f"/proc/{pid}").exists()
    # It gives its own back behind the birth, when it is about to sleep.
    eventually(lambda: memory_kb(watching.pid) < SUPERVISOR_KB, "its memory is given back")


@pytest.mark.behaviour("waiting-takes-little-memory")
def test_all_processes_take_little_memory(api: ApiServer, watching: Supervised) -> None:
    """While the waiter waits, all processes of kubexit together take little memory, and an event still wakes it.

    Fails when the waiter sleeps with the code that it needs for work: that alone is 6 MiB.
    """
    pids = (watching.pid, watching.command_pid())
    eventually(lambda: sum(map(memory_kb, pids)) < MEMORY_KB, "the waiter sleeps")
    api.show(READY)

    watching.wait_line("command started", "stderr")


@pytest.mark.behaviour("timeout-names-the-missing")
def test_time_is_up(api: ApiServer, awaiting: Callable[..., Supervised], actor: str) -> None:
    """When time is up, the waiter logs what it last saw, and kubexit exits with its verdict."""
    api.show(WAITING)
    started = awaiting(actor, "plain", BIRTH_TIMEOUT="2s")

    assert started.wait() == 69
    started.wait_line("not ready: db .running, not ready.", "stderr")


@pytest.mark.behaviour("tls-is-prepared-beside")
def test_one_thread_waits(watching: Supervised) -> None:
    """The thread that prepares TLS ends when it has done so."""
    threads = Path(f"/proc/{watching.command_pid()}/task")

    eventually(lambda: len(list(threads.iterdir())) == 1, "one thread is left")


@pytest.mark.behaviour("tls-is-prepared-beside")
def test_a_refused_thread_is_not_needed(api: ApiServer, awaiting: Callable[..., Supervised], actor: str) -> None:
    """Where no thread can be made, the first connection prepares TLS."""
    refuse = seccomp.without_threads()
    thread = [sys.executable, "-c", "import threading; threading.Thread(target=print).start()"]
    refused = subprocess.run(thread, preexec_fn=refuse, capture_output=True, text=True, timeout=20)
    api.show(READY)
    started = awaiting(actor, "plain", steps=[refuse])

    assert "can't start new thread" in refused.stderr
    started.wait_line("command started", "stderr")


@pytest.mark.behaviour("broken-streams-reopened")
def test_a_killed_waiter_is_started_again(api: ApiServer, watching: Supervised) -> None:
    """A waiter that is killed is started again, from the same file."""
    os.kill(watching.command_pid(), signal.SIGKILL)
    watching.wait_line("SIGKILL ended the waiter; starting it again", "stderr")
    api.wait_asked(2, "watch")
    api.show(READY)

    watching.wait_line("command started", "stderr")


def memory_kb(pid: int) -> int:
    """Return the proportional set size."""
    (line,) = [line for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines() if line.startswith("Pss:")]
    return int(line.split()[1])
