"""One call of a life fails once: the life ends as without it. `make faults` tries every call and every error."""

from pathlib import Path

import pytest

from faults.fault import Fault
from faults.life import LIVES
from faults.oracle import SEEN_SECONDS, judged
from faults.run import TRIES, run
from harness.faulter import Place

pytestmark = pytest.mark.behaviour("one-failed-call")


@pytest.mark.parametrize("name", LIVES)
def test_a_life_without_a_fault_satisfies_the_oracle(name: str, tmp_path: Path) -> None:
    """What is asserted after a fault holds without one."""
    for number in range(TRIES):
        folder = tmp_path / str(number)
        folder.mkdir()
        story = LIVES[name].play(folder)
        if story.seconds <= SEEN_SECONDS:  # as after a fault, a witness that is late has another try
            break

    assert judged(LIVES[name], story, None) == []


@pytest.mark.parametrize("name", LIVES)
def test_the_oracle_notices_a_lost_death(name: str, tmp_path: Path) -> None:
    """A supervisor that is killed before its death, against what is expected, is found to be wrong."""
    story = LIVES[name].play(tmp_path, Place(0, "renameat", ".main.tmp", 3 if name == "dependent" else 2), "kill")
    wrong = judged(LIVES[name], story, None)

    assert story.happened
    assert "exit code 137" in wrong[0]
    assert any("no death is written" in why for why in wrong)


@pytest.mark.parametrize(
    "fault",
    [
        Fault("dependent", Place(0, "read", "anon_inode:inotify", 1), "EIO", "fail=5"),
        Fault("dependent", Place(0, "inotify_add_watch", "graveyard", 1), "ENOSPC", "fail=28"),
        Fault("dependent", Place(0, "write", ".main.tmp", 3), "short", "short=1"),
        Fault("restarted", Place(0, "openat", ".main.alive", 1), "ENFILE", "fail=23"),
        Fault("restarted", Place(1, "execve", "actor", 1), "ENOENT", "fail=2"),
        Fault("restarted", Place(0, "close", ".main.tmp", 2), "EIO", "made=5"),
    ],
    ids=str,
)
def test_a_fault_is_answered_as_promised(fault: Fault) -> None:
    """A few of the faults of `make faults`, of each kind one."""
    result = run(fault)

    assert not result.missed
    assert result.wrong == []


@pytest.mark.behaviour("killed-anywhere")
@pytest.mark.parametrize(
    "place",
    [
        Place(0, "openat", ".main.alive.tmp", 1),
        Place(0, "renameat", ".main.alive.tmp", 1),
        Place(0, "renameat", ".main.tmp", 2),
        Place(1, "prctl", "", 1),
    ],
    ids=str,
)
def test_a_kill_leaves_the_truth(place: Place) -> None:
    """Before the name is taken, before the death is written, and while the command is about to be executed."""
    result = run(Fault("restarted", place, "SIGKILL", "kill"))

    assert not result.missed
    assert result.wrong == []


@pytest.mark.behaviour("stopped-anywhere")
@pytest.mark.parametrize(
    "place",
    [Place(0, "inotify_init1", "", 1), Place(0, "openat", ".db.alive", 1), Place(0, "ppoll", "timed", 1)],
    ids=str,
)
def test_a_stop_loses_nothing(place: Place) -> None:
    """A dependent is stopped before it watches, before it looks at db, and while it waits; db starts meanwhile."""
    result = run(Fault("dependent", place, "SIGSTOP", "stop"))

    assert not result.missed
    assert result.wrong == []
