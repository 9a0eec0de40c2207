"""A death, a signal or the deadline ends the wait; the graveyard adds conditions to readiness."""

import signal

import pytest

from cluster.birth import Birth, assert_born, failed
from cluster.pods import READY, RUNNING, running, waiting
from harness.kubexit import Kubexit
from harness.processes import alive, children
from harness.waiting import eventually

pytestmark = pytest.mark.cluster


@pytest.mark.behaviour("dead-before-start", "death-during-birth-wait")
def test_a_death_ends_the_wait(kubexit: Kubexit, birth: Birth) -> None:
    """A death dependency that dies ends the wait with exit code 0: no waiter, no command, a tombstone."""
    pod = birth.pod("db", "main")
    container = birth.start(kubexit, pod, "db", DEATH_DEPS="main")
    birth.watched(container, pod)

    kubexit.carve("main", Born=True, Died=True, ExitCode=0)

    failed(container, 0, "main")
    assert kubexit.wait_tombstone("app")["ExitCode"] == 0


@pytest.mark.behaviour("dead-before-start", "signal-during-birth-wait")
def test_sigterm_ends_the_wait(kubexit: Kubexit, birth: Birth) -> None:
    """SIGTERM ends the wait with 143: no command, a tombstone."""
    pod = birth.pod("db")
    container = birth.start(kubexit, pod, "db")
    birth.watched(container, pod)

    container.signal(signal.SIGTERM)

    failed(container, 143)
    assert kubexit.wait_tombstone("app")["ExitCode"] == 143


@pytest.mark.behaviour("parent-death-kills-command")
def test_a_killed_supervisor_leaves_no_waiter(kubexit: Kubexit, birth: Birth) -> None:
    """A supervisor that is killed leaves no waiter behind."""
    pod = birth.pod("db")
    container = birth.start(kubexit, pod, "db")
    birth.watched(container, pod)
    waiter = children(container.pid)[0]

    container.kill()

    eventually(lambda: not alive(waiter), "the waiter is gone")


@pytest.mark.behaviour("timeout-names-the-missing")
def test_timeout_says_why(kubexit: Kubexit, birth: Birth) -> None:
    """At the deadline each dependency that is not ready is named, with its state and its number of restarts."""
    pod = birth.pod("db", "cache", "web", "done")
    pod.show(db=waiting("ImagePullBackOff", "no such image"), cache=waiting("CrashLoopBackOff", restarts=4), done=READY)
    pod.show(web=running(ready=False, restarts=2))

    # Long enough to list on a busy machine; the end comes by the deadline.
    container = birth.start(kubexit, pod, "db,cache,web,done", BIRTH_TIMEOUT="6s")

    failed(container, 69, "ImagePullBackOff", "CrashLoopBackOff", "4", "web", "2")
    line = next(line for line in container.stderr.splitlines() if "ImagePullBackOff" in line)
    assert "done" not in line


@pytest.mark.behaviour("readiness-wins-at-timeout")
def test_a_timeout_of_zero_expires_at_once(kubexit: Kubexit, birth: Birth) -> None:
    """A timeout of 0 expires before anything is seen, ready or not."""
    pod = birth.pod("db")
    pod.show(db=READY)

    failed(birth.start(kubexit, pod, "db", BIRTH_TIMEOUT="0"), 69)


@pytest.mark.behaviour("ready-needs-no-event")
def test_with_graveyard_conditions(kubexit: Kubexit, birth: Birth) -> None:
    """Readiness from the API and conditions from the graveyard are all waited for, in any order."""
    pod = birth.pod("db", "seed", "migrate")
    container = birth.start(kubexit, pod, "db,seed:born,migrate:succeeded")
    birth.watched(container, pod)

    kubexit.carve("seed", Born=True)
    pod.show(db=READY)
    kubexit.carve("migrate", Born=True, Died=True, ExitCode=0)

    assert_born(container)


@pytest.mark.behaviour("ready-needs-no-event")
def test_the_api_can_be_ready_last(kubexit: Kubexit, birth: Birth) -> None:
    """The command also starts if the graveyard is complete and the API is the last."""
    kubexit.carve("migrate", Born=True, Died=True, ExitCode=0)
    pod = birth.pod("db")
    container = birth.start(kubexit, pod, "db,migrate:succeeded")
    birth.watched(container, pod)
    pod.show(db=RUNNING)

    pod.show(db=READY)

    assert_born(container)


@pytest.mark.behaviour("graveyard-source-asks-no-api")
def test_the_graveyard_source_asks_no_api(kubexit: Kubexit, birth: Birth) -> None:
    """With readiness from the graveyard the API is not asked: it would say that the pod does not exist."""
    kubexit.carve("migrate", Born=True, Died=True, ExitCode=0)

    assert_born(birth.start(kubexit, "no-such-pod", "migrate:succeeded", BIRTH_SOURCE="graveyard"))
