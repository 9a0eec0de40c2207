"""What shows that a container was started again, and what does not: its FIFO and its tombstone, in any order."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness import processes
from harness.containers import born, fenced_off, put, running, sleeps, waiting
from harness.kubexit import Kubexit
from harness.processes import descriptors
from harness.stepper import Before, Stepper
from harness.supervised import Supervised
from harness.waiting import eventually

BORN = b'Born: "2026-11-26T07:00:02Z"\n'


def died(kubexit: Kubexit, *names: str, code: int = 0) -> None:
    """Containers that have an old life, and died in it."""
    for name in names:
        kubexit.carve(name, Born=True, Died=True, ExitCode=code)


def held_back(kubexit: Kubexit, name: str = "sidecar", **settings: Any) -> Supervised:
    """Start a container again that finds an old death and waits for as long as the test takes."""
    died(kubexit, name)
    settings.setdefault("DEATH_DEPS", "main")
    settings.setdefault("REBIRTH_TIMEOUT", "1h")
    container = kubexit.start(kubexit.program(), "ready-then-wait", "--exit", "TERM=0", name=name, **settings)
    container.wait_line("to be started again too", stream="stderr")
    return container


def still_held_back(container: Supervised) -> None:
    """Assert that kubexit runs and has not started its command."""
    assert container.process.poll() is None
    assert processes.children(container.pid) == []


def fifo(kubexit: Kubexit, name: str = "main") -> int:
    """Put a FIFO in place as kubexit does, with an open read end, which is returned."""
    draft = kubexit.graveyard / f".{name}.alive.tmp"
    os.mkfifo(draft)
    reader = os.open(draft, os.O_RDONLY | os.O_NONBLOCK)
    draft.rename(kubexit.graveyard / f".{name}.alive")
    return reader


def holds(container: Supervised, path: Path) -> bool:
    """Whether kubexit has this file open."""
    return any(name.removesuffix(" (deleted)") == str(path) for name in descriptors(container.pid))


@pytest.mark.every_form
@pytest.mark.behaviour("old-death-ignored-after-restart", "restarted-dependency-has-old-death")
def test_waiting_for_its_own_birth_counts(kubexit: Kubexit) -> None:
    """A dependency that was started again and waits for its own birth is enough: the command starts, and runs until
    the new life ends."""
    died(kubexit, "main", code=1)
    sidecar = held_back(kubexit)
    still_held_back(sidecar)
    main = waiting(kubexit, "main", BIRTH_DEPS="never:born")
    sidecar.wait_line("^READY$")
    assert main.process.poll() is None
    main.signal(15)

    assert (main.wait(), sidecar.wait()) == (143, 0)
    assert (kubexit.tombstone("sidecar") or {})["Reason"] == "dependency main died with exit code 143"


@pytest.mark.behaviour("old-death-ignored-after-restart")
def test_as_pid_1_of_a_namespace(kubexit: Kubexit) -> None:
    """The same as PID 1 of a separate PID namespace."""
    died(kubexit, "main", code=1)
    sidecar = held_back(kubexit, pid1=True)
    main = running(kubexit, "main", pid1=True)
    sidecar.wait_line("^READY$")
    main.signal(15)

    assert (main.wait(), sidecar.wait()) == (0, 0)


@pytest.mark.behaviour("old-death-ignored-after-restart")
def test_an_old_fifo_shows_a_restart(kubexit: Kubexit) -> None:
    """After a crash only the old FIFO shows that the container had an earlier life."""
    died(kubexit, "main")
    os.mkfifo(kubexit.graveyard / ".sidecar.alive")
    sidecar = kubexit.start("true", name="sidecar", DEATH_DEPS="main", REBIRTH_TIMEOUT="1h")
    sidecar.wait_line("to be started again too", stream="stderr")
    (kubexit.graveyard / "main").unlink()

    assert sidecar.wait() == 0
    assert "Born" in (kubexit.tombstone("sidecar") or {})


@pytest.mark.behaviour("old-death-ignored-after-restart", "dead-before-start")
def test_a_first_start_acts_on_it(kubexit: Kubexit) -> None:
    """A container without an earlier life acts on a death that it finds, at once."""
    died(kubexit, "main")
    finished = kubexit.run("echo", "BORN", name="sidecar", DEATH_DEPS="main", REBIRTH_TIMEOUT="1h")

    assert (finished.code, finished.stdout) == (0, "")


@pytest.mark.behaviour("rebirth-shown-by-files")
def test_a_removed_tombstone_shows_it(kubexit: Kubexit) -> None:
    """An old tombstone that is gone is enough, for example that of a container without a FIFO."""
    died(kubexit, "main")
    sidecar = held_back(kubexit)
    (kubexit.graveyard / "main").unlink()

    sidecar.wait_line("^READY$")


@pytest.mark.behaviour("rebirth-shown-by-files", "original-and-kubexit-see-each-other")
def test_a_replaced_tombstone_shows_it(kubexit: Kubexit) -> None:
    """The original writes its new birth over its old death, in place."""
    died(kubexit, "main")
    sidecar = held_back(kubexit)
    put(kubexit.graveyard / "main", BORN)

    sidecar.wait_line("^READY$")


@pytest.mark.behaviour("rebirth-shown-by-files", "death-before-quit-requests")
def test_the_fifo_of_the_dead_life_does_not(kubexit: Kubexit) -> None:
    """A container holds its FIFO while it asks sidecars to quit, after its death: that is not a new life."""
    died(kubexit, "main")
    old = fifo(kubexit)
    sidecar = held_back(kubexit)
    path = kubexit.graveyard / ".main.alive"
    assert holds(sidecar, path)
    before = sleeps(sidecar.pid)
    path.unlink()
    eventually(lambda: sleeps(sidecar.pid) > before, "it has looked")
    still_held_back(sidecar)
    os.close(old)
    eventually(lambda: not holds(sidecar, path), "it has seen the end of the old life")
    still_held_back(sidecar)
    new = fifo(kubexit)
    sidecar.wait_line("^READY$")
    os.close(new)

    assert sidecar.wait() == 0


@pytest.mark.behaviour("rebirth-shown-by-files", "failed-call-is-no-answer")
def test_a_fifo_that_cannot_be_examined_is_no_new_life(kubexit: Kubexit, steps: Callable[..., Stepper]) -> None:
    """If it is not known whether a FIFO is of the life that died, it is no sign of a new one: the death names no life,
    and the first look cannot examine the FIFO."""
    died(kubexit, "main")
    old = fifo(kubexit)
    third_look = Before("openat,open", "main", count=3)
    looks = steps(Before("fstat,newfstatat", ".main.alive", action="EIO"), third_look)
    sidecar = held_back(kubexit, POLL_INTERVAL="10ms", steps=looks)
    looks.reached()
    assert looks.reached() == third_look
    assert holds(sidecar, kubexit.graveyard / ".main.alive")
    still_held_back(sidecar)

    os.close(old)


@pytest.mark.behaviour("rebirth-shown-by-files", "no-crash-that-was-none")
def test_a_new_life_between_two_looks(kubexit: Kubexit) -> None:
    """The old life ends and the new one begins between two looks: the end of the old one is no second death."""
    died(kubexit, "main")
    old = fifo(kubexit)
    sidecar = held_back(kubexit, POLL_INTERVAL="0")
    sidecar.signal(signal.SIGSTOP)
    eventually(lambda: processes.state(sidecar.pid) == "T", "kubexit is stopped")
    os.close(old)
    new = fifo(kubexit)
    (kubexit.graveyard / "main").unlink()
    sidecar.signal(signal.SIGCONT)
    sidecar.wait_line("^READY$")
    os.close(new)

    assert sidecar.wait() == 0


@pytest.mark.behaviour("rebirth-shown-by-files", "foreign-tombstone-keeps-code")
def test_a_fifo_beside_the_old_tombstone(kubexit: Kubexit) -> None:
    """In a sticky folder the old tombstone cannot be removed. A FIFO that is held counts, and its end is a crash."""
    died(kubexit, "main")
    sidecar = held_back(kubexit)
    reader = fifo(kubexit)
    sidecar.wait_line("^READY$")
    os.close(reader)

    assert sidecar.wait() == 0
    assert (kubexit.tombstone("sidecar") or {})["Reason"] == "dependency main crashed"


@pytest.mark.behaviour("rebirth-shown-by-files", "crash-seen-by-peers")
def test_a_crashed_container_comes_back(kubexit: Kubexit) -> None:
    """A crash is a death of the earlier life like any other."""
    running(kubexit, "main").kill()
    sidecar = held_back(kubexit)
    main = running(kubexit, "main")
    sidecar.wait_line("^READY$")
    main.kill()

    assert sidecar.wait() == 0
    assert (kubexit.tombstone("sidecar") or {})["Reason"] == "dependency main crashed"


@pytest.mark.behaviour("rebirth-shown-by-files", "new-generation-clears-graveyard")
@pytest.mark.parametrize("crashed", [True, False])
def test_an_old_life_that_is_cleared_away(kubexit: Kubexit, crashed: bool) -> None:
    """`--clear` refuses while the container waits. Files that are removed by hand, one by one, leave no old life."""
    if crashed:
        born(kubexit).kill()
    else:
        died(kubexit, "main")
        os.mkfifo(kubexit.graveyard / ".main.alive")
    sidecar = held_back(kubexit)
    cleared = kubexit.run(options=["--clear", kubexit.graveyard], name=None, GRAVEYARD=None)
    assert cleared.code == 73
    (kubexit.graveyard / "main").unlink()
    eventually(lambda: processes.state(sidecar.pid) == "S", "it has looked")
    still_held_back(sidecar)
    (kubexit.graveyard / ".main.alive").unlink()

    sidecar.wait_line("^READY$")


@pytest.mark.behaviour("rebirth-shown-by-files")
@pytest.mark.parametrize("off", ["main", "sidecar", "main sidecar"])
def test_without_liveness_the_tombstone_decides(kubexit: Kubexit, off: str) -> None:
    """With KUBEXIT_LIVENESS=false on either side or both, the old tombstone that goes is enough."""
    died(kubexit, "main")
    sidecar = held_back(kubexit, **({"LIVENESS": "false"} if "sidecar" in off else {}))
    running(kubexit, "main", **({"LIVENESS": "false"} if "main" in off else {}))

    sidecar.wait_line("^READY$")


@pytest.mark.behaviour("old-death-ignored-after-restart", "restarted-dependency-has-old-death")
@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_two_that_wait_for_each_other(kubexit: Kubexit, order: tuple[str, str]) -> None:
    """Two containers that depend on each other's death start again in either order."""
    died(kubexit, *order)
    both = [
        kubexit.start(
            kubexit.program(), "ready-then-wait", "--exit", "TERM=0",
            name=name, DEATH_DEPS="b" if name == "a" else "a", REBIRTH_TIMEOUT="1h",
        )
        for name in order
    ]  # fmt: skip
    for container in both:
        container.wait_line("^READY$")
    both[0].signal(15)

    assert [container.wait() for container in both] == [0, 0]


@pytest.mark.behaviour("old-death-ignored-after-restart", "restarted-dependency-has-old-death")
def test_every_old_death_must_be_over(kubexit: Kubexit) -> None:
    """With several old deaths the command starts when the last of their owners is started again."""
    died(kubexit, "a", "b")
    container = held_back(kubexit, DEATH_DEPS="a,b,c,fence")
    running(kubexit, "a")
    container.wait_line("a was started again", stream="stderr")
    still_held_back(container)
    running(kubexit, "b")
    container.wait_line("^READY$")

    fenced_off(kubexit, container)
