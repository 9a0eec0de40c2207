"""`kubectl kubexit check` judges a pod with the label as the admission policy makes it, or refuses it."""

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cluster.policy import INJECTED, LABEL, MAIN, PLAN, REFUSED, Injection, Thing, container, labelled
from cluster.test_wrap_and_policy import pods, stored
from kubectl_kubexit.admission.injected import as_it_runs
from kubectl_kubexit.findings.run import findings
from kubectl_kubexit.manifest.bundle import bundle
from kubectl_kubexit.manifest.container import Container
from kubectl_kubexit.manifest.workload import Pod

pytestmark = [pytest.mark.cluster, pytest.mark.behaviour("authoring-check-as-policy")]

NOT_RUN = {"KX112", "KX113", "KX116"}  # what the policies refuse


def read(pod: Thing) -> Pod:
    """A pod as check reads it."""
    return bundle([("pod.yaml", yaml.safe_dump(pod, sort_keys=False))]).pods[0]


def codes(pod: Thing) -> set[str]:
    """The codes of all that check finds."""
    return {finding.check.code for finding in findings(bundle([("pod.yaml", yaml.safe_dump(pod))]))}


def seen(container: Container) -> Thing:
    """What check takes a container to be."""
    values = {
        name: (variable.value, variable.source in {"fieldRef", "generated"})
        for name, variable in container.variables.items()
    }
    mounts = sorted((mount.volume, mount.path, mount.read_only) for mount in container.mounts)
    return {"name": container.name, "command": container.command, "variables": values, "mounts": mounts}


def told(pod: Any) -> list[Thing]:
    """What check takes the containers of a pod to be; the plan of each is that of the annotation."""
    return [seen(container) for container in pod.containers]


@settings(max_examples=250, deadline=None)
@given(pod=pods())
def test_check_sees_the_pod_that_the_policy_makes(injection: Injection, pod: Thing) -> None:
    """For any pod with kubexit.dev/main, check sees the same containers as the API server stores, or the refusal."""
    by_policy = stored(injection, pod)
    runs, refusals = as_it_runs(read(pod))

    assert (by_policy is None) == bool(refusals)
    assert ("KX116" in codes(pod)) == bool(refusals)
    if by_policy is None:
        return
    assert told(runs) == told(read(by_policy))
    assert runs.annotations[PLAN] == by_policy["metadata"]["annotations"][PLAN]
    assert runs.annotations[INJECTED] == by_policy["metadata"]["annotations"][INJECTED]
    assert sorted(runs.volumes) == sorted(read(by_policy).volumes)


PLANS = [
    "",
    "# nothing\n",
    "main:\nside:",
    "main:",
    "main: BIRTH_DEPS=side\nside: READY_TCP=1\nother:",
    "main:\n" * 6000,
]


@settings(max_examples=60, deadline=None)
@given(
    notes=st.fixed_dictionaries(
        {},
        optional={
            PLAN: st.sampled_from(PLANS),
            MAIN: st.sampled_from(["main", "nobody", ""]),
            INJECTED: st.sampled_from(["main", "side"]),
            REFUSED: st.just("x"),
        },
    ),
    label=st.sampled_from(["true", "true", "true", "false", "yes", ""]),
    command=st.sampled_from([["/app"], ["kubexit", "/app"], []]),
)
def test_both_refuse_the_same_annotations(
    injection: Injection, notes: dict[str, str], label: str, command: list[str]
) -> None:
    """For any label and annotations, check finds an error exactly if the API server refuses the pod."""
    pod = labelled(container("main", command=command), container("side"), notes=notes, label=label)
    pod["metadata"]["labels"][LABEL] = label

    assert (stored(injection, pod) is None) == bool(NOT_RUN & codes(pod)), (notes, label)
