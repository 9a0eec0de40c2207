"""Pods that are deleted, or that are over their time: during the wait, while running, while SIGTERM is held."""

import pytest

from e2e.container import container, plain, pod
from e2e.images import STOPS_BY_QUIT, STOPS_BY_USR1
from e2e.space import Space

pytestmark = pytest.mark.node

SERVE = 'trap "echo asked; exit 0" TERM; echo serving; sleep 600 & wait'
# The object stays until the test has read how its containers ended.
KEPT = {"finalizers": ["kubexit.test/kept"]}
WAIT = {"BIRTH_DEPS": "never:born", "BIRTH_SOURCE": "graveyard", "BIRTH_TIMEOUT": "10m"}


def _running(pod):
    return all("running" in pod.state(name) for name in pod.statuses) and pod.statuses


def test_deletion_ends_the_wait_at_once(here: Space) -> None:
    """A pod that is deleted while a container waits for its birth ends at once: 143, and the command is not started."""
    made = here.pod(pod(container("main", "echo born", **WAIT)), **KEPT)
    made.wait_line("main", "waiting for birth")
    seconds = made.deletion()

    assert made.code == {"main": 143}, made.story
    assert "born" not in made.log("main").splitlines()
    assert seconds < 10


def test_deletion_asks_each_command_once(here: Space) -> None:
    """A pod that is deleted while its containers run: each command gets SIGTERM once, and has its own code."""
    script = 'trap "echo asked" TERM; echo serving; sleep 600 & wait; sleep 2; exit 5'
    made = here.pod(pod(container("main", script), container("side", SERVE, DEATH_DEPS="main")), **KEPT)
    made.wait_line("main", "serving")
    made.wait_line("side", "serving")
    seconds = made.deletion()

    assert made.code == {"main": 5, "side": 0}, made.story
    assert made.log("main").count("asked\n") == made.log("side").count("asked\n") == 1
    assert 2 <= seconds < 12


def test_held_signal_comes_after_the_end_of_main(here: Space) -> None:
    """A deleted pod ends in an order: the proxy's SIGTERM is held until main has ended."""
    main = container("main", 'trap "echo asked" TERM; echo serving; sleep 600 & wait; sleep 3; date +over@%s.%N')
    made = here.pod(pod(main, container("proxy", SERVE, TERM_AFTER="main")), **KEPT)
    made.wait_line("main", "serving")
    made.wait_line("proxy", "serving")
    seconds = made.deletion()

    assert made.code == {"main": 0, "proxy": 0}, made.story
    assert made.when("main", "^asked") < made.when("main", "^over") < made.when("proxy", "^asked")
    assert 3 <= seconds < 13


def test_signal_is_held_for_less_than_a_grace_period(here: Space) -> None:
    """The proxy gets its SIGTERM with half of its short grace period left, although main still runs."""
    main = container("main", 'trap "echo asked" TERM; echo serving; sleep 600 & wait; sleep 6; date +over@%s.%N')
    made = here.pod(pod(main, container("proxy", SERVE, TERM_AFTER="main", GRACE_PERIOD="4s")), **KEPT)
    made.wait_line("main", "serving")
    made.wait_line("proxy", "serving")
    made.deletion()

    assert made.code == {"main": 0, "proxy": 0}, made.story
    assert 1.5 < (made.when("proxy", "^asked") - made.when("main", "^asked")).total_seconds() < 3.9


def test_deaf_command_is_killed_after_the_grace_period_of_the_pod(here: Space) -> None:
    """A command that ignores SIGTERM is killed with its container when the pod's grace period is over."""
    main = container("main", "trap '' TERM; echo serving; while :; do sleep 600; done")
    made = here.pod(pod(main, terminationGracePeriodSeconds=3), **KEPT)
    made.wait_line("main", "serving")
    seconds = made.deletion()

    assert made.code == {"main": 137}, made.story
    assert 3 <= seconds < 13


def test_pre_stop_hook_comes_before_the_signal(here: Space) -> None:
    """preStop comes before main's SIGTERM; the proxy's, which comes at once, is held through both."""
    hook = {"exec": {"command": ["sh", "-c", "sleep 3; touch /graveyard/.hooked"]}}
    script = 'trap "ls -A /graveyard; date +over@%s.%N; exit 0" TERM; echo serving; sleep 600 & wait'
    main = container("main", script, {"lifecycle": {"preStop": hook}})
    made = here.pod(pod(main, container("proxy", SERVE, TERM_AFTER="main")), **KEPT)
    made.wait_line("main", "serving")
    made.wait_line("proxy", "serving")
    seconds = made.deletion()

    assert made.code == {"main": 0, "proxy": 0}, made.story
    assert ".hooked" in made.log("main")
    assert made.when("main", "^over") < made.when("proxy", "^asked")
    assert 3 <= seconds < 13


@pytest.mark.parametrize("kept", ["the work", "the wait"])
def test_active_deadline_ends_the_pod_like_a_deletion(here: Space, kept: str) -> None:
    """A Job over its activeDeadlineSeconds has its pod ended like a deleted one, also during the wait for birth."""
    settings = WAIT if kept == "the wait" else {}
    main = container("main", 'trap "exit 6" TERM; echo serving; sleep 600 & wait', **settings)
    made = here.job(pod(main), activeDeadlineSeconds=5)
    made.keep()
    made.wait_line("main", "waiting for birth" if settings else "serving")

    assert here.wait_job() == "Failed"
    made.wait(lambda pod: pod.code["main"] is not None, "the end of main")
    assert made.code == {"main": 143 if settings else 6}, made.story


def test_stop_signal_of_the_image_ends_the_wait(here: Space) -> None:
    """An image's own stop signal ends the wait for birth as SIGTERM does."""
    main = container("main", "echo born", {"image": STOPS_BY_USR1}, **WAIT)
    made = here.pod(pod(main, terminationGracePeriodSeconds=6), **KEPT)
    made.wait_line("main", "waiting for birth")
    seconds = made.deletion()

    assert seconds < 6, made.story
    assert made.code["main"] in (143, 138), made.story


def test_stop_signal_of_the_image_is_held(here: Space) -> None:
    """TERM_AFTER holds the stop signal with which the image is ended."""
    script = 'trap "echo asked; exit 0" QUIT; echo serving; sleep 600 & wait'
    side = container("proxy", script, {"image": STOPS_BY_QUIT}, TERM_AFTER="main")
    main = container("main", 'trap "echo asked" TERM; echo serving; sleep 600 & wait; sleep 3; date +over@%s.%N')
    made = here.pod(pod(main, side), **KEPT)
    made.wait_line("main", "serving")
    made.wait_line("proxy", "serving")
    made.deletion()

    assert made.code == {"main": 0, "proxy": 0}, made.story
    assert made.when("main", "^over") < made.when("proxy", "^asked")


def test_draining_command_is_asked_to_end_once(here: Space) -> None:
    """A command that drains at its image's stop signal gets no SIGTERM on top when main ends first."""
    script = (
        'trap "echo draining; drain=1" QUIT; trap "echo hurried; exit 9" TERM; echo serving; sleep 600 & wait; '
        "n=0; while [ $n -lt 30 ]; do n=$((n + 1)); sleep 0.1; done; exit 0"
    )
    side = container("proxy", script, {"image": STOPS_BY_QUIT}, DEATH_DEPS="main")
    main = container("main", 'trap "echo asked" TERM; echo serving; sleep 600 & wait; sleep 1')
    made = here.pod(pod(main, side), **KEPT)
    made.wait_line("main", "serving")
    made.wait_line("proxy", "serving")
    made.deletion()

    assert "draining" in made.log("proxy")
    assert made.code == {"main": 0, "proxy": 0}, made.story


def test_held_container_is_restarted_without_a_kill(here: Space) -> None:
    """A container with TERM_AFTER whose livenessProbe fails is restarted without being killed, while main runs."""
    healthy = {"command": ["test", "!", "-e", "/graveyard/.ill"]}
    probe = {"exec": healthy, "failureThreshold": 1, "periodSeconds": 1}
    script = (
        "rm -f /graveyard/.ill; trap 'sleep 1; exit 0' TERM; echo serving; sleep 3; touch /graveyard/.ill; "
        "sleep 600 & wait"
    )
    side = container("proxy", script, {"livenessProbe": probe}, TERM_AFTER="main", GRACE_PERIOD="6s")
    made = here.pod(pod(container("main", "sleep 600"), side, restartPolicy="Always", terminationGracePeriodSeconds=6))
    made.wait(lambda pod: pod.restarts("proxy") == 1, "the restart")

    assert made.codes["proxy"][0] == 0, made.story


def test_sidecar_that_is_not_wrapped_gets_its_signal_at_once(here: Space) -> None:
    """What kubexit holds back is its own command's signal and no other container's."""
    main = container("main", 'trap "echo asked" TERM; echo serving; sleep 600 & wait; sleep 3; date +over@%s.%N')
    made = here.pod(pod(main, container("proxy", SERVE, TERM_AFTER="main"), plain("other", SERVE)), **KEPT)
    for name in ("main", "proxy", "other"):
        made.wait_line(name, "serving")
    made.deletion()

    assert made.code == {"main": 0, "proxy": 0, "other": 0}, made.story
    assert made.when("other", "^asked") < made.when("main", "^over") < made.when("proxy", "^asked")
