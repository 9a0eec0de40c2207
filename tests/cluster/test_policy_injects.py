"""What the admission policies add to a pod, and what they leave as it is."""

from typing import Any

import pytest

from cluster.access import Access
from cluster.policy import INJECTED, MAIN, PLAN, Injection, container, labelled, variables

pytestmark = pytest.mark.cluster

CONFINED = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "readOnlyRootFilesystem": True}
USER = {"runAsNonRoot": True, "runAsUser": 65532, "seccompProfile": {"type": "RuntimeDefault"}}
SOURCE = {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.annotations['kubexit.dev/plan']"}}
OWN_PLAN = "report: BIRTH_DEPS=proxy\nproxy: SIDECAR_OF=report READY_TCP=8080\n"


def mounts(pod: dict[str, Any], at: int = 0) -> dict[str, Any]:
    """The mounts of a container by their path."""
    return {entry["mountPath"]: entry for entry in pod["spec"]["containers"][at]["volumeMounts"]}


@pytest.mark.behaviour("policy-injects")
def test_all_that_kubexit_needs_is_added(injection: Injection) -> None:
    """The file comes as an image volume, the graveyard is in memory, and each command has kubexit in front of it."""
    pod = injection.inject(container("report", args=["--once"]), container("proxy"))

    volumes = {volume.pop("name"): volume for volume in pod["spec"]["volumes"]}
    assert volumes == {
        "kubexit": {"image": {"reference": "kubexit:0.2.0", "pullPolicy": "IfNotPresent"}},
        "graveyard": {"emptyDir": {"medium": "Memory", "sizeLimit": "1Mi"}},
    }
    for at, name in enumerate(("report", "proxy")):
        made = pod["spec"]["containers"][at]
        assert made["command"] == ["/kubexit/bin/kubexit", "--", f"/app/{name}"]
        assert mounts(pod, at)["/kubexit"] == {"name": "kubexit", "mountPath": "/kubexit", "readOnly": True}
        assert mounts(pod, at)["/graveyard"] == {"name": "graveyard", "mountPath": "/graveyard"}
        assert variables(pod, name) == {"KUBEXIT_NAME": name, "KUBEXIT_PLAN": SOURCE}
    assert pod["spec"]["containers"][0]["args"] == ["--once"]
    assert pod["metadata"]["annotations"][INJECTED] == "report,proxy"


@pytest.mark.behaviour("policy-injects")
def test_an_annotation_gives_the_entry_point(injection: Injection) -> None:
    """The words of kubexit.dev/command.NAME are the entry point of an image whose manifest has no command."""
    notes = {MAIN: "report", "kubexit.dev/command.report": " /bin/report \t --all\n"}
    pod = injection.inject(container("report", command=[], args=["x y"]), notes=notes)

    (report,) = pod["spec"]["containers"]
    assert report["command"] == ["/kubexit/bin/kubexit", "--", "/bin/report", "--all"]
    assert report["args"] == ["x y"]


@pytest.mark.behaviour("policy-author-wins")
def test_the_plan_of_the_author_stays(injection: Injection) -> None:
    """A plan in kubexit.dev/plan is taken as it is, also beside kubexit.dev/main."""
    pods = [
        injection.inject(container("report"), container("proxy"), notes=notes)
        for notes in ({PLAN: OWN_PLAN}, {PLAN: OWN_PLAN, MAIN: "report"})
    ]

    assert [pod["metadata"]["annotations"][PLAN] for pod in pods] == [OWN_PLAN, OWN_PLAN]
    assert variables(pods[0], "proxy")["KUBEXIT_PLAN"] == SOURCE


@pytest.mark.behaviour("policy-author-wins")
def test_settings_of_the_author_stay(injection: Injection) -> None:
    """Variables, mounts, a graveyard and a kubexit that the author wrote are kept, and nothing is there twice."""
    env = [{"name": "KUBEXIT_NAME", "value": "worker"}, {"name": "KUBEXIT_GRACE_PERIOD", "value": "5s"}]
    tombs = {"name": "graveyard", "mountPath": "/graveyard", "subPath": "tombs"}
    plan = {"name": "KUBEXIT_PLAN", "value": "x:"}
    elsewhere = {"name": "KUBEXIT_GRAVEYARD", "value": "/run/tombs"}
    pod = injection.inject(
        container("report", env=env, volumeMounts=[tombs], command=["/usr/bin/kubexit", "--", "/app/report"]),
        container("proxy", env=[plan, elsewhere]),
        volumes=[{"name": "graveyard", "emptyDir": {"sizeLimit": "5Mi"}}],
    )

    assert [volume["name"] for volume in pod["spec"]["volumes"]] == ["graveyard", "kubexit"]
    assert pod["spec"]["volumes"][0]["emptyDir"] == {"sizeLimit": "5Mi"}
    assert pod["spec"]["containers"][0]["command"] == ["/usr/bin/kubexit", "--", "/app/report"]
    assert variables(pod, "report") == {"KUBEXIT_NAME": "worker", "KUBEXIT_GRACE_PERIOD": "5s", "KUBEXIT_PLAN": SOURCE}
    assert mounts(pod)["/graveyard"] == tombs
    assert variables(pod, "proxy") == {
        "KUBEXIT_PLAN": "x:",
        "KUBEXIT_GRAVEYARD": "/run/tombs",
        "KUBEXIT_NAME": "proxy",
    }
    assert mounts(pod, 1)["/run/tombs"]["name"] == "graveyard"
    assert set(mounts(pod, 1)) == {"/kubexit", "/run/tombs"}
    assert pod["metadata"]["annotations"][PLAN] == "worker:\nproxy: SIDECAR_OF=worker"


@pytest.mark.behaviour("policy-graveyard-is-shared")
@pytest.mark.parametrize(
    ("value", "mounted", "expected"),
    [
        (None, "/graveyard/", None),
        ("/graveyard", "/data", "/graveyard"),
        ("", "/data", "/graveyard"),
        ("/run//tombs/", "/data", "/run/tombs"),
        ("/data/tombs", "/data", None),
        ("/database", "/data", "/database"),
        ("$(FOLDER)", "/data", None),
        ("tombs", "/data", None),
        ("/", "/data", None),
    ],
)
def test_a_graveyard_is_where_kubexit_looks(
    injection: Injection, value: str | None, mounted: str, expected: str | None
) -> None:
    """The volume is mounted where KUBEXIT_GRAVEYARD says, unless the author mounted one there or above."""
    env = [] if value is None else [{"name": "KUBEXIT_GRAVEYARD", "value": value}]
    own = [{"name": "own", "mountPath": mounted}]
    volumes = [{"name": "own", "emptyDir": {}}]
    pod = injection.inject(container("report", env=env, volumeMounts=own), volumes=volumes)

    found = {path: entry["name"] for path, entry in mounts(pod).items()}
    assert found == {mounted: "own", "/kubexit": "kubexit", **({} if expected is None else {expected: "graveyard"})}


@pytest.mark.behaviour("policy-restricted")
def test_the_restricted_standard_holds(injection: Injection, restricted: Access) -> None:
    """A pod that passes the restricted pod security standard passes it after the injection."""
    report = container("report", securityContext=CONFINED)
    pod = Injection(restricted).inject(report, securityContext=USER)

    assert injection.access is not restricted
    assert pod["spec"]["containers"][0]["command"][0] == "/kubexit/bin/kubexit"


@pytest.mark.behaviour("policy-second-pass")
def test_a_second_pass_changes_nothing(injection: Injection) -> None:
    """A pod that was injected, and is created again from what the API shows, stays as it is."""
    once = injection.inject(container("report"), container("proxy", readinessProbe={"tcpSocket": {"port": 80}}))
    shown = {key: once["metadata"][key] for key in ("name", "labels", "annotations")}
    again = injection.pod({"apiVersion": "v1", "kind": "Pod", "metadata": shown, "spec": once["spec"]})

    assert again["spec"] == once["spec"]
    assert again["metadata"]["annotations"] == once["metadata"]["annotations"]


@pytest.mark.behaviour("policy-leaves-alone")
def test_init_containers_stay_as_they_are(injection: Injection) -> None:
    """Native sidecars and other init containers are not touched, also without a command."""
    first = {"name": "prepare", "image": "example:1"}
    native = {"name": "mesh", "image": "example:1", "restartPolicy": "Always"}
    plain = labelled(container("report"), initContainers=[first, native], label="false")
    untouched, pod = (injection.pod(plain), injection.inject(container("report"), initContainers=[first, native]))

    assert pod["spec"]["initContainers"] == untouched["spec"]["initContainers"]
    assert pod["metadata"]["annotations"][INJECTED] == "report"


@pytest.mark.behaviour("policy-leaves-alone")
@pytest.mark.parametrize(
    "spec", [{"os": {"name": "windows"}}, {"nodeSelector": {"kubernetes.io/os": "windows"}}], ids=["os", "selector"]
)
def test_windows_pods_stay_as_they_are(injection: Injection, spec: dict[str, Any]) -> None:
    """A pod for Windows is neither injected nor refused."""
    pod = injection.inject({"name": "report", "image": "example:1"}, **spec)

    assert "command" not in pod["spec"]["containers"][0]
    assert set(pod["metadata"]["annotations"]) == {MAIN}


@pytest.mark.behaviour("policy-leaves-alone")
def test_mirror_pods_stay_as_they_are(injection: Injection) -> None:
    """The copy of a static pod, which the kubelet never reads, is neither injected nor refused."""
    notes = {MAIN: "report", "kubernetes.io/config.mirror": "x"}
    pod = injection.inject({"name": "report", "image": "example:1"}, notes=notes, nodeName="node")

    assert "command" not in pod["spec"]["containers"][0]


@pytest.mark.behaviour("policy-leaves-alone")
def test_pods_without_the_label_stay_as_they_are(injection: Injection) -> None:
    """Without the label, and with the value false, a pod is neither injected nor refused, annotations or not."""
    bare = {"name": "report", "image": "example:1"}
    unlabelled = labelled(bare)
    del unlabelled["metadata"]["labels"]

    for pod in (injection.pod(unlabelled), injection.inject(bare, label="false")):
        assert "command" not in pod["spec"]["containers"][0]
        assert set(pod["metadata"]["annotations"]) == {MAIN}


@pytest.mark.behaviour("policy-leaves-alone")
def test_ephemeral_containers_stay_as_they_are(injection: Injection) -> None:
    """An ephemeral container of an injected pod runs as it was asked for."""
    access, thing = injection.access, labelled(container("report"))
    thing["metadata"]["name"] = "debugged"
    access.call("POST", access.pods, thing)
    entry = {"name": "debug", "image": "example:1", "command": ["sh"]}
    path = f"{access.pods}/debugged/ephemeralcontainers"
    made = access.call("PATCH", path, {"spec": {"ephemeralContainers": [entry]}})

    (debug,) = made["spec"]["ephemeralContainers"]
    assert debug["command"] == ["sh"]
    assert "env" not in debug
    assert "volumeMounts" not in debug
