"""The wait for a restart where the watch is blind, and at its limit."""

import errno
import mmap
import os

import pytest

from harness.containers import running
from harness.kubexit import Kubexit
from harness.world import namespaces

from .test_started_again import died, held_back


@pytest.mark.behaviour("old-death-ignored-after-restart", "no-inotify-polls")
@pytest.mark.parametrize("interval", ["0", "2s"])
def test_without_inotify_a_restart_is_seen(kubexit: Kubexit, interval: str) -> None:
    """Without inotify the restart is found by polling, although no poll is set."""
    died(kubexit, "main")
    world = namespaces.refuse("inotify_init1", errno.ENOSYS)
    sidecar = held_back(kubexit, POLL_INTERVAL=interval, preexec_fn=world)
    running(kubexit, "main")

    sidecar.wait_line("^READY$")


@pytest.mark.behaviour("rebirth-wait-has-a-limit", "no-inotify-polls")
def test_without_inotify_the_limit_holds(kubexit: Kubexit) -> None:
    """Without inotify the wait ends at its limit too."""
    died(kubexit, "main")
    world = namespaces.refuse("inotify_init1", errno.ENOSYS)
    sidecar = held_back(kubexit, REBIRTH_TIMEOUT="300ms", preexec_fn=world)

    assert sidecar.wait() == 0


@pytest.mark.behaviour("rebirth-wait-has-a-limit", "standstill-looks-first")
def test_a_last_look_before_the_death_counts(kubexit: Kubexit) -> None:
    """A new birth that no event reports (it is written through a memory map) is found when the limit is over."""
    died(kubexit, "main")
    sidecar = held_back(kubexit, REBIRTH_TIMEOUT="2s", POLL_INTERVAL="0")
    with (kubexit.graveyard / "main").open("r+b") as file:
        memory = mmap.mmap(file.fileno(), 0)
        memory[:] = b'Born: "2026-11-26T07:00:02Z"\n'.ljust(len(memory), b"\n")
        sidecar.wait_line("^READY$")
        memory.close()


@pytest.mark.behaviour("rebirth-wait-has-a-limit", "graveyard-replaced")
def test_a_graveyard_that_is_replaced(kubexit: Kubexit) -> None:
    """In a new folder at the path there is no old death: the command starts."""
    died(kubexit, "main")
    sidecar = held_back(kubexit)
    kubexit.graveyard.rename(kubexit.folder / "old")
    os.mkdir(kubexit.graveyard)

    sidecar.wait_line("^READY$")
