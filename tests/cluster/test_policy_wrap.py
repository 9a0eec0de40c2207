"""`kubectl kubexit wrap` on the author's machine and the admission policy make the same pod."""

import copy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from cluster.policy import INJECTED, MAIN, PLAN, Injection, container, labelled
from cluster.test_policy_plan import PROBES

pytestmark = [pytest.mark.cluster, pytest.mark.behaviour("policy-and-wrap-agree")]

TOOL = Path(sys.executable).with_name("kubectl-kubexit")
ADDED = ("command", "env", "volumeMounts")
OWN = [{"name": "KUBEXIT_BIRTH_DEPS", "value": "proxy:born"}, {"name": "KUBEXIT_GRACE_PERIOD", "value": "5s"}]
PODS: dict[str, tuple[list[dict[str, Any]], dict[str, Any]]] = {
    **{name: ([container("report"), container("proxy", **probe)], {}) for name, (probe, _) in PROBES.items()},
    "on failure": ([container("report"), container("proxy")], {"restartPolicy": "OnFailure"}),
    "main restarts": ([container("report", restartPolicy="OnFailure"), container("proxy")], {}),
    "stop signal": ([container("report"), container("proxy", lifecycle={"stopSignal": "SIGQUIT"})], {}),
    "own settings": ([container("report", env=OWN), container("proxy")], {}),
    "kubexit under the name of its download": (
        [container("report", command=["/opt/kubexit-linux-amd64", "--", "/app"]), container("proxy")],
        {},
    ),
    "graveyard elsewhere": (
        [container("report", env=[{"name": "KUBEXIT_GRAVEYARD", "value": "/run//tombs/"}]), container("proxy")],
        {},
    ),
    "own graveyard": (
        [container("report", volumeMounts=[{"name": "graveyard", "mountPath": "/graveyard"}]), container("proxy")],
        {"volumes": [{"name": "graveyard", "emptyDir": {"sizeLimit": "5Mi"}}]},
    ),
}


def wrapped(thing: dict[str, Any]) -> dict[str, Any]:
    """The pod that the tool prints."""
    command = [TOOL, "wrap", "--filename", "-", "--deliver", "image-volume"]
    done = subprocess.run(command, input=yaml.safe_dump(thing), capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    (made,) = yaml.safe_load_all(done.stdout)
    return dict(made)


def additions(pod: dict[str, Any]) -> dict[str, Any]:
    """What an injection adds; the order of variables, mounts and volumes does not matter."""
    volumes = {entry["name"]: entry for entry in pod["spec"]["volumes"]}
    containers = {
        made["name"]: {key: sorted(map(str, made[key])) if key != "command" else made[key] for key in ADDED}
        for made in pod["spec"]["containers"]
    }
    notes = {key: pod["metadata"]["annotations"][key] for key in (PLAN, INJECTED)}
    return {"volumes": volumes, "containers": containers, "annotations": notes}


@pytest.mark.parametrize("case", PODS)
def test_both_make_the_same_pod(injection: Injection, case: str) -> None:
    """A pod that the tool wrapped is what the policy makes of the same pod."""
    containers, spec = PODS[case]
    thing = labelled(*copy.deepcopy(containers), **copy.deepcopy(spec))
    by_policy = injection.pod(thing)
    # The API server fills in defaults, so what the tool made also passes through it.
    by_tool = injection.pod(wrapped(thing))

    assert additions(by_tool) == additions(by_policy)


def test_the_policy_does_not_change_what_was_wrapped(injection: Injection) -> None:
    """A pod that the tool wrapped, and that also has the label, is not injected again."""
    made = wrapped(labelled(container("report"), container("proxy")))
    pod = injection.pod(made)

    assert [entry["command"] for entry in pod["spec"]["containers"]] == [
        entry["command"] for entry in made["spec"]["containers"]
    ]
    assert made["metadata"]["annotations"][MAIN] == "report"
