"""Where inotify is not available, kubexit says so once and polls."""

import errno

import pytest

from harness.containers import lines, running, waiting
from harness.kubexit import Kubexit
from harness.processes import next_look
from harness.supervised import Supervised
from harness.waiting import eventually
from harness.world import namespaces
from harness.world.namespaces import Step

WORLDS = {
    "no instances left (EMFILE)": lambda: namespaces.user_limit("max_inotify_instances", 0),
    "no watches left (ENOSPC)": lambda: namespaces.user_limit("max_inotify_watches", 0),
    "no such call (ENOSYS)": lambda: namespaces.refuse("inotify_init1", errno.ENOSYS),
    "not permitted (EPERM)": lambda: namespaces.refuse("inotify_init1", errno.EPERM),
    "watching not permitted (EPERM)": lambda: namespaces.refuse("inotify_add_watch", errno.EPERM),
}


@pytest.fixture(params=WORLDS)
def world(request: pytest.FixtureRequest) -> Step:
    """One way of having no inotify."""
    if "no instances" in request.param or "no watches" in request.param:
        namespaces.require_user_limits()
    return WORLDS[request.param]()


def looks_soon(container: Supervised) -> None:
    """Return when it sleeps for no longer than a fifth of a second; with the default interval that would be 2 s."""
    eventually(lambda: 0 < next_look(container.pid) <= 0.2, "it looks again soon")


@pytest.mark.behaviour("no-inotify-polls")
def test_polling_finds_a_death(kubexit: Kubexit, world: Step) -> None:
    """Polling finds a death, with the default interval within a fraction of it; one warning says so."""
    kubexit.graveyard.mkdir()
    container = running(kubexit, DEATH_DEPS="main", preexec_fn=world)
    looks_soon(container)
    kubexit.carve("main", Born=True, Died=True, ExitCode=0)

    assert container.wait() == 0
    assert len(lines(container.stderr, "warn")) == 1
    assert "inotify" in lines(container.stderr, "warn")[0]


@pytest.mark.behaviour("no-inotify-polls")
@pytest.mark.parametrize("poll", ["0", "10ms", "1h"])
def test_polling_ignores_a_slow_backstop(kubexit: Kubexit, poll: str) -> None:
    """Polling continues even if the backstop is turned off or slow: there is nothing else."""
    world = WORLDS["no such call (ENOSYS)"]()
    kubexit.graveyard.mkdir()
    container = running(kubexit, DEATH_DEPS="main", POLL_INTERVAL=poll, preexec_fn=world)
    looks_soon(container)
    kubexit.carve("main", Born=True, Died=True, ExitCode=0)

    assert container.wait() == 0


@pytest.mark.behaviour("no-inotify-polls")
def test_polling_finds_a_birth(kubexit: Kubexit, world: Step) -> None:
    """Polling finds births too."""
    app = waiting(kubexit, BIRTH_DEPS="db:born", POLL_INTERVAL="10ms", preexec_fn=world)
    kubexit.carve("db", Born=True)

    assert app.wait() == 0
    assert app.stdout == "BORN\n"


@pytest.mark.behaviour("crash-seen-by-peers", "no-inotify-polls")
def test_a_crash_needs_no_inotify(kubexit: Kubexit, world: Step) -> None:
    """A crash needs no inotify at all."""
    main = running(kubexit, "main")
    sidecar = running(kubexit, DEATH_DEPS="main", POLL_INTERVAL="1h", preexec_fn=world)
    main.kill()

    assert sidecar.wait() == 0


@pytest.mark.behaviour("no-inotify-polls")
def test_no_dependencies_need_no_inotify(kubexit: Kubexit, world: Step) -> None:
    """A container without dependencies needs no inotify and logs no warning."""
    finished = kubexit.run("true", preexec_fn=world)

    assert finished.code == 0
    assert lines(finished.stderr, "warn") == []
