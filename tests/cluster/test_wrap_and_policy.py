"""`kubectl kubexit wrap` and the admission policy: the same pod from both, and the same refusals."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cluster.access import RefusedError
from cluster.policy import MAIN, PLAN, Injection, Thing, labelled
from harness.forms import ROOT
from kubectl_kubexit.commands.wrap import command
from kubectl_kubexit.errors import UserError

pytestmark = [pytest.mark.cluster, pytest.mark.behaviour("authoring-wrap-as-policy")]

PLAIN = ROOT / "tests/kubectl/manifests/plain"
NAMES = ["main", "side", "other"]
PORTS: list[Thing] = [{"name": "admin", "containerPort": 9090}]
PROBES: list[Thing] = [
    {},
    {"readinessProbe": {"tcpSocket": {"port": 8080}}},
    {"readinessProbe": {"tcpSocket": {"port": "admin"}}, "ports": PORTS},
    {"readinessProbe": {"tcpSocket": {"port": "admin"}}},
    {"readinessProbe": {"tcpSocket": {"port": 1, "host": "::1"}}},
    {"readinessProbe": {"tcpSocket": {"port": 1, "host": "db.example.org"}}},
    {"readinessProbe": {"httpGet": {"port": 80}}},
    {"readinessProbe": {"httpGet": {"port": "admin", "path": "ready?x=1#y", "host": "10.0.0.1"}}, "ports": PORTS},
    {"readinessProbe": {"httpGet": {"port": 80, "path": "/a b"}}},
    {"readinessProbe": {"httpGet": {"port": 80, "scheme": "HTTPS"}}},
    {"readinessProbe": {"httpGet": {"port": 80, "httpHeaders": [{"name": "a", "value": "b"}]}}},
    {"readinessProbe": {"exec": {"command": ["pg_isready", "-h", "::1"]}}},
    {"readinessProbe": {"exec": {"command": ["sh", "-c", "a && b"]}}},
    {"readinessProbe": {"exec": {"command": ["test", "a&&b"]}}},
    {"readinessProbe": {"exec": {"command": ["check", "2>/dev/null"]}}},
    {"readinessProbe": {"exec": {"command": ["curl", "http://localhost/?a||b"]}}},
    {"readinessProbe": {"exec": {"command": ["check", "$(PORT)"]}}},
    {"readinessProbe": {"grpc": {"port": 5}}},
    {"startupProbe": {"tcpSocket": {"port": 81}}},
    {"startupProbe": {"grpc": {"port": 81}}, "readinessProbe": {"tcpSocket": {"port": 80}}},
]
VARIABLES: list[list[Thing]] = [
    [],
    [{"name": "A", "value": "b"}],
    [{"name": "KUBEXIT_NAME", "value": "boss"}],
    [{"name": "KUBEXIT_BIRTH_DEPS", "value": "other:born"}, {"name": "KUBEXIT_GRACE_PERIOD", "value": "5s"}],
    [{"name": "KUBEXIT_READY_EXEC", "value": "test -e /ready"}, {"name": "KUBEXIT_READY_PERIOD", "value": "2s"}],
    [{"name": "KUBEXIT_SIDECAR_OF", "value": "main"}, {"name": "KUBEXIT_STOP_SIGNAL", "value": "INT"}],
    [{"name": "KUBEXIT_READY_FILE", "value": 'a"b'}],
    [{"name": "KUBEXIT_READY_FILE", "value": "a\nb"}],
    [{"name": "KUBEXIT_READY_FILE", "value": "/$(A)"}],
    [{"name": "A", "value": "b"}, {"name": "KUBEXIT_NAME", "value": "$(A)"}],
    [{"name": "KUBEXIT_TERM_AFTER", "value": "side"}],
    [{"name": "KUBEXIT_BIRTH_DEPS", "value": ""}],
    [{"name": "KUBEXIT_READY_FILE", "value": "/x"}, {"name": "KUBEXIT_DISABLED", "value": "true"}],
    [{"name": "KUBEXIT_DISABLED", "value": "TRUE"}],
    [{"name": "KUBEXIT_DISABLED", "value": "no"}],
    [{"name": "KUBEXIT_PLAN", "value": "main:\nside:\nother:"}],
    [{"name": "KUBEXIT_GRAVEYARD", "value": "/elsewhere"}],
    [{"name": "KUBEXIT_GRAVEYARD", "value": "/data/./tombs/"}],
    [{"name": "KUBEXIT_GRAVEYARD", "value": ""}],
    [{"name": "KUBEXIT_GRAVEYARD", "value": "/$(A)"}],
    [{"name": "KUBEXIT_TERM_AFTER", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}],
]
COMMANDS = [
    ["/app"],
    ["sh", "-c", "a\nb"],
    ["kubexit", "--", "/app"],
    ["/tools/kubexit", "/app"],
    ["/tools/kubexit-linux-arm64", "/app"],
    ["on", "1e3", "", "a: b"],
    [],
]
MOUNTS: list[list[Thing]] = [
    [],
    [{"name": "graveyard", "mountPath": "/graveyard"}],
    [{"name": "data", "mountPath": "/data"}],
    [{"name": "data", "mountPath": "/kubexit"}],
    [{"name": "data", "mountPath": "/kubexit/data"}],
    [{"name": "graveyard", "mountPath": "/graveyard/"}],
]


@st.composite
def pods(draw: st.DrawFn) -> Thing:
    """A pod with the label, as an author may write it."""
    containers = []
    for name in NAMES[: draw(st.integers(1, 3))]:
        container: Thing = {"name": name, "image": "example:1", **draw(st.sampled_from(PROBES))}
        for key, values in (("command", COMMANDS), ("env", VARIABLES), ("volumeMounts", MOUNTS)):
            value = draw(st.sampled_from(values))
            container |= {key: value} if value else {}
        if draw(st.integers(0, 5)) == 0:
            container["lifecycle"] = {"stopSignal": "SIGUSR1"}
        containers.append(container)
    notes = {MAIN: draw(st.sampled_from(["main", "main", "main", "absent"]))}
    notes |= draw(st.sampled_from([{}, {"kubexit.dev/command.side": "/side  --port\t80\n"}]))
    policy = draw(st.sampled_from(["Never", "OnFailure", "Always"]))
    volumes = [{"name": "data", "emptyDir": {}}, {"name": "graveyard", "emptyDir": {}}]
    seconds = draw(st.sampled_from([0, 1, 20, 30, 30, 60, 2**63 - 1]))
    return labelled(
        *containers, notes=notes, restartPolicy=policy, volumes=volumes, os={"name": "linux"},
        terminationGracePeriodSeconds=seconds,
    )  # fmt: skip


def wrapped(pod: Thing, folder: Path) -> Thing | None:
    """What wrap makes of a pod; None if it refuses."""
    path = folder / "pod.yaml"
    path.write_text(yaml.safe_dump(pod, sort_keys=False))
    try:
        done = CliRunner().invoke(command, ["--entry", "none", str(path)], catch_exceptions=False)
    except UserError:
        return None
    return dict(yaml.safe_load(done.stdout))


def stored(injection: Injection, pod: Thing) -> Thing | None:
    """What the API server would store, without what differs each time; None if it refuses."""
    try:
        found = injection.pod(pod)
    except RefusedError:
        return None
    for key in ("uid", "creationTimestamp", "managedFields", "resourceVersion"):
        found["metadata"].pop(key, None)
    return found


def same(injection: Injection, pod: Thing, folder: Path) -> Thing | None:
    """Fail if the two do not make the same of a pod; return what they make."""
    by_policy, by_wrap = stored(injection, pod), wrapped(pod, folder)

    assert (by_policy is None) == (by_wrap is None)
    if by_wrap is None:
        return None
    # The policy does not change a pod that has kubexit already, so the server only adds its defaults.
    assert stored(injection, by_wrap) == by_policy
    return by_policy


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pod=pods())
def test_wrap_makes_what_the_policy_makes(injection: Injection, tmp_path: Path, pod: Thing) -> None:
    """For any pod with the annotation kubexit.dev/main both make the same pod, or both refuse it."""
    same(injection, pod, tmp_path)


@pytest.mark.parametrize("manifest", ["annotated-command", "annotated-plan", "pod", "native-sidecar", "author-wins"])
def test_a_manifest_becomes_the_same_pod(injection: Injection, tmp_path: Path, manifest: str) -> None:
    """Manifests in the shape of public ones become the same pod by both ways, and neither refuses them."""
    pod = pod_of(yaml.safe_load((PLAIN / f"{manifest}.yaml").read_text()))
    found = same(injection, pod, tmp_path)

    assert found is not None
    assert found["metadata"]["annotations"][PLAN]


def pod_of(thing: Any) -> Thing:
    """The pod of a manifest, with the label, and the first container as main."""
    template = thing if thing["kind"] == "Pod" else thing["spec"]["template"]
    metadata = template.get("metadata", {})
    notes = metadata.get("annotations") or {MAIN: template["spec"]["containers"][0]["name"]}
    pod = labelled(*template["spec"]["containers"], notes=notes)
    pod["spec"] |= {"automountServiceAccountToken": False, **template["spec"]}
    return pod
