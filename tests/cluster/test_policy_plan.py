"""The plan that kubexit.dev/main becomes."""

from typing import Any

import pytest

from cluster.policy import MAIN, Injection, container
from kubexit import _supervisor

pytestmark = [pytest.mark.cluster, pytest.mark.behaviour("policy-plans")]

PORTS = [{"name": "admin", "containerPort": 9090}]
MANY_PORTS = [{"name": "x", "containerPort": 1}, *PORTS]
PROBES: dict[str, tuple[dict[str, Any], str]] = {
    "tcp": ({"readinessProbe": {"tcpSocket": {"port": 8080}}}, "READY_TCP=8080"),
    "tcp, named port": ({"readinessProbe": {"tcpSocket": {"port": "admin"}}, "ports": MANY_PORTS}, "READY_TCP=9090"),
    "tcp, an address": ({"readinessProbe": {"tcpSocket": {"port": 1, "host": "10.0.0.1"}}}, "READY_TCP=10.0.0.1:1"),
    "tcp, IPv6": ({"readinessProbe": {"tcpSocket": {"port": 1, "host": "::1"}}}, "READY_TCP=[::1]:1"),
    "http": ({"readinessProbe": {"httpGet": {"port": 80}}}, "READY_HTTP=http://localhost:80/"),
    "http, named port": (
        {"readinessProbe": {"httpGet": {"port": "admin", "path": "/ready?x=1"}}, "ports": PORTS},
        "READY_HTTP=http://localhost:9090/ready?x=1",
    ),
    "http, relative path": (
        {"readinessProbe": {"httpGet": {"port": 80, "path": "a"}}},
        "READY_HTTP=http://localhost:80/a",
    ),
    "http, HTTP said": (
        {"readinessProbe": {"httpGet": {"port": 80, "scheme": "HTTP", "host": "localhost"}}},
        "READY_HTTP=http://localhost:80/",
    ),
    "exec": ({"readinessProbe": {"exec": {"command": ["pg_isready", "-h", "::1"]}}}, 'READY_EXEC="pg_isready -h ::1"'),
    "startup probe": ({"startupProbe": {"tcpSocket": {"port": 81}}}, "READY_TCP=81"),
    "both": (
        {"startupProbe": {"grpc": {"port": 81}}, "readinessProbe": {"tcpSocket": {"port": 80}}},
        "READY_TCP=80",
    ),
}


@pytest.mark.parametrize("case", PROBES)
def test_a_probe_becomes_the_readiness(injection: Injection, case: str) -> None:
    """The probe of a sidecar becomes its readiness, and main waits for it."""
    probe, setting = PROBES[case]

    lines = injection.plan(container("report"), container("proxy", **probe))

    assert lines == ["report: BIRTH_DEPS=proxy", f"proxy: SIDECAR_OF=report {setting}"]
    assert _supervisor.plan_read("\n".join(lines).encode())["problems"] == []


def test_main_waits_for_sidecars_with_readiness(injection: Injection) -> None:
    """Main waits for the sidecars whose readiness is known, and for no other; its own probe is not used."""
    probe = {"readinessProbe": {"tcpSocket": {"port": 80}}}
    made = injection.plan(
        container("a", **probe),
        container("report", readinessProbe={"grpc": {"port": 1}}),
        container("b"),
        container("c", **probe),
        notes={MAIN: "report"},
    )

    assert made == [
        "a: SIDECAR_OF=report READY_TCP=80",
        "report: BIRTH_DEPS=a,c",
        "b: SIDECAR_OF=report",
        "c: SIDECAR_OF=report READY_TCP=80",
    ]


@pytest.mark.behaviour("disabled-is-not-awaited")
@pytest.mark.parametrize(
    ("value", "counts"), [("true", False), ("1", False), ("T", False), ("false", True), ("", True)]
)
def test_main_does_not_wait_for_a_disabled_sidecar(injection: Injection, value: str, counts: bool) -> None:
    """A sidecar in which kubexit only executes the command has no tombstone, so main does not wait for it."""
    probe = {"readinessProbe": {"tcpSocket": {"port": 80}}}
    off = [{"name": "KUBEXIT_DISABLED", "value": value}]
    made = injection.plan(container("report"), container("a", **probe), container("b", **probe, env=off))

    assert made[0] == ("report: BIRTH_DEPS=a,b" if counts else "report: BIRTH_DEPS=a")
    assert _supervisor.plan_read("\n".join(made).encode())["problems"] == []


@pytest.mark.parametrize(
    ("pod", "main", "expected"),
    [
        ("Never", {}, "report"),
        ("OnFailure", {}, "report:succeeded"),
        ("Always", {}, "report:succeeded"),
        ("Never", {"restartPolicy": "OnFailure"}, "report:succeeded"),
        ("OnFailure", {"restartPolicy": "Never"}, "report"),
        (
            "Never",
            {
                "restartPolicy": "Never",
                "restartPolicyRules": [{"action": "Restart", "exitCodes": {"operator": "In", "values": [42]}}],
            },
            "report:succeeded",
        ),
    ],
    ids=["never", "on-failure", "always", "main-on-failure", "main-never", "main-by-rule"],
)
def test_sidecars_stay_while_main_may_start_again(
    injection: Injection, pod: str, main: dict[str, Any], expected: str
) -> None:
    """A sidecar ends with main, or only when main has succeeded, if the kubelet starts main again after a failure."""
    lines = injection.plan(container("report", **main), container("proxy"), restartPolicy=pod)

    assert lines == ["report:", f"proxy: SIDECAR_OF={expected}"]


def test_the_stop_signal_follows_the_manifest(injection: Injection) -> None:
    """lifecycle.stopSignal becomes STOP_SIGNAL, for main too, unless the author set another one."""
    quits, other = {"stopSignal": "SIGQUIT"}, [{"name": "KUBEXIT_STOP_SIGNAL", "value": "USR1"}]
    lines = injection.plan(
        container("report", lifecycle=quits),
        container("proxy", lifecycle=quits, env=other),
        container("shipper", lifecycle={"stopSignal": "SIGRTMIN+3"}),
        os={"name": "linux"},
    )

    assert lines == [
        "report: STOP_SIGNAL=SIGQUIT",
        "proxy: SIDECAR_OF=report",
        "shipper: SIDECAR_OF=report STOP_SIGNAL=SIGRTMIN+3",
    ]


@pytest.mark.behaviour("authoring-wrap-fits")
@pytest.mark.parametrize(("seconds", "grace"), [(30, ""), (20, " GRACE_PERIOD=20s"), (0, " GRACE_PERIOD=2s")])
def test_a_sidecar_has_the_time_of_the_pod(injection: Injection, seconds: int, grace: str) -> None:
    """A sidecar stops within terminationGracePeriodSeconds: the kubelet would kill it with its SIGTERM still kept."""
    lines = injection.plan(container("report"), container("proxy"), terminationGracePeriodSeconds=seconds)

    assert lines == ["report:", f"proxy: SIDECAR_OF=report{grace}"]


def test_relations_of_the_author_go_into_the_plan(injection: Injection) -> None:
    """Relations and probes that the author wrote as variables are in the plan and win over what would be generated."""
    lines = injection.plan(
        container("report", env=[{"name": "KUBEXIT_BIRTH_DEPS", "value": "proxy:born"}]),
        container(
            "proxy",
            env=[
                {"name": "KUBEXIT_READY_EXEC", "value": "test -e /run/ready"},
                {"name": "KUBEXIT_SIDECAR_OF", "value": "shipper"},
                {"name": "KUBEXIT_GRACE_PERIOD", "value": "5s"},
                {"name": "KUBEXIT_TERM_AFTER", "value": ""},
            ],
            readinessProbe={"grpc": {"port": 1}},
        ),
        container("shipper", env=[{"name": "KUBEXIT_TERM_AFTER", "value": "report,proxy"}]),
    )

    assert lines == [
        "report: BIRTH_DEPS=proxy:born",
        'proxy: READY_EXEC="test -e /run/ready" SIDECAR_OF=shipper',
        "shipper: TERM_AFTER=report,proxy SIDECAR_OF=report",
    ]
