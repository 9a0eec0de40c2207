"""With more dependencies than descriptors (`ulimit -n`), kubexit sees deaths and writes its own."""

import os
import resource
from collections.abc import Iterator

import pytest

from harness.containers import running
from harness.kubexit import Kubexit
from harness.processes import next_look
from harness.waiting import eventually

MOST = 16
PEERS = [f"d{number}" for number in range(20)]


def few() -> None:
    """Set a low limit of descriptors between fork and exec."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (MOST, MOST))


@pytest.fixture
def alive(kubexit: Kubexit) -> Iterator[dict[str, int]]:
    """Twenty dependencies that are alive, by the descriptors that their lives hang on."""
    kubexit.graveyard.mkdir()
    held = {}
    for name in PEERS:
        fifo = kubexit.graveyard / f".{name}.alive"
        os.mkfifo(fifo)
        held[name] = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
        kubexit.carve(name, Born=True)
    yield held
    for descriptor in held.values():
        os.close(descriptor)


@pytest.mark.behaviour("every-exit-writes-a-death", "crash-seen-by-peers")
@pytest.mark.parametrize("place", [0, len(PEERS)], ids=["first", "last"])
def test_a_death_beyond_the_limit_is_seen(kubexit: Kubexit, alive: dict[str, int], place: int) -> None:
    """The death of the first one without a descriptor is seen, at any place in the list."""
    names = [*PEERS[:place], "main", *PEERS[place:]]
    container = running(kubexit, DEATH_DEPS=",".join(names), preexec_fn=few)
    kubexit.carve("main", Born=True, Died=True, ExitCode=0)

    assert container.wait() == 0
    assert (kubexit.tombstone("sidecar") or {})["Reason"] == "dependency main died with exit code 0"


@pytest.mark.behaviour("crash-seen-by-peers", "silent-deaths-polled")
@pytest.mark.parametrize("place", [0, len(PEERS) - 1], ids=["first", "last"])
def test_a_crash_beyond_the_limit_is_seen(kubexit: Kubexit, alive: dict[str, int], place: int) -> None:
    """A crash is seen too, by polling where the FIFO could not be held."""
    container = running(kubexit, DEATH_DEPS=",".join(PEERS), POLL_INTERVAL="0", preexec_fn=few)
    os.close(alive.pop(PEERS[place]))

    assert container.wait() == 0
    assert (kubexit.tombstone("sidecar") or {})["Reason"] == f"dependency {PEERS[place]} crashed"


@pytest.mark.behaviour("silent-deaths-polled")
def test_looking_does_not_wake_itself(kubexit: Kubexit, alive: dict[str, int]) -> None:
    """When nothing happens, kubexit sleeps: a look at one dependency does not cause another look at once.

    Fails when the events of its looks wake it: then it never sleeps.
    """
    container = running(kubexit, DEATH_DEPS=",".join(PEERS), preexec_fn=few)
    kubexit.wait_tombstone("sidecar", "Born")

    eventually(lambda: next_look(container.pid) > 0, "it sleeps", timeout=2)


@pytest.mark.behaviour("every-exit-writes-a-death")
def test_descriptors_are_released_for_the_own_death(kubexit: Kubexit, alive: dict[str, int]) -> None:
    """Descriptors that are held for dependencies are closed when kubexit must write its death."""
    finished = kubexit.run("sh", "-c", "exit 3", DEATH_DEPS=",".join([*PEERS, "main2"]), preexec_fn=few)

    assert finished.code == 3
    assert (kubexit.tombstone() or {})["ExitCode"] == 3
    assert not (kubexit.graveyard / ".main.alive").exists()
