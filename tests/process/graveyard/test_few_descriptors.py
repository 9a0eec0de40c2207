"""With more dependencies than descriptors (`ulimit -n`), kubexit sees deaths and writes its own."""

import os
import resource
import signal
from collections.abc import Iterator

import pytest

from harness.containers import running, sleeps
from harness.kubexit import Kubexit
from harness.processes import descriptors, next_look
from harness.supervised import Supervised
from harness.waiters import Waiter
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
    """Descriptors that are held for dependencies are closed when kubexit must write its death, and none is left.

    The limit is lowered until the folder can be opened, but not a file in it. Shown to fail when they stay open.
    """
    container = running(kubexit, exits="USR1=3", DEATH_DEPS=",".join(PEERS), POLL_INTERVAL="1h")
    kubexit.wait_tombstone("sidecar", "Born")
    eventually(lambda: next_look(container.pid) > 0, "it sleeps")
    in_use = {int(name) for name in os.listdir(f"/proc/{container.pid}/fd")}
    limit = len(in_use) + 1
    assert max(in_use) < limit
    resource.prlimit(container.pid, resource.RLIMIT_NOFILE, (limit, limit))
    os.kill(container.command_pid(), signal.SIGUSR1)

    assert container.wait() == 3
    assert (kubexit.tombstone("sidecar") or {})["ExitCode"] == 3


@pytest.mark.behaviour("every-exit-writes-a-death")
def test_a_death_among_many_dependencies_is_written(kubexit: Kubexit, alive: dict[str, int]) -> None:
    """With more dependencies than descriptors its death is written, and the FIFO goes."""
    finished = kubexit.run("sh", "-c", "exit 3", DEATH_DEPS=",".join([*PEERS, "main2"]), preexec_fn=few)

    assert finished.code == 3
    assert (kubexit.tombstone() or {})["ExitCode"] == 3
    assert not (kubexit.graveyard / ".main.alive").exists()


@pytest.mark.behaviour("stdin-is-for-the-command")
@pytest.mark.parametrize("count", [6, 7, 8])
def test_the_waiter_leaves_stdin_alone(kubexit: Kubexit, alive: dict[str, int], count: int) -> None:
    """The waiter reads an end of file, and none of the command's input, even if no descriptor is free for that.

    While it waits, kubexit has six descriptors, one for each peer, and two for the reason that the waiter may give.
    """
    assert len(alive) > count
    waiter = Waiter(kubexit.folder, "head -c 5 >&2; exit 0")
    reader, writer = os.pipe()
    os.write(writer, b"input")
    os.close(writer)
    with os.fdopen(reader, "rb") as stdin:
        finished = kubexit.run(
            "cat", name="app", waiter=waiter, stdin=stdin, preexec_fn=few, DEATH_DEPS=",".join(PEERS[:count]),
            BIRTH_DEPS="db", POD_NAME="pod-1", NAMESPACE="ns-1",
        )  # fmt: skip

    assert (finished.code, finished.stdout) == (0, "input")
    assert len(waiter.starts) == 1


def lower(container: Supervised, most: int) -> None:
    """Set how many descriptors a process can have, as another process can at any time."""
    resource.prlimit(container.pid, resource.RLIMIT_NOFILE, (most, MOST))


@pytest.mark.every_form
@pytest.mark.behaviour("low-limit-is-survived")
@pytest.mark.parametrize("most", [0, 1, 3])
def test_a_limit_that_is_lowered_ends_nothing(kubexit: Kubexit, most: int) -> None:
    """The system refuses a poll set that is larger than the limit. A signal is forwarded all the same, and the end of
    the command is seen; only the death cannot be written."""
    container = running(kubexit, exits="USR1=7", DEATH_DEPS="main", POLL_INTERVAL="0", preexec_fn=few)
    kubexit.wait_tombstone("sidecar", "Born")
    lower(container, most)
    before = sleeps(container.pid)
    eventually(lambda: sleeps(container.pid) > before + 3, "it has waited")
    container.signal(signal.SIGUSR1)

    assert container.wait() == 7
    assert "command exited with 7" in container.stderr
    assert "ppoll" not in container.stderr


@pytest.mark.behaviour("low-limit-is-survived", "crash-seen-by-peers")
def test_a_crash_with_a_lowered_limit(kubexit: Kubexit, alive: dict[str, int]) -> None:
    """The end of a FIFO is seen by a kubexit with a limit below what it has open."""
    container = running(kubexit, DEATH_DEPS=",".join(PEERS[:4]), POLL_INTERVAL="0", preexec_fn=few)
    kubexit.wait_tombstone("sidecar", "Born")
    eventually(lambda: sum(".alive" in name for name in descriptors(container.pid)) == 5, "it holds all FIFOs")
    lower(container, 5)
    os.close(alive.pop("d2"))
    eventually(lambda: sum(".alive" in name for name in descriptors(container.pid)) == 4, "it has seen the end")
    lower(container, MOST)

    assert container.wait() == 0
    assert (kubexit.tombstone("sidecar") or {})["Reason"] == "dependency d2 crashed"
