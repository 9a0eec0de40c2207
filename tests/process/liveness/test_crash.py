"""A container that is killed as a whole writes no tombstone, and its peers know in an instant.

POLL_INTERVAL=0 turns the backstop off: what is seen is seen through the FIFO.
"""

import os
import signal

import pytest

from harness import processes
from harness.containers import fenced_off, running, waiting
from harness.kubexit import Kubexit
from harness.supervised import Supervised
from harness.waiting import eventually


def crash(container: Supervised) -> None:
    """Send SIGKILL to supervisor and command together, as an OOM kill of the cgroup does."""
    os.kill(container.pid, signal.SIGSTOP)
    eventually(lambda: processes.state(container.pid) == "T", "kubexit is stopped")
    children = processes.children(container.pid)
    for pid in (container.pid, *children):
        os.kill(pid, signal.SIGKILL)
    container.wait()


@pytest.mark.behaviour("crash-seen-by-peers")
def test_a_crash_after_birth_stops_its_peer(kubexit: Kubexit) -> None:
    """The crash of a running container ends its peer, and the reason says so."""
    main = running(kubexit, "main")
    sidecar = running(kubexit, DEATH_DEPS="main", POLL_INTERVAL="0")
    crash(main)

    assert sidecar.wait() == 0
    assert "Died" not in (kubexit.tombstone("main") or {})
    assert (kubexit.tombstone("sidecar") or {})["Reason"] == "dependency main crashed"


@pytest.mark.behaviour("crash-seen-by-peers")
def test_a_crash_before_birth_stops_its_peer(kubexit: Kubexit) -> None:
    """The crash of a container that waits for its own birth, and has written nothing yet, ends its peer too."""
    main = waiting(kubexit, "main", BIRTH_DEPS="db:born")
    sidecar = running(kubexit, DEATH_DEPS="main", POLL_INTERVAL="0")
    crash(main)

    assert sidecar.wait() == 0
    assert "Born" not in (kubexit.tombstone("main") or {})


@pytest.mark.behaviour("crash-seen-by-peers")
def test_with_its_waiter(kubexit: Kubexit) -> None:
    """The crash is seen even if the waiter, with all that it holds, outlives the supervisor for a moment."""
    script = kubexit.folder / "waiter"
    script.write_text(f"#!/bin/sh\nexec {kubexit.program()} ready-then-wait >&2\n")
    script.chmod(0o755)
    main = kubexit.start("true", waiter=script, BIRTH_DEPS="db", POD_NAME="p", NAMESPACE="n", BIRTH_TIMEOUT="infinite")
    main.wait_line("READY", stream="stderr")
    sidecar = running(kubexit, DEATH_DEPS="main", POLL_INTERVAL="0")
    (waiter,) = processes.children(main.pid)
    os.kill(waiter, signal.SIGSTOP)
    main.kill()

    assert sidecar.wait() == 0


@pytest.mark.behaviour("crash-seen-by-peers")
def test_killing_the_supervisor_alone_is_a_crash(kubexit: Kubexit) -> None:
    """SIGKILL of the supervisor alone has the same effect: its command dies with it."""
    main = running(kubexit, "main")
    sidecar = running(kubexit, DEATH_DEPS="main", POLL_INTERVAL="0")
    main.kill()

    assert sidecar.wait() == 0


@pytest.mark.behaviour("crash-seen-by-peers")
@pytest.mark.parametrize("condition", ["died", "failed"])
def test_a_crash_counts_as_died_and_failed(kubexit: Kubexit, condition: str) -> None:
    """A crash counts as died and as failed."""
    main = running(kubexit, "main")
    sidecar = running(kubexit, DEATH_DEPS=f"main:{condition}", POLL_INTERVAL="0")
    main.kill()

    assert sidecar.wait() == 0


@pytest.mark.behaviour("crash-seen-by-peers")
def test_is_no_success(kubexit: Kubexit) -> None:
    """A crash is not a success. Shown to fail by dropping the condition."""
    main = running(kubexit, "main")
    sidecar = running(kubexit, DEATH_DEPS="main:succeeded,fence", LOG_LEVEL="debug")
    main.kill()
    sidecar.wait_line("main: crashed", stream="stderr")

    fenced_off(kubexit, sidecar)


@pytest.mark.behaviour("crash-seen-by-peers", "dead-before-start")
@pytest.mark.parametrize("born", [True, False])
@pytest.mark.parametrize(("births", "code"), [("", 0), ("main:born", 69)])
def test_before_our_start(kubexit: Kubexit, born: bool, births: str, code: int) -> None:
    """A container that crashed before the start is dead: the command does not start."""
    main = running(kubexit, "main") if born else waiting(kubexit, "main", BIRTH_DEPS="db:born")
    if born:
        kubexit.wait_tombstone("main", "Born")
    main.kill()
    finished = kubexit.run("echo", "BORN", name="sidecar", DEATH_DEPS="main", BIRTH_DEPS=births)

    assert finished.stdout == ""
    assert finished.code == code


@pytest.mark.behaviour("crash-seen-by-peers", "death-during-birth-wait", "crashed-proxy-is-no-success")
@pytest.mark.parametrize(("births", "code"), [("db:born", 0), ("db:born,main", 69)])
def test_during_our_birth_wait(kubexit: Kubexit, births: str, code: int) -> None:
    """A crash during the birth wait ends the wait."""
    main = running(kubexit, "main")
    app = waiting(kubexit, DEATH_DEPS="main", BIRTH_DEPS=births, BIRTH_SOURCE="graveyard", POLL_INTERVAL="0")
    main.kill()

    assert app.wait() == code
    assert app.stdout == ""


@pytest.mark.behaviour("crash-seen-by-peers")
def test_peer_that_starts_later(kubexit: Kubexit) -> None:
    """A dependency that starts later is watched from its first moment."""
    sidecar = running(kubexit, DEATH_DEPS="main", POLL_INTERVAL="0")
    main = running(kubexit, "main")
    main.kill()

    assert sidecar.wait() == 0
    assert "crashed" in (kubexit.tombstone("sidecar") or {})["Reason"]


@pytest.mark.behaviour("crash-seen-by-peers")
def test_a_chain_ends_link_by_link(kubexit: Kubexit) -> None:
    """Crash, orderly end, orderly end: each link acts on the one before."""
    first = running(kubexit, "first")
    second = running(kubexit, "second", "TERM=2", DEATH_DEPS="first", POLL_INTERVAL="0")
    third = running(kubexit, "third", "TERM=3", DEATH_DEPS="second", POLL_INTERVAL="0")
    first.kill()

    assert (second.wait(), third.wait()) == (2, 3)


@pytest.mark.behaviour("crash-seen-by-peers")
def test_all_of_them(kubexit: Kubexit) -> None:
    """The policy all counts crashes too."""
    peers = [running(kubexit, name) for name in ("a", "b")]
    sidecar = running(kubexit, DEATH_DEPS="a,b", DEATH_POLICY="all", POLL_INTERVAL="0")
    for peer in peers:
        peer.kill()

    assert sidecar.wait() == 0


@pytest.mark.behaviour("crash-seen-by-peers", "death-before-quit-requests")
def test_a_death_that_was_carved_is_no_crash(kubexit: Kubexit) -> None:
    """An orderly end does not count as a crash, at any look. Shown to fail by killing main."""
    main = running(kubexit, "main")
    sidecar = running(kubexit, DEATH_DEPS="main:failed,fence", POLL_INTERVAL="0")
    main.signal(15)
    main.wait()

    fenced_off(kubexit, sidecar)


@pytest.mark.behaviour("crash-seen-by-peers")
def test_start_after_a_crash(kubexit: Kubexit) -> None:
    """A container that crashed is started again under its name, over the files of the earlier run."""
    first = running(kubexit, "main")
    first.kill()
    second = running(kubexit, "main")
    sidecar = running(kubexit, DEATH_DEPS="main", POLL_INTERVAL="0")
    kubexit.wait_tombstone("main", "Born")
    second.signal(15)

    assert second.wait() == 0
    assert sidecar.wait() == 0
    assert "code 0" in (kubexit.tombstone("sidecar") or {})["Reason"]
