"""A plan from the annotation of the pod, through the downward API: KUBEXIT_PLAN on a real node."""

from typing import Any

import pytest

from e2e.container import container, pod
from e2e.space import Space

pytestmark = [pytest.mark.node, pytest.mark.behaviour("plan-of-the-pod")]

PLAN = """
main:    BIRTH_DEPS=proxy
proxy:   SIDECAR_OF=main READY_FILE=/tmp/ready READY_PERIOD=100ms
shipper: SIDECAR_OF=main TERM_AFTER=main,proxy STOP_DELAY=2s
"""
SIDECAR = 'trap "echo asked; exit 143" TERM; echo serving; sleep 600 & wait'
KEPT = {"finalizers": ["kubexit.test/kept"]}
FIELD = {"fieldRef": {"fieldPath": "metadata.annotations['kubexit.dev/plan']"}}


def planned(main: str) -> dict[str, Any]:
    """A pod of three containers that get the plan."""
    spec = pod(
        container("main", main),
        container("proxy", f"date +opening@%s.%N; touch /tmp/ready; {SIDECAR}"),
        container("shipper", SIDECAR),
        volumes=[{"name": "graveyard", "emptyDir": {}}, {"name": "tmp", "emptyDir": {}}],
    )
    for entry in spec["containers"]:
        entry["env"].append({"name": "KUBEXIT_PLAN", "valueFrom": FIELD})
        entry["volumeMounts"] = [*entry["volumeMounts"], {"name": "tmp", "mountPath": "/tmp"}]
    return spec


def test_a_pod_works_and_ends_as_planned(here: Space) -> None:
    """Main starts when the proxy is ready; after its end both sidecars end with 0 and the pod succeeds."""
    made = here.pod(planned("echo works; exit 0"), annotations={"kubexit.dev/plan": PLAN})

    assert made.wait_end() == "Succeeded", made.story
    assert made.code == {"main": 0, "proxy": 0, "shipper": 0}
    assert made.when("proxy", "opening") < made.when("main", "works")


@pytest.mark.behaviour("sidecar-of", "stop-delay-at-deletion")
def test_a_deleted_pod_ends_as_planned(here: Space) -> None:
    """Main ends first; its sidecars end after it, the shipper two seconds later, and none of them has failed."""
    main = 'trap "echo asked" TERM; echo serving; sleep 600 & wait; sleep 2; date +over@%s.%N'
    made = here.pod(planned(main), annotations={"kubexit.dev/plan": PLAN}, **KEPT)
    for name in ("main", "proxy", "shipper"):
        made.wait_line(name, "serving")
    made.deletion()

    assert made.code == {"main": 0, "proxy": 0, "shipper": 0}, made.story
    assert made.when("main", "^over") < made.when("proxy", "^asked")
    assert (made.when("shipper", "^asked") - made.when("proxy", "^asked")).total_seconds() > 1.5


@pytest.mark.behaviour("plan-text", "plan-checked-whole")
@pytest.mark.parametrize(
    ("annotations", "says"),
    [
        ({}, "KUBEXIT_PLAN: is empty; is the annotation on the pod template"),
        (
            {"kubexit.dev/plan": PLAN.replace("SIDECAR_OF=main T", "SIDECAR_OF=mainn T")},
            "KUBEXIT_PLAN line 4, column 21: SIDECAR_OF=mainn: is no container of the plan; did you mean main",
        ),
    ],
    ids=["no annotation", "unknown container"],
)
def test_a_bad_plan_stops_every_container(here: Space, annotations: dict[str, str], says: str) -> None:
    """Without the annotation, or with a mistake on any line, each container exits with 2 and says why."""
    made = here.pod(planned("echo works"), annotations=annotations)

    assert made.wait_end() == "Failed", made.story
    assert made.code == {"main": 2, "proxy": 2, "shipper": 2}
    for name in made.code:
        assert says in made.log(name)
