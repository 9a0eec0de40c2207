"""Deaths and crashes in gVisor, as the other container sees them."""

import pytest

from sandbox.pod import Container, Pod, crash

pytestmark = [pytest.mark.sandbox, pytest.mark.single_file]

WAITS = ("/bin/actor", "ready-then-wait", "--exit", "TERM=4")


def running(pod: Pod, name: str, *command: str, **settings: str) -> Container:
    """A container whose birth is written."""
    container = pod.start(name, *(command or WAITS), **settings)
    container.wait_line("^READY$")
    pod.wait_tombstone(name, "Born")
    return container


@pytest.mark.behaviour("exit-after-death-is-written", "stop-signal-then-sigkill")
def test_death_stops_sidecar(pod: Pod) -> None:
    """The death of main ends the sidecar."""
    main = running(pod, "main")
    sidecar = running(pod, "sidecar", DEATH_DEPS="main", EXIT_CODE_ON_STOP="zero")
    main.signal("TERM")

    assert main.wait() == 4
    assert sidecar.wait() == 0
    assert "SIGNAL TERM 15" in sidecar.stdout
    assert (pod.tombstone("sidecar") or {})["Reason"] == "dependency main died with exit code 4"


@pytest.mark.behaviour("exit-after-death-is-written")
def test_death_seen_at_once(shared: Pod) -> None:
    """On a shared tmpfs gVisor reports the death at once: no polling is needed."""
    main = running(shared, "main")
    sidecar = running(shared, "sidecar", DEATH_DEPS="main", POLL_INTERVAL="0")
    main.signal("TERM")

    assert sidecar.wait() == 4


@pytest.mark.behaviour("silent-deaths-polled", "gvisor")
def test_death_seen_at_next_poll(bound: Pod) -> None:
    """On a folder of the host inotify is silent; the death is found at the next look."""
    main = running(bound, "main")
    sidecar = running(bound, "sidecar", DEATH_DEPS="main", POLL_INTERVAL="100ms")
    main.signal("TERM")

    assert sidecar.wait() == 4


@pytest.mark.behaviour("silent-deaths-polled", "gvisor")
def test_inotify_is_silent(bound: Pod) -> None:
    """Without polling such a death is not seen. Shown to fail on a shared tmpfs."""
    main = running(bound, "main")
    sidecar = running(bound, "sidecar", DEATH_DEPS="main", POLL_INTERVAL="0")
    main.signal("TERM")
    main.wait()
    sidecar.signal("USR1")
    sidecar.wait_line("^SIGNAL USR1")

    assert "TERM" not in sidecar.stdout


@pytest.mark.behaviour("dead-before-start")
def test_dead_before_start(pod: Pod) -> None:
    """A sidecar whose dependency is dead already starts nothing."""
    pod.start("main", "/bin/actor", "exit", "0").wait()
    sidecar = pod.start("sidecar", *WAITS, DEATH_DEPS="main")

    assert sidecar.wait() == 0
    assert sidecar.stdout == ""


@pytest.mark.behaviour("crash-seen-by-peers", "gvisor")
def test_crash_stops_sidecar(shared: Pod) -> None:
    """On a shared tmpfs peers see the death of a container that is killed as a whole, without polling."""
    main = running(shared, "main")
    sidecar = running(shared, "sidecar", DEATH_DEPS="main", POLL_INTERVAL="0")
    crash(main)

    assert sidecar.wait() == 4
    assert (shared.tombstone("sidecar") or {})["Reason"] == "dependency main crashed"


@pytest.mark.behaviour("crash-seen-by-peers", "gvisor")
def test_crash_during_the_birth_wait(shared: Pod) -> None:
    """Peers also see the death of a container that waits for its own birth and has written nothing yet."""
    main = shared.start("main", *WAITS, BIRTH_DEPS="db:born", BIRTH_SOURCE="graveyard", BIRTH_TIMEOUT="infinite")
    main.wait_line("waiting for", stream="stderr")
    sidecar = running(shared, "sidecar", DEATH_DEPS="main", POLL_INTERVAL="0")
    crash(main)

    assert sidecar.wait() == 4


@pytest.mark.behaviour("crash-seen-by-peers", "gvisor")
def test_crash_is_not_seen(bound: Pod) -> None:
    """On a folder of the host peers do not see it: each container has its own FIFO. Shown to fail on a shared tmpfs."""
    main = running(bound, "main")
    sidecar = running(bound, "sidecar", DEATH_DEPS="main,fence", POLL_INTERVAL="100ms")
    crash(main)
    bound.start("fence", "/bin/actor", "exit", "0").wait()

    assert sidecar.wait() == 4
    assert "fence" in (bound.tombstone("sidecar") or {})["Reason"]


@pytest.mark.behaviour("crash-seen-by-peers", "gvisor")
def test_living_peer_is_no_crash(pod: Pod) -> None:
    """No living container is taken for a crashed one, by a peer that starts before it or after it. Shown to fail by
    killing main."""
    early = running(pod, "early", DEATH_DEPS="main:failed,fence", POLL_INTERVAL="100ms")
    running(pod, "main")
    late = running(pod, "late", DEATH_DEPS="main:failed,fence", POLL_INTERVAL="100ms")
    pod.start("fence", "/bin/actor", "exit", "0").wait()

    for name, container in (("early", early), ("late", late)):
        assert container.wait() == 4
        assert "fence" in (pod.tombstone(name) or {})["Reason"]


@pytest.mark.behaviour("old-tombstone-gone-at-start")
def test_restart_after_a_crash(pod: Pod) -> None:
    """A container that crashed is started again under its name; its death is the new one."""
    crash(running(pod, "main"))
    again = running(pod, "main")
    sidecar = running(pod, "sidecar", DEATH_DEPS="main")
    again.signal("TERM")

    assert sidecar.wait() == 4
    assert (pod.tombstone("sidecar") or {})["Reason"] == "dependency main died with exit code 4"
