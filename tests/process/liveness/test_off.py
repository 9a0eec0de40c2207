"""KUBEXIT_LIVENESS=false: no FIFO is made and none is looked at."""

import os

import pytest

from harness.containers import fenced_off, running
from harness.kubexit import Kubexit
from harness.observer import Observer


@pytest.mark.behaviour("crash-seen-by-peers")
def test_none_is_made(kubexit: Kubexit) -> None:
    """kubexit only writes the tombstone and its draft. Shown to fail by leaving the setting out."""
    eye = Observer(kubexit.graveyard)
    kubexit.run("true", LIVENESS="false")

    assert {event.file for event in eye.so_far()} == {"main", ".main.tmp"}


@pytest.mark.behaviour("crash-seen-by-peers")
def test_a_crash_is_not_seen(kubexit: Kubexit) -> None:
    """With the setting, a container does not see a crash. Shown to fail by leaving the setting out."""
    main = running(kubexit, "main")
    sidecar = running(kubexit, DEATH_DEPS="main,fence", LIVENESS="false")
    main.kill()

    fenced_off(kubexit, sidecar)


@pytest.mark.behaviour("crash-seen-by-peers")
def test_a_crash_without_fifo_is_not_seen(kubexit: Kubexit) -> None:
    """A peer does not see the crash of a container without a FIFO. Shown to fail by leaving the setting out."""
    main = running(kubexit, "main", LIVENESS="false")
    sidecar = running(kubexit, DEATH_DEPS="main,fence")
    main.kill()

    fenced_off(kubexit, sidecar)


@pytest.mark.behaviour("crash-seen-by-peers")
def test_an_old_fifo_goes(kubexit: Kubexit) -> None:
    """A FIFO that an earlier run left is removed: peers would take it for a crash."""
    first = running(kubexit, "main")
    first.kill()
    running(kubexit, "main", LIVENESS="false")

    assert not (kubexit.graveyard / ".main.alive").exists()


@pytest.mark.behaviour("crash-seen-by-peers")
@pytest.mark.parametrize(("liveness", "held"), [(True, True), (False, False)])
def test_peers_are_held(kubexit: Kubexit, liveness: bool, held: bool) -> None:
    """A FIFO of a dependency is held open for writing, unless the setting is off."""
    kubexit.graveyard.mkdir()
    os.mkfifo(kubexit.graveyard / ".main.alive")
    reader = os.open(kubexit.graveyard / ".main.alive", os.O_RDONLY | os.O_NONBLOCK)
    running(kubexit, DEATH_DEPS="main", LIVENESS=liveness)
    try:
        has_writer = os.read(reader, 1) != b""
    except BlockingIOError:
        has_writer = True
    os.close(reader)

    assert has_writer == held


@pytest.mark.behaviour("every-exit-writes-a-death", "crash-seen-by-peers")
def test_deaths_are_seen_as_ever(kubexit: Kubexit) -> None:
    """Ordinary deaths are seen without FIFOs."""
    main = running(kubexit, "main", LIVENESS="false")
    sidecar = running(kubexit, DEATH_DEPS="main", LIVENESS="false", POLL_INTERVAL="0")
    main.signal(15)

    assert (main.wait(), sidecar.wait()) == (0, 0)
