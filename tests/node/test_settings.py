"""What a pod reports when its settings do not fit, and what the cluster adds to them."""

import pytest

from e2e.container import container, pod
from e2e.space import Space

pytestmark = pytest.mark.node


def test_missing_role_is_named_and_exits_with_77(here: Space) -> None:
    """Without a Role the wait by the API ends with 77, and the log says what is missing."""
    made = here.job(pod(container("main", "echo born", BIRTH_DEPS="side"), container("side", "exec sleep 2")))

    assert here.wait_job() == "Failed"
    assert made.code["main"] == 77, made.story
    assert "Role" in made.log("main")


def test_missing_account_is_refused_with_2(here: Space) -> None:
    """Without a mounted account the wait by the API is refused with 2."""
    made = here.job(
        pod(
            container("main", "echo born", BIRTH_DEPS="side"),
            container("side", "exec sleep 2"),
            automountServiceAccountToken=False,
        )
    )

    assert here.wait_job() == "Failed"
    assert made.code["main"] == 2, made.story


def test_reason_is_the_termination_message(here: Space) -> None:
    """The reason why kubexit ends by itself is the container's termination message."""
    settings = {"BIRTH_DEPS": "late:born", "BIRTH_SOURCE": "graveyard", "BIRTH_TIMEOUT": "1s"}
    made = here.job(pod(container("main", "echo born", **settings)))

    assert here.wait_job() == "Failed"
    ended = made.state("main")["terminated"]
    assert ended["exitCode"] == 69, made.story
    assert "late" in ended["message"]


def test_reason_of_the_waiter_is_the_termination_message(here: Space) -> None:
    """A name that the pod does not have is refused with 2, and the termination message says so."""
    here.let_wait()
    made = here.job(pod(container("main", "echo born", BIRTH_DEPS="nevr"), container("never", "exec sleep 2")))

    assert here.wait_job() == "Failed"
    ended = made.state("main")["terminated"]
    assert ended["exitCode"] == 2, made.story
    assert "no container nevr" in made.log("main")
    assert "no container nevr" in ended["message"]


def test_variables_of_a_service_are_no_settings(here: Space) -> None:
    """The variables that the kubelet makes for a Service called kubexit-demo are no settings."""
    spec = {"ports": [{"port": 80}], "selector": {"app": "nothing"}}
    here.apply({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "kubexit-demo"}, "spec": spec})
    # The kubelet learns of Services by a watch: a pod that comes at once may be too early for the variables.
    for number in range(20):
        made = here.job(pod(container("main", "env")), f"job-{number}")
        assert here.wait_job(f"job-{number}") == "Complete"
        if "KUBEXIT_DEMO_SERVICE_HOST" in made.log("main"):
            break
    else:
        pytest.fail("the variables of the Service did not come")

    assert "warn" not in made.log("main")
