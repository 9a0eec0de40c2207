"""`kubexit --wait NAME[:CONDITION]` sleeps until the conditions are met: 0, or 69 at the timeout."""

import os
import resource
import signal
import time
from collections.abc import Callable

import pytest

from harness.containers import born, lines, running, sleeps
from harness.kubexit import Kubexit
from harness.looks import look
from harness.processes import descriptors
from harness.supervised import Supervised
from harness.waiting import eventually
from harness.world import namespaces

pytestmark = pytest.mark.behaviour("wait-for-conditions")

TRIES = 5  # a busy machine delays one of them, a fault delays each
NEXT_LOOK = "the next look would have been after two seconds"


def wait(kubexit: Kubexit, *arguments: str, **keywords: object) -> Supervised:
    """Start a wait, and return when it watches the graveyard."""
    waiting = kubexit.start(options=["--wait", *arguments], name=None, **keywords)
    eventually(lambda: any("inotify" in name for name in descriptors(waiting.pid)), "the watch")
    return waiting


def wakes_after(kubexit: Kubexit, condition: str, change: Callable[[], object]) -> float:
    """The seconds from a change to the end of a wait that sleeps."""
    waiting = wait(kubexit, condition, "--timeout", "infinite")
    eventually(lambda: sleeps(waiting.pid) > 0, "it sleeps")
    begin = time.monotonic()
    change()
    assert waiting.wait() == 0
    return time.monotonic() - begin


@pytest.mark.every_form
def test_what_is_met_ends_it_at_once(kubexit: Kubexit) -> None:
    """Conditions that are met end it at once, also with a timeout of zero."""
    kubexit.carve("db", Born=True, Ready=True)

    assert look(kubexit, "--wait", "db", "db:born", "--timeout", "0").code == 0


@pytest.mark.every_form
def test_it_ends_when_the_last_is_met(kubexit: Kubexit) -> None:
    """It ends when the last condition is met, and prints nothing."""
    kubexit.graveyard.mkdir()
    waiting = wait(kubexit, "db,migrate:succeeded", "--timeout", "infinite")
    kubexit.carve("migrate", Born=True, Died=True, ExitCode=0)
    kubexit.carve("db", Born=True)
    assert waiting.process.poll() is None
    kubexit.carve("db", Born=True, Ready=True)

    assert waiting.wait() == 0
    assert (waiting.stdout, waiting.stderr) == ("", "")


def test_inotify_wakes_it(kubexit: Kubexit) -> None:
    """A change wakes it at once: it does not wait for its next look."""
    kubexit.graveyard.mkdir()

    def wakes(name: str) -> float:
        return wakes_after(kubexit, f"{name}:born", lambda: kubexit.carve(name, Born=True))

    assert any(wakes(f"db{number}") < 1 for number in range(TRIES)), NEXT_LOOK


@pytest.mark.behaviour("crash-seen-by-peers")
def test_a_crash_wakes_it(kubexit: Kubexit) -> None:
    """A crash, of which nothing is written, is a death that wakes it."""

    def wakes(name: str) -> float:
        return wakes_after(kubexit, f"{name}:died", born(kubexit, name).kill)

    assert any(wakes(f"main{number}") < 1 for number in range(TRIES)), NEXT_LOOK


def test_at_the_timeout_it_exits_with_69(kubexit: Kubexit) -> None:
    """At the timeout the code is 69, and the line names what is missing."""
    kubexit.carve("db", Born=True)
    finished = look(kubexit, "--wait", "db,cache:died", "--timeout", "150ms")

    assert finished.code == 69
    assert finished.stderr.endswith(
        " error kubexit: not met after 150ms: db:ready (born, not ready), cache:died (not there)\n"
    )


def test_a_folder_that_comes_later_is_found(kubexit: Kubexit) -> None:
    """The graveyard may be made, deleted and made again during the wait."""
    waiting = kubexit.start(options=["--wait", "db:born", "--timeout", "infinite"], name=None)
    eventually(lambda: sleeps(waiting.pid) > 0, "it sleeps")
    for _ in range(2):
        kubexit.graveyard.mkdir()
        eventually(lambda: any("inotify" in name for name in descriptors(waiting.pid)), "the watch")
        kubexit.graveyard.rmdir()
        eventually(lambda: not any("inotify" in name for name in descriptors(waiting.pid)), "no watch")
    kubexit.carve("db", Born=True)

    assert waiting.wait() == 0


@pytest.mark.behaviour("no-inotify-polls")
def test_without_inotify_it_polls(kubexit: Kubexit) -> None:
    """Where inotify is refused, it polls."""
    kubexit.graveyard.mkdir()
    world = namespaces.refuse("inotify_init1", 24)
    waiting = kubexit.start(options=["--wait", "db", "--timeout", "infinite"], name=None, preexec_fn=world)
    eventually(lambda: sleeps(waiting.pid) > 1, "it looked twice")
    kubexit.carve("db", Born=True, Ready=True)

    assert waiting.wait() == 0


@pytest.mark.behaviour("junk-is-no-death")
def test_events_of_others_keep_it_waiting(kubexit: Kubexit) -> None:
    """Other files, and junk under the name that it waits for, do not end it; junk gets one warning."""
    kubexit.graveyard.mkdir()
    waiting = wait(kubexit, "db:died", "--timeout", "infinite")
    for number in range(50):
        (kubexit.graveyard / f"file{number}").write_text("x")
        kubexit.carve("db", junk=None)
        (kubexit.graveyard / "db").write_text("Born: no\n")
    waiting.wait_line("cannot read tombstone of db", stream="stderr")
    assert waiting.process.poll() is None
    kubexit.carve("db", Died=True, ExitCode=0)

    assert waiting.wait() == 0
    assert waiting.stderr.count("cannot read") <= 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize("pid1", [False, True], ids=["child", "PID 1"])
def test_a_signal_ends_it(kubexit: Kubexit, number: int, pid1: bool) -> None:
    """A signal that stops programs ends it with 128 + n, also as PID 1, for which the kernel drops such signals."""
    kubexit.graveyard.mkdir()
    waiting = wait(kubexit, "db", "--timeout", "infinite", pid1=pid1)
    waiting.signal(number)

    assert waiting.wait() == 128 + number
    assert lines(waiting.stderr.replace("kubexit:", "kubexit[]:"), "info")


def test_a_restart_is_seen(kubexit: Kubexit) -> None:
    """A container that dies and starts again during the wait counts as it is then."""
    first = running(kubexit, "db")
    waiting = wait(kubexit, "db", "--timeout", "infinite")
    first.signal(15)
    first.wait()
    born(kubexit, "db", READY_EXEC="true")

    assert waiting.wait() == 0


@pytest.mark.behaviour("look-changes-nothing")
def test_a_wait_leaves_the_graveyard_as_it_is(kubexit: Kubexit) -> None:
    """A wait works in a graveyard that it may not write to, and leaves nothing there."""
    namespaces.require_mounts()
    kubexit.graveyard.mkdir()
    world = namespaces.private_mounts(namespaces.read_only(kubexit.graveyard))
    born(kubexit, "db")
    waiting = wait(kubexit, "db:died", "--timeout", "infinite", preexec_fn=world)
    kubexit.started[0].kill()

    assert waiting.wait() == 0
    assert sorted(os.listdir(kubexit.graveyard)) == [".db.alive", "db"]


def lower(waiting: Supervised, most: int) -> int:
    """Set how many descriptors it can have, as another process can at any time. Return what it was."""
    before, hard = resource.prlimit(waiting.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(waiting.pid, resource.RLIMIT_NOFILE, (most, hard))
    return before


def wait_with_limit(kubexit: Kubexit, most: int) -> tuple[Supervised, int]:
    """Start a wait that holds a FIFO, lower its limit, and return when it has looked in vain."""
    born(kubexit, "db")
    waiting = wait(kubexit, "db:succeeded,cache:born", "--timeout", "infinite")
    eventually(lambda: any(".db.alive" in name for name in descriptors(waiting.pid)), "it holds the FIFO")
    limit = lower(waiting, most)
    before = sleeps(waiting.pid)
    kubexit.carve("cache", Born=True)
    eventually(lambda: waiting.process.poll() is not None or sleeps(waiting.pid) > before + 2, "it has waited")
    assert waiting.process.poll() is None, "the limit ended it"
    return waiting, limit


@pytest.mark.every_form
@pytest.mark.behaviour("low-limit-is-survived")
@pytest.mark.parametrize("most", [0, 1, 2])
def test_a_limit_that_is_lowered_does_not_end_it(kubexit: Kubexit, most: int) -> None:
    """The system refuses a poll set that is larger than the limit of open files. The wait continues, and sees an
    exit when the limit is raised; it is no crash."""
    waiting, limit = wait_with_limit(kubexit, most)
    kubexit.started[0].signal(signal.SIGTERM)
    assert kubexit.started[0].wait() == 0
    lower(waiting, limit)

    assert waiting.wait() == 0
    assert waiting.stderr == ""


@pytest.mark.behaviour("low-limit-is-survived")
@pytest.mark.parametrize("most", [0, 2])
def test_a_signal_ends_it_below_the_limit(kubexit: Kubexit, most: int) -> None:
    """With a limit below its poll set it reads signals all the same."""
    waiting, _ = wait_with_limit(kubexit, most)
    waiting.signal(signal.SIGTERM)

    assert waiting.wait() == 128 + signal.SIGTERM
