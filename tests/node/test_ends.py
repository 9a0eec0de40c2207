"""How a pod ends when its containers end by themselves: order and exit codes."""

import pytest

from e2e.container import container, plain, pod
from e2e.space import Space

pytestmark = pytest.mark.node

SERVE = 'trap "echo asked; exit 0" TERM; echo serving; sleep 600 & wait'
SIDECAR = {"DEATH_DEPS": "main", "EXIT_CODE_ON_STOP": "zero", "GRACE_PERIOD": "10s"}


def test_main_ends_before_the_sidecar_starts(here: Space) -> None:
    """A sidecar that comes when main is over exits with 0, and its command is not started."""
    late = container("side", "echo started", DEATH_DEPS="main")
    script = "until case $(cat /graveyard/main) in *Died:*) ;; *) false ;; esac; do sleep 0.1; done; "
    late["command"] = ["sh", "-c", f"{script} exec kubexit -- echo started"]

    made = here.job(pod(container("main", "echo worked"), late))

    assert here.wait_job() == "Complete"
    assert made.code == {"main": 0, "side": 0}, made.story
    assert "started" not in made.log("side").splitlines()
    assert "worked" in made.log("main")


@pytest.mark.parametrize("code", [0, 3])
def test_sidecar_ends_after_main(here: Space, code: int) -> None:
    """The sidecar ends when main has ended, and the Job ends as main did."""
    main = container("main", f"sleep 1; date +worked@%s.%N; exit {code}", BIRTH_DEPS="side:born")
    made = here.job(pod(main, container("side", SERVE, **SIDECAR)))

    assert here.wait_job() == ("Failed" if code else "Complete")
    assert made.code == {"main": code, "side": 0}, made.story
    assert made.when("side", "^serving") < made.when("main", "^worked") < made.when("side", "^asked")


def test_two_mains_end_together(here: Space) -> None:
    """Of two containers that depend on each other's end, the second is stopped when the first has failed."""
    first = container("first", "sleep 2; exit 4", DEATH_DEPS="second", BIRTH_DEPS="second:born")
    made = here.job(pod(first, container("second", SERVE, DEATH_DEPS="first")))

    assert here.wait_job() == "Failed"
    assert made.code == {"first": 4, "second": 0}, made.story
    assert "asked" in made.log("second")


def test_sidecar_of_two_mains_outlives_both(here: Space) -> None:
    """With DEATH_POLICY=all a sidecar lives until the last main has ended."""
    side = container("side", SERVE, **{**SIDECAR, "DEATH_DEPS": "first,second"}, DEATH_POLICY="all")
    first = container("first", "sleep 1; date +over@%s.%N", BIRTH_DEPS="side:born")
    second = container("second", "sleep 4; date +over@%s.%N", BIRTH_DEPS="side:born")
    made = here.job(pod(first, second, side))

    assert here.wait_job() == "Complete"
    assert made.code == {"first": 0, "second": 0, "side": 0}, made.story
    assert made.when("first", "^over") < made.when("second", "^over") < made.when("side", "^asked")


def test_ends_are_the_same_in_shared_processes(here: Space) -> None:
    """In a shared process namespace, where kubexit is not process 1, both ends are the same."""
    main = container("main", 'sleep 1; [ "$PPID" != 1 ] || exit 9; exit 3', BIRTH_DEPS="side:born")
    made = here.job(pod(main, container("side", SERVE, **SIDECAR), shareProcessNamespace=True))

    assert here.wait_job() == "Failed"
    assert made.code == {"main": 3, "side": 0}, made.story


def test_sidecar_that_is_not_wrapped_is_asked_by_name(here: Space) -> None:
    """A sidecar without kubexit gets SIGTERM by its process name when main has ended."""
    up = 'until case "$(cat /proc/[0-9]*/comm)" in *serving-side*) ;; *) false ;; esac; do sleep 0.1; done'
    main = container("main", f"{up}; echo worked", QUIT_PROCESSES="serving-side")
    script = "mkdir /graveyard/.bin; ln -s /bin/sleep /graveyard/.bin/serving-side; "
    # The shell exits with 0 after any signal to its child: the code of an unwrapped sidecar is not the subject.
    side = plain("side", script + "/graveyard/.bin/serving-side 600; exit 0")
    made = here.job(pod(main, side, shareProcessNamespace=True))

    assert here.wait_job() == "Complete"
    assert made.code == {"main": 0, "side": 0}, made.story


def test_the_api_orders_births_by_readiness(here: Space) -> None:
    """A chain of three waits by readiness probes: each command starts after the one that it waits for."""
    here.let_wait()
    probe = {"readinessProbe": {"exec": {"command": ["test", "-e", "/graveyard/.ready"]}, "periodSeconds": 1}}
    wait = {"BIRTH_TIMEOUT": "60s"}
    mark = "date +up@%s.%N; sleep 1; touch /graveyard/.ready; exec sleep 600"
    made = here.job(
        pod(
            container("work", "date +up@%s.%N", BIRTH_DEPS="proxy", **wait),
            container("proxy", mark, probe, DEATH_DEPS="work", EXIT_CODE_ON_STOP="zero"),
        )
    )

    assert here.wait_job() == "Complete"
    assert made.code == {"work": 0, "proxy": 0}, made.story
    between = made.when("work", "^up") - made.when("proxy", "^up")
    assert 1.0 <= between.total_seconds() < 15


def test_unborn_container_without_probe_is_not_ready(here: Space) -> None:
    """A container under kubexit that is not born yet is not ready, also where it has no readiness probe."""
    here.let_wait()
    probe = {"readinessProbe": {"exec": {"command": ["test", "-e", "/graveyard/.ready"]}, "periodSeconds": 1}}
    end = {"DEATH_DEPS": "a", "EXIT_CODE_ON_STOP": "zero"}
    wait = {"BIRTH_TIMEOUT": "60s"}
    made = here.job(
        pod(
            container("a", "date +up@%s.%N", BIRTH_DEPS="b", **wait),
            container("b", "date +up@%s.%N; exec sleep 600", BIRTH_DEPS="c", **wait, **end),
            container("c", "date +up@%s.%N; sleep 4; touch /graveyard/.ready; exec sleep 600", probe, **end),
        )
    )

    here.wait_job()
    assert made.code == {"a": 0, "b": 0, "c": 0}, made.story
    assert made.when("c", "^up") < made.when("b", "^up") < made.when("a", "^up")
