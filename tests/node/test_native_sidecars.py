"""Init containers with restartPolicy Always, under kubexit and beside it."""

import pytest

from e2e.container import clears, container, native, plain, pod
from e2e.space import Space

pytestmark = pytest.mark.node

READY = {"READY_FILE": "/graveyard/.ready", "READY_PERIOD": "100ms"}
SERVE = 'trap "echo asked; exit 0" TERM; date +serving@%s.%N; touch /graveyard/.ready; sleep 600 & wait'


def test_main_waits_until_it_is_ready(here: Space) -> None:
    """Main starts when the native sidecar is ready and not when it has started; the kubelet ends it after main."""
    side = native(container("side", f"sleep 3; {SERVE}", **READY))
    main = container("main", "date +worked@%s.%N", BIRTH_DEPS="side", BIRTH_SOURCE="graveyard", BIRTH_TIMEOUT="60s")
    made = here.job(pod(main, init=(clears(), side)))

    assert here.wait_job() == "Complete"
    assert made.codes == {"clear": [0], "side": [0], "main": [0]}, made.story
    assert made.when("side", "^serving") < made.when("main", "^worked") < made.when("side", "^asked")


def test_crash_after_the_start_is_no_end_of_main(here: Space) -> None:
    """A native sidecar that crashes is started again by the kubelet; main, which does not depend on it, completes."""
    script = "[ -e /graveyard/.tried ] || { touch /graveyard/.tried; sleep 1; exit 7; }; " + SERVE
    main = container("main", "sleep 6; date +worked@%s.%N", BIRTH_DEPS="side:born")
    made = here.job(pod(main, init=(native(container("side", script)),)))

    assert here.wait_job() == "Complete"
    assert made.restarts("side") == 1, made.story
    assert made.codes == {"side": [7, 0], "main": [0]}, made.story


def test_main_waits_through_a_crash(here: Space) -> None:
    """Main waits through a crash of the native sidecar and starts when its second life is ready."""
    script = "[ -e /graveyard/.tried ] || { touch /graveyard/.tried; exit 7; }; " + SERVE
    side = native(container("side", script, **READY))
    main = container("main", "date +worked@%s.%N", BIRTH_DEPS="side", BIRTH_SOURCE="graveyard", BIRTH_TIMEOUT="60s")
    made = here.job(pod(main, init=(side,)))

    assert here.wait_job() == "Complete"
    assert made.codes == {"side": [7, 0], "main": [0]}, made.story
    assert made.when("side", "^serving") < made.when("main", "^worked")


def test_main_ends_with_it(here: Space) -> None:
    """Main that depends on the native sidecar's end is stopped when that crashes, and its own code is the Job's."""
    script = "[ -e /graveyard/.tried ] || { touch /graveyard/.tried; sleep 2; exit 7; }; " + SERVE
    main = container("main", 'trap "exit 5" TERM; sleep 600 & wait', BIRTH_DEPS="side:born", DEATH_DEPS="side:failed")
    made = here.job(pod(main, init=(native(container("side", script)),)))

    assert here.wait_job() == "Failed"
    assert made.code == {"main": 5}, made.story


def test_sidecar_without_kubexit_is_awaited_by_the_api(here: Space) -> None:
    """A native sidecar without kubexit is waited for by its readiness probe; its crash before that is survived."""
    here.let_wait()
    probe = {"readinessProbe": {"exec": {"command": ["test", "-e", "/graveyard/.ready"]}, "periodSeconds": 1}}
    script = "[ -e /graveyard/.tried ] || { touch /graveyard/.tried; exit 7; }; sleep 2; " + SERVE
    main = container("main", "date +worked@%s.%N", BIRTH_DEPS="side", BIRTH_TIMEOUT="60s")
    made = here.job(pod(main, init=(native(plain("side", script, probe)),)))

    assert here.wait_job() == "Complete"
    assert made.codes == {"side": [7, 0], "main": [0]}, made.story
    assert made.when("side", "^serving") < made.when("main", "^worked")
