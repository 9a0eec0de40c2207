"""KUBEXIT_TERM_AFTER together with death dependencies, and in pods where several containers hold their SIGTERM."""

import signal

import pytest

from harness.containers import born, lines, running
from harness.kubexit import Kubexit

pytestmark = pytest.mark.behaviour("term-after")


@pytest.mark.behaviour("one-sigterm-not-two")
@pytest.mark.parametrize("code_on_stop", ["keep", "zero"])
def test_a_death_dependency_brings_one_sigterm(kubexit: Kubexit, code_on_stop: str) -> None:
    """When the container that is waited for is a death dependency too, its death brings one SIGTERM, not two.

    The wish came from outside, so the code is the command's own.
    """
    main = born(kubexit)
    settings = {"TERM_AFTER": "main", "DEATH_DEPS": "main", "GRACE_PERIOD": "1h"}
    held = running(kubexit, "shipper", "WINCH=9", EXIT_CODE_ON_STOP=code_on_stop, **settings)
    held.signal(signal.SIGTERM)
    held.wait_line(": waiting for main to exit first", "stderr")
    main.signal(signal.SIGTERM)
    held.wait_line("SIGNAL TERM")
    held.signal(signal.SIGWINCH)

    assert held.wait() == 9
    assert held.stdout == "READY\nSIGNAL TERM 15\nSIGNAL WINCH 28\n"
    assert lines(held.stderr, "warn") == []


@pytest.mark.behaviour("stop-signal-then-sigkill", "sigkill-always-reaches", "outside-sigterm-no-deadline")
def test_grace_period_runs(kubexit: Kubexit) -> None:
    """The grace period runs from the death: a command that ignores the signal is killed."""
    main = born(kubexit)
    held = running(kubexit, "shipper", "", TERM_AFTER="main", DEATH_DEPS="main", GRACE_PERIOD="4s")
    held.signal(signal.SIGTERM)
    held.wait_line(": waiting for main to exit first", "stderr")
    main.signal(signal.SIGTERM)

    assert held.wait() == 137
    assert held.stdout == "READY\nSIGNAL TERM 15\n"
    assert (kubexit.tombstone("shipper") or {})["Killed"] is True


@pytest.mark.behaviour("one-sigterm-not-two")
def test_another_death_forwards_sigterm_at_once(kubexit: Kubexit) -> None:
    """The death of another dependency forwards the SIGTERM at once: the command is not needed any longer."""
    born(kubexit)
    settings = {"TERM_AFTER": "main", "DEATH_DEPS": "db", "GRACE_PERIOD": "1h"}
    held = running(kubexit, "shipper", "TERM=9", **settings)
    held.signal(signal.SIGTERM)
    held.wait_line(": waiting for main to exit first", "stderr")
    kubexit.carve("db", Born=True, Died=True, ExitCode=0)

    assert held.wait() == 9
    assert held.stdout == "READY\nSIGNAL TERM 15\n"
    assert "dependency db died with exit code 0: forwarded SIGTERM to the command" in held.stderr
    assert lines(held.stderr, "warn") == []


@pytest.mark.behaviour("two-deaths-stop-once", "stop-times-do-not-change")
def test_without_a_term(kubexit: Kubexit) -> None:
    """A death dependency's death alone is not held, although the other containers live."""
    born(kubexit)
    settings = {"TERM_AFTER": "main", "DEATH_DEPS": "db", "EXIT_CODE_ON_STOP": "zero"}
    sidecar = running(kubexit, "shipper", "TERM=9", **settings)
    kubexit.carve("db", Born=True, Died=True, ExitCode=0)

    assert sidecar.wait() == 0


def test_term_after_our_own(kubexit: Kubexit) -> None:
    """A SIGTERM that comes after our stop signal is neither held nor forwarded."""
    born(kubexit)
    settings = {"TERM_AFTER": "main", "DEATH_DEPS": "db", "GRACE_PERIOD": "1h"}
    sidecar = running(kubexit, "shipper", "WINCH=9", **settings)
    kubexit.carve("db", Born=True, Died=True, ExitCode=0)
    sidecar.wait_line("SIGNAL TERM")
    sidecar.signal(signal.SIGTERM)
    sidecar.signal(signal.SIGWINCH)

    assert sidecar.wait() == 9
    assert sidecar.stdout.count("SIGNAL TERM") == 1
    assert "to exit first, at most" not in sidecar.stderr


def test_pod_of_three(kubexit: Kubexit) -> None:
    """When a pod is deleted, all get SIGTERM at once and exit in the configured order, the log shipper last."""
    main = born(kubexit)
    proxy = born(kubexit, "proxy", "TERM=0", TERM_AFTER="main", GRACE_PERIOD="1h")
    shipper = born(kubexit, "shipper", "TERM=0", TERM_AFTER="main,proxy", GRACE_PERIOD="1h")
    for held, names in ((shipper, "main, proxy"), (proxy, "main")):
        held.signal(signal.SIGTERM)
        held.wait_line(f": waiting for {names} to exit first", "stderr")
    main.signal(signal.SIGTERM)
    for container in (main, proxy, shipper):
        assert container.wait() == 0
    died = [(kubexit.tombstone(name) or {})["Died"] for name in ("main", "proxy", "shipper")]

    assert died == sorted(died)
    assert len(set(died)) == 3


def test_each_waits_for_the_other(kubexit: Kubexit) -> None:
    """Two containers that wait for each other do so for one grace period at most."""
    one = born(kubexit, "one", "TERM=1", TERM_AFTER="two", GRACE_PERIOD="300ms")
    two = born(kubexit, "two", "TERM=2", TERM_AFTER="one", GRACE_PERIOD="1h")
    for container in (two, one):
        container.signal(signal.SIGTERM)
        container.wait_line("to exit first, at most", "stderr")

    assert one.wait() == 1
    assert two.wait() == 2
