"""KUBEXIT_DEATH_SOURCE=kubernetes on a real node: a container without kubexit ends, and the kubelet reports it."""

import pytest

from e2e.container import container, plain, pod
from e2e.space import Space

pytestmark = [pytest.mark.node, pytest.mark.behaviour("death-source-kubernetes")]

SERVE = 'trap "echo asked; exit 0" TERM; echo serving; sleep 600 & wait'
SETTINGS = {"DEATH_SOURCE": "kubernetes", "EXIT_CODE_ON_STOP": "zero", "GRACE_PERIOD": "10s", "BIRTH_TIMEOUT": "60s"}


@pytest.mark.parametrize("code", [0, 3])
def test_sidecar_ends_after_a_main_without_kubexit(here: Space, code: int) -> None:
    """The sidecar ends when main has ended, and the Job ends as main did."""
    here.let_wait()
    side = container("side", SERVE, DEATH_DEPS="main", **SETTINGS)
    made = here.job(pod(plain("main", f"sleep 5; date +worked@%s.%N; exit {code}"), side))

    assert here.wait_job() == ("Failed" if code else "Complete")
    assert made.code == {"main": code, "side": 0}, made.story
    assert made.when("main", "^worked") < made.when("side", "^asked")


@pytest.mark.behaviour("death-undone-by-the-kubelet")
def test_a_restart_by_the_kubelet_is_no_death(here: Space) -> None:
    """Under OnFailure a main that fails and is started again does not stop its sidecar; its success does."""
    here.let_wait()
    main = plain(
        "main", "[ -e /graveyard/.again ] || { touch /graveyard/.again; sleep 3; exit 1; }; sleep 5; date +worked@%s.%N"
    )
    side = container("side", SERVE, DEATH_DEPS="main", REBIRTH_TIMEOUT="60s", **SETTINGS)
    made = here.job(pod(main, side, restartPolicy="OnFailure"), backoffLimit=3)

    assert here.wait_job() == "Complete"
    assert made.log("side").count("asked") == 1, made.story
    assert made.when("main", "^worked") < made.when("side", "^asked")
