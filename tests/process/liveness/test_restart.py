"""A container starts again over what its earlier run left: no order of steps shows a crash that was none."""

import os
import random
import stat
import time
from pathlib import Path

import pytest

from harness.containers import fenced_off, running
from harness.kubexit import Kubexit
from harness.observer import Observer

RESTARTS = 1000
LONGEST_PAUSE = 0.0002


def fifo_without_holder(graveyard: Path, name: str = "main") -> None:
    """The FIFO of a container whose kubexit was killed."""
    graveyard.mkdir(exist_ok=True)
    os.mkfifo(graveyard / f".{name}.alive")


def order(eye: Observer) -> list[str]:
    """In which order the old tombstone went and the new FIFO came."""
    wanted = {("IN_DELETE", "main"): "tombstone removed", ("IN_MOVED_TO", ".main.alive"): "FIFO in place"}
    return [wanted[event.kind, event.file] for event in eye.so_far() if (event.kind, event.file) in wanted]


@pytest.mark.behaviour("old-tombstone-gone-at-start", "death-before-quit-requests", "no-crash-that-was-none")
def test_a_written_death_stays_until_the_fifo_is_held(kubexit: Kubexit) -> None:
    """A written death stays until the FIFO has a holder: without it the old FIFO would show a crash.

    The earlier run was killed after its death, for example during its quit requests.
    """
    fifo_without_holder(kubexit.graveyard)
    kubexit.carve("main", Born=True, Died=True, ExitCode=0)
    eye = Observer(kubexit.graveyard)
    running(kubexit, "main")

    assert order(eye) == ["FIFO in place", "tombstone removed"]


@pytest.mark.behaviour("old-tombstone-gone-at-start", "no-crash-that-was-none")
@pytest.mark.parametrize("keys", [{"Born": True}, {"Born": True, "Ready": True}], ids=lambda keys: "-".join(keys))
def test_after_a_crash_the_tombstone_goes_first(kubexit: Kubexit, keys: dict[str, bool]) -> None:
    """After a crash the tombstone goes first: Born or Ready beside a FIFO with a holder would be of a dead run."""
    fifo_without_holder(kubexit.graveyard)
    kubexit.carve("main", **keys)
    eye = Observer(kubexit.graveyard)
    running(kubexit, "main")

    assert order(eye) == ["tombstone removed", "FIFO in place"]


def live_again(graveyard: Path, reader: int) -> int:
    """One more life of main, as kubexit leads it: a death is on the tombstone whenever the FIFO has no holder.

    The earlier life's read end is closed when its death is written; return the read end of this one.
    """
    pause()
    os.close(reader)
    pause()
    os.mkfifo(graveyard / ".main.alive.tmp")
    reader = os.open(graveyard / ".main.alive.tmp", os.O_RDONLY | os.O_NONBLOCK)
    os.rename(graveyard / ".main.alive.tmp", graveyard / ".main.alive")
    pause()
    os.unlink(graveyard / "main")
    for text in ('Born: "2026-11-26T07:00:00Z"\n', 'Died: "2026-11-26T07:00:01Z"\nExitCode: 0\n'):
        (graveyard / ".main.tmp").write_text(text)
        os.rename(graveyard / ".main.tmp", graveyard / "main")
        pause()
    return reader


def pause() -> None:
    """Let the peers look, for a time that is never the same."""
    time.sleep(random.uniform(0, LONGEST_PAUSE))


@pytest.mark.behaviour("crash-seen-by-peers", "no-crash-that-was-none")
def test_no_restart_looks_like_a_crash(kubexit: Kubexit) -> None:
    """A peer that looks at any moment of many lives sees deaths with code 0, and no crash.

    It depends on chance which moments are met: on a busy machine a supervisor that took the first look at the FIFO as
    the last failed here each time, on an idle one it can pass.
    """
    kubexit.graveyard.mkdir()
    kubexit.carve("main", Died=True, ExitCode=0)
    peers = [
        running(kubexit, name, DEATH_DEPS="main:failed,fence", POLL_INTERVAL="10ms") for name in ("sidecar", "other")
    ]
    reader = os.open(os.devnull, os.O_RDONLY)
    for _ in range(RESTARTS):
        reader = live_again(kubexit.graveyard, reader)
    os.close(reader)

    assert stat.S_ISFIFO((kubexit.graveyard / ".main.alive").stat().st_mode)
    for peer, name in zip(peers, ("sidecar", "other"), strict=True):
        fenced_off(kubexit, peer, name)
