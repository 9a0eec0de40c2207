"""What a predecessor left behind misleads no container."""

import os

import pytest

from harness.containers import fenced_off, put, running, waiting
from harness.kubexit import Kubexit
from harness.observer import Observer

DEATH = b'Born: "2020-04-28T10:41:46Z"\nDied: "2020-04-28T10:41:47Z"\nExitCode: 0\n'


@pytest.mark.behaviour("leftover-drafts-removed", "only-the-tombstone-remains")
def test_owner_removes_them(kubexit: Kubexit) -> None:
    """The next orderly end removes the drafts and the FIFO of a killed predecessor."""
    kubexit.graveyard.mkdir()
    put(kubexit.graveyard / ".main.tmp", DEATH[:20])
    os.mkfifo(kubexit.graveyard / ".main.alive.tmp")
    os.mkfifo(kubexit.graveyard / ".main.alive")
    finished = kubexit.run("true")

    assert finished.code == 0
    assert os.listdir(kubexit.graveyard) == ["main"]


@pytest.mark.behaviour("leftover-drafts-removed", "links-not-followed")
@pytest.mark.parametrize("kind", ["symbolic", "hard"])
def test_a_link_for_a_draft_is_not_written_through(kubexit: Kubexit, kind: str) -> None:
    """A link in the draft's place is replaced, and not written through: a peer may have put it there."""
    precious = kubexit.folder / "precious"
    precious.write_text("precious")
    container = running(kubexit, "main", "TERM=7")
    kubexit.wait_tombstone("main", "Born")
    draft = kubexit.graveyard / ".main.tmp"
    if kind == "symbolic":
        draft.symlink_to(precious)
    else:
        draft.hardlink_to(precious)
    container.signal(15)

    assert container.wait() == 7
    assert precious.read_text() == "precious"
    assert not (kubexit.graveyard / "main").is_symlink()
    assert (kubexit.tombstone() or {})["ExitCode"] == 7


@pytest.mark.behaviour("leftover-drafts-removed")
def test_those_of_others_stay(kubexit: Kubexit) -> None:
    """Files of other names are not touched."""
    kubexit.graveyard.mkdir()
    others = [".other.tmp", ".other.alive", ".main2.tmp", ".mai.tmp", "other", "notes.txt"]
    for name in others:
        put(kubexit.graveyard / name, DEATH)
    kubexit.run("true")

    assert sorted(os.listdir(kubexit.graveyard)) == sorted([*others, "main"])


@pytest.mark.behaviour("leftover-drafts-removed")
def test_readers_ignore_them(kubexit: Kubexit) -> None:
    """A draft with a complete death in it is no death. Shown to fail by writing it to `main`."""
    kubexit.graveyard.mkdir()
    put(kubexit.graveyard / ".main.tmp", DEATH)
    container = running(kubexit, DEATH_DEPS="main,fence")
    put(kubexit.graveyard / ".main.tmp", DEATH)
    put(kubexit.graveyard / ".main.carved", DEATH)

    fenced_off(kubexit, container)


@pytest.mark.behaviour("old-tombstone-gone-at-start")
@pytest.mark.parametrize("liveness", [True, False])
def test_own_old_death_during_the_birth_wait(kubexit: Kubexit, liveness: bool) -> None:
    """The death of an earlier run is removed before the birth wait begins, whose tombstone would replace it later."""
    kubexit.carve("main", Born=True, Died=True, ExitCode=1)
    eye = Observer(kubexit.graveyard)
    container = kubexit.start("true", BIRTH_DEPS="db:born", BIRTH_TIMEOUT="infinite", LIVENESS=liveness)
    changes = ("IN_DELETE", "IN_MOVED_TO")
    events = eye.until(lambda event: event.file == "main" and event.kind in changes)

    assert [event.kind for event in events if event.file == "main" and event.kind in changes] == ["IN_DELETE"]
    assert "Died" not in (kubexit.tombstone() or {})
    assert container.process.poll() is None


@pytest.mark.behaviour("old-tombstone-gone-at-start", "crash-seen-by-peers")
def test_alive_before_the_old_death_goes(kubexit: Kubexit) -> None:
    """The FIFO is there before the old tombstone is removed: a crash in between is seen as one."""
    kubexit.carve("main", Born=True, Died=True, ExitCode=1)
    eye = Observer(kubexit.graveyard)
    waiting(kubexit, "main", BIRTH_DEPS="db:born")
    eye.until(lambda event: event.file == "main")
    seen = [(event.kind, event.file) for event in eye.so_far() if event.file in ("main", ".main.alive")]

    assert seen[0] == ("IN_MOVED_TO", ".main.alive")


@pytest.mark.behaviour("old-tombstone-gone-at-start")
def test_a_second_run_writes_a_new_tombstone(kubexit: Kubexit) -> None:
    """A container that is started again gets a new tombstone with its new times and code."""
    kubexit.run("sh", "-c", "exit 1")
    first = kubexit.tombstone()
    kubexit.run("sh", "-c", "exit 2")
    second = kubexit.tombstone()

    assert first is not None
    assert second is not None
    assert (first["ExitCode"], second["ExitCode"]) == (1, 2)
    assert first["Died"] < second["Born"]
