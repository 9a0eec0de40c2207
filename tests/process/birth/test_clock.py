"""Deadlines are counted on the monotonic clock, with any value that it shows.

In a time namespace the clock is a century ahead, so that the longest durations reach beyond what 64 bits hold.
"""

import pytest

from harness.containers import running, waiting
from harness.kubexit import Kubexit
from harness.world import namespaces

CENTURY = 4_000_000_000
LONGEST = "2562047h47m16.854775807s"


@pytest.fixture(autouse=True)
def _clocks() -> None:
    namespaces.require_uptime()


@pytest.mark.behaviour("durations-of-go", "grace-clock-cannot-be-set")
@pytest.mark.parametrize("timeout", [LONGEST, "infinite"])
def test_the_longest_wait_does_not_expire(kubexit: Kubexit, timeout: str) -> None:
    """The longest wait that can be written does not end before it began. Shown to fail by a short one."""
    world = namespaces.uptime(CENTURY)
    app = waiting(kubexit, BIRTH_DEPS="db:born", BIRTH_TIMEOUT=timeout, POLL_INTERVAL=LONGEST, preexec_fn=world)
    kubexit.carve("db", Born=True)

    assert app.wait() == 0
    assert app.stdout == "BORN\n"


@pytest.mark.behaviour("grace-clock-cannot-be-set")
def test_a_short_wait_ends_in_time(kubexit: Kubexit) -> None:
    """A short wait ends in its time."""
    world = namespaces.uptime(CENTURY)

    assert kubexit.run("echo", BIRTH_DEPS="db:born", BIRTH_TIMEOUT="20ms", preexec_fn=world).code == 69


@pytest.mark.behaviour("grace-clock-cannot-be-set")
def test_a_grace_period_ends_in_time(kubexit: Kubexit) -> None:
    """A grace period ends in its time, also after the longest of stop delays was cut short."""
    settings = {"DEATH_DEPS": "main", "STOP_DELAY": LONGEST, "GRACE_PERIOD": "20ms"}
    container = running(kubexit, exits="", preexec_fn=namespaces.uptime(CENTURY), **settings)
    kubexit.carve("main", Died=True, ExitCode=0)
    container.wait_line("dependency main died", stream="stderr")
    container.signal(15)

    assert container.wait() == 137


@pytest.mark.behaviour("grace-clock-cannot-be-set")
def test_the_longest_grace_period_does_not_expire(kubexit: Kubexit) -> None:
    """The longest grace period lets the command end by itself."""
    container = running(kubexit, DEATH_DEPS="main", GRACE_PERIOD=LONGEST, preexec_fn=namespaces.uptime(CENTURY))
    kubexit.carve("main", Died=True, ExitCode=0)

    assert container.wait() == 0
    assert "Killed" not in (kubexit.tombstone("sidecar") or {})
