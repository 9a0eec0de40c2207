"""Containers that the kubelet starts again in the same pod, over the same graveyard."""

import pytest

from e2e.container import clears, container, native, pod
from e2e.space import Space

pytestmark = pytest.mark.node

READY = {"READY_FILE": "/graveyard/.ready", "READY_PERIOD": "100ms"}
WAIT = {"BIRTH_DEPS": "proxy", "BIRTH_SOURCE": "graveyard", "BIRTH_TIMEOUT": "20s"}
ONCE = "[ -e /graveyard/.{0} ] || {{ touch /graveyard/.{0}; {1}; }}; "
UP = "touch /graveyard/.ready; echo up; exec sleep 600"


def _ended_or_refused(made):
    """Whether there is nothing more to wait for: it has ended, or main has exited with 69 at least once."""
    return made.phase in ("Succeeded", "Failed") or 69 in made.codes.get("main", [])


def test_main_is_tried_again(here: Space) -> None:
    """OnFailure: main fails once, the sidecar of `main:succeeded` stays, the second try completes the Job."""
    main = container("main", ONCE.format("tried", "exit 1") + "echo worked", **WAIT)
    proxy = container("proxy", UP, **READY, DEATH_DEPS="main:succeeded", EXIT_CODE_ON_STOP="zero")
    made = here.job(pod(main, proxy, restartPolicy="OnFailure"), backoffLimit=3)

    assert here.wait_job() == "Complete"
    assert made.codes == {"main": [1, 0], "proxy": [0]}, made.story


@pytest.mark.parametrize("order", ["main first", "proxy first"])
def test_main_waits_for_a_dependency_that_comes_back(here: Space, order: str) -> None:
    """OnFailure: the proxy fails once and takes main with it; both come back, and the Job completes."""
    script = "[ ! -e /graveyard/.lost ] || { echo worked; exit 0; }; touch /graveyard/.lost; exec sleep 600"
    main = container("main", script, **WAIT, DEATH_DEPS="proxy:failed")
    script = ONCE.format("second", "touch /graveyard/.ready; sleep 3; exit 9") + UP
    proxy = container("proxy", script, **READY, DEATH_DEPS="main:succeeded", EXIT_CODE_ON_STOP="zero")
    containers = (main, proxy) if order == "main first" else (proxy, main)
    made = here.job(pod(*containers, restartPolicy="OnFailure"), backoffLimit=6)

    made.wait(_ended_or_refused, "the end")
    assert made.codes == {"main": [143, 0], "proxy": [9, 0]}, made.story
    assert here.wait_job() == "Complete"


def test_main_waits_for_a_dependency_that_always_comes_back(here: Space) -> None:
    """Always: the proxy fails once and takes main with it; both come back, and main waits for the proxy."""
    main = container("main", "echo up; sleep 600", **WAIT, DEATH_DEPS="proxy:failed")
    proxy = container("proxy", ONCE.format("second", "touch /graveyard/.ready; sleep 3; exit 9") + UP, **READY)
    made = here.pod(pod(main, proxy, restartPolicy="Always"))

    made.wait(
        lambda pod: 69 in pod.codes.get("main", []) or (pod.restarts("main") and "up" in pod.log("main")), "main again"
    )
    assert made.codes == {"main": [143, None], "proxy": [9, None]}, made.story


def _restarts_all(name, script, **settings):
    """A container that has all containers of its pod started again when it exits with 42."""
    rules = [{"action": "RestartAllContainers", "exitCodes": {"operator": "In", "values": [42]}}]
    return container(name, script, {"restartPolicy": "Never", "restartPolicyRules": rules}, **settings)


def _all_again(here, version, *init):
    """A pod whose main has all containers started again once."""
    if version < (1, 36):
        pytest.skip(f"NOT TESTED: RestartAllContainers is on by default since Kubernetes 1.36, this is {version}")
    main = _restarts_all("main", ONCE.format("once", "sleep 1; exit 42") + "echo worked", **WAIT)
    proxy = container("proxy", UP, **READY, DEATH_DEPS="main", EXIT_CODE_ON_STOP="zero")
    # The proxy first: it sees main's old death before main has started again.
    made = here.pod(pod(proxy, main, init=init))
    made.wait(lambda pod: pod.restarts("main") == 1, "all again")
    made.wait_end()
    return made


def test_all_containers_start_again_in_a_new_generation(here: Space, version: tuple[int, int]) -> None:
    """RestartAllContainers with an init container that clears the graveyard: a new generation, and both start."""
    made = _all_again(here, version, clears())

    assert made.code == {"proxy": 0, "main": 0}, made.story
    assert "worked" in made.log("main")
    assert "up" in made.log("proxy")


def test_all_containers_start_again_over_the_old_graveyard(here: Space, version: tuple[int, int]) -> None:
    """RestartAllContainers without a clearing init container: both start all the same."""
    made = _all_again(here, version)

    assert made.code == {"proxy": 0, "main": 0}, made.story
    assert "worked" in made.log("main")
    assert "up" in made.log("proxy")


def test_restart_rule_brings_main_alone_back(here: Space, version: tuple[int, int]) -> None:
    """A restart rule brings main alone back under Never; its sidecar waits for `main:succeeded` and stays."""
    if version < (1, 35):
        pytest.skip(f"NOT TESTED: restart rules are on by default since Kubernetes 1.35, this is {version}")
    rules = [{"action": "Restart", "exitCodes": {"operator": "In", "values": [42]}}]
    more = {"restartPolicy": "Never", "restartPolicyRules": rules}
    main = container("main", ONCE.format("once", "exit 42") + "echo worked", more, **WAIT)
    proxy = container("proxy", UP, **READY, DEATH_DEPS="main:succeeded", EXIT_CODE_ON_STOP="zero")
    made = here.pod(pod(main, proxy))

    assert made.wait_end() == "Succeeded", made.story
    assert made.codes == {"main": [42, 0], "proxy": [0]}, made.story


def test_sidecar_of_a_finished_main_exits_when_restarted(here: Space) -> None:
    """A native sidecar that is restarted when main has succeeded exits at once, and the pod ends."""
    script = "trap 'exit 3' TERM; echo up; sleep 600 & wait"
    side = native(container("side", script, DEATH_DEPS="main:succeeded"))
    made = here.job(pod(container("main", "sleep 1; echo worked", BIRTH_DEPS="side:born"), init=(side,)))

    assert here.wait_job() == "Complete"
    assert made.code == {"main": 0}, made.story


@pytest.mark.parametrize("count", [1, 3])
def test_sidecars_that_come_back_to_a_finished_main_end(here: Space, count: int) -> None:
    """OnFailure: sidecars that exit with 3 when main has succeeded are started again, and end: no Job hangs."""
    script = "trap 'exit 3' TERM; echo up; sleep 600 & wait"
    sides = [
        container(f"side{number}", script, DEATH_DEPS="main:succeeded", REBIRTH_TIMEOUT="5s") for number in range(count)
    ]
    births = ",".join(f"side{number}:born" for number in range(count))
    main = container("main", "sleep 1; echo worked", BIRTH_DEPS=births)
    made = here.job(pod(main, *sides, restartPolicy="OnFailure"), backoffLimit=6)

    assert here.wait_job() == "Complete", made.story
    assert made.codes == {"main": [0]} | {f"side{number}": [3, 0] for number in range(count)}, made.story


@pytest.mark.parametrize("order", ["a first", "b first"])
def test_two_that_depend_on_each_other_come_back(here: Space, order: str) -> None:
    """Always: one of two that stop with each other fails once; both come back and run."""
    a = container("a", ONCE.format("failed", "sleep 3; exit 9") + UP, DEATH_DEPS="b")
    b = container("b", UP, DEATH_DEPS="a", EXIT_CODE_ON_STOP="zero")
    made = here.pod(pod(*((a, b) if order == "a first" else (b, a)), restartPolicy="Always"))

    made.wait(lambda pod: all(pod.restarts(name) and "up" in pod.log(name) for name in "ab"), "both again")
    assert made.codes == {"a": [9, None], "b": [0, None]}, made.story
