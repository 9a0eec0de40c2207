"""A slow poll backs inotify, for file systems where inotify is silent.

A file that is changed through a memory map, or written and not closed, makes no event to wait for:
so the poll alone can find what happened.
"""

import mmap
import os
import signal
from pathlib import Path

import pytest

from harness import processes
from harness.containers import fenced_off, running, sleeps, waiting
from harness.kubexit import Kubexit
from harness.processes import next_look
from harness.waiting import eventually

BIRTH = b'Born: "2020-04-28T10:41:46Z"\n'
DEATH = b'Born: "2020-04-28T10:41:46Z"\nDied: "2020-04-28T10:41:47Z"\nExitCode: 0\n'


class Silent:
    """A tombstone that is rewritten without any event."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(BIRTH.ljust(len(DEATH), b"\n"))
        self._file = path.open("r+b", buffering=0)
        self._memory = mmap.mmap(self._file.fileno(), len(DEATH))

    def write(self, text: bytes) -> None:
        self._memory[:] = text.ljust(len(DEATH), b"\n")

    def close(self) -> None:
        self._memory.close()
        self._file.close()


@pytest.mark.behaviour("silent-deaths-polled", "short-life-is-a-death")
def test_a_silent_death_is_found(kubexit: Kubexit) -> None:
    """A silent death is found within the interval."""
    main = Silent(kubexit.graveyard / "main")
    container = running(kubexit, DEATH_DEPS="main", POLL_INTERVAL="20ms")
    main.write(DEATH)

    assert container.wait() == 0
    main.close()


@pytest.mark.behaviour("silent-deaths-polled")
@pytest.mark.parametrize(("interval", "polls"), [("2s", True), ("3s", True), ("0", False)])
def test_sleeps_until_the_next_poll(kubexit: Kubexit, interval: str, polls: bool) -> None:
    """kubexit sleeps no longer than until the next poll; if it never polls, until it reports what it has not seen."""
    container = running(kubexit, DEATH_DEPS="main", POLL_INTERVAL=interval)
    kubexit.wait_tombstone("sidecar", "Born")
    before = sleeps(container.pid)
    container.signal(signal.SIGCONT)  # wakes it
    eventually(lambda: sleeps(container.pid) > before and asleep(container.pid), "it sleeps again")

    assert (0 < next_look(container.pid) <= 3) == polls


def asleep(pid: int) -> bool:
    """Whether a process waits in a system call."""
    return processes.state(pid) == "S" and len(Path(f"/proc/{pid}/syscall").read_text().split()) > 3


@pytest.mark.behaviour("silent-deaths-polled")
def test_an_interval_of_zero_polls_never(kubexit: Kubexit) -> None:
    """With an interval of 0 nothing polls. Shown to fail by any interval that is shorter than the fence's time."""
    main = Silent(kubexit.graveyard / "main")
    container = running(kubexit, DEATH_DEPS="main,fence", POLL_INTERVAL="0")
    main.write(DEATH)

    fenced_off(kubexit, container)
    main.close()


@pytest.mark.behaviour("death-during-birth-wait", "silent-deaths-polled")
def test_during_the_birth_wait(kubexit: Kubexit) -> None:
    """The poll runs during the birth wait too, for deaths and for births."""
    main = Silent(kubexit.graveyard / "main")
    app = waiting(kubexit, DEATH_DEPS="main", BIRTH_DEPS="db:born", POLL_INTERVAL="20ms")
    main.write(DEATH)

    assert app.wait() == 0
    assert app.stdout == ""
    main.close()


@pytest.mark.behaviour("silent-deaths-polled")
def test_a_silent_birth_is_found(kubexit: Kubexit) -> None:
    """A silent birth is found too."""
    db = Silent(kubexit.graveyard / "db")
    db.write(b"")
    app = waiting(kubexit, BIRTH_DEPS="db:born", POLL_INTERVAL="20ms")
    db.write(BIRTH)

    assert app.wait() == 0
    assert app.stdout == "BORN\n"
    db.close()


@pytest.mark.behaviour("original-and-kubexit-see-each-other", "silent-deaths-polled")
def test_written_and_not_closed(kubexit: Kubexit) -> None:
    """The poll finds a death whose writer keeps the file open."""
    container = running(kubexit, DEATH_DEPS="main", POLL_INTERVAL="20ms")
    file = os.open(kubexit.graveyard / "main", os.O_CREAT | os.O_WRONLY, 0o644)
    os.write(file, DEATH)

    assert container.wait() == 0
    os.close(file)


@pytest.mark.behaviour("restarted-dependency-has-old-death", "death-policy", "short-life-is-a-death")
def test_a_life_between_two_polls_is_a_death(kubexit: Kubexit) -> None:
    """A dependency that was born and died between two polls is dead."""
    main = Silent(kubexit.graveyard / "main")
    main.write(b"")
    container = running(kubexit, DEATH_DEPS="main", POLL_INTERVAL="20ms")
    main.write(BIRTH)
    main.write(DEATH)

    assert container.wait() == 0
    main.close()


@pytest.mark.behaviour("junk-is-no-death", "silent-deaths-polled")
def test_a_broken_tombstone_causes_one_warning(kubexit: Kubexit) -> None:
    """A broken tombstone that is read again and again causes one warning."""
    broken = Silent(kubexit.graveyard / "broken")
    broken.write(b'Died: "2020')
    main = Silent(kubexit.graveyard / "main")
    container = running(kubexit, DEATH_DEPS="broken,main", POLL_INTERVAL="1ms")
    before = sleeps(container.pid)
    while sleeps(container.pid) < before + 20:
        pass
    main.write(DEATH)

    assert container.wait() == 0
    assert container.stderr.count("tombstone of broken") == 1
    broken.close()
    main.close()
