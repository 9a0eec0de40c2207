"""kubexit injected by the API server, with the policies as Helm installs them: from the label to the exit codes."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cluster.access import RefusedError
from cluster.policy import INJECTED, LABEL, MAIN, PLAN
from cluster.test_policy_deploy import CHART
from e2e.container import CONFINED, USER
from e2e.images import EXAMPLE
from e2e.pod import Pod
from e2e.space import Space
from harness.waiting import eventually
from node import programs
from node.layout import Layout

# The policies are one for the whole cluster, so one test runs at a time.
pytestmark = [pytest.mark.node, pytest.mark.alone]

ALARM = 60.0
READY = {"readinessProbe": {"tcpSocket": {"port": 8080}}}
SERVES = ["python3", "-c", "import http.server as h; h.test(h.SimpleHTTPRequestHandler, port=8080)"]
# One request without a retry: it fails if the proxy is not ready.
ASKS = "python3 -c 'import urllib.request as u; print(u.urlopen(\"http://127.0.0.1:8080/\").status)'"


def helm(kubeconfig: Path, *words: str | Path) -> str:
    """The output of a command of Helm."""
    command = [programs.build(programs.HELM), *words, "--kubeconfig", kubeconfig]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def injecting(kubeconfig: Path, layout: Layout, spaces: Callable[..., Space]) -> Iterator[Space]:
    """A namespace under the restricted standard, in a cluster with the chart."""
    assert layout.kubeconfig == kubeconfig
    here = spaces()
    helm(kubeconfig, "install", "kubexit", CHART, "--namespace", here.access.namespace)
    try:
        eventually(lambda: "has no command" in refusal(here), "the policies work", ALARM)
        yield here
    finally:
        helm(kubeconfig, "uninstall", "kubexit", "--namespace", here.access.namespace)


def refusal(here: Space) -> str:
    """What the API server says to a pod without a command; the pod is not stored."""
    thing = {"apiVersion": "v1", "kind": "Pod", **template(container("main"))}
    thing["metadata"]["name"] = "refused"
    try:
        here.access.call("POST", here.access.pods, thing, {"dryRun": "All"})
    except RefusedError as error:
        return str(error)
    return ""


def container(name: str, *command: str, **more: Any) -> dict[str, Any]:
    """A container as an author writes it, who does not think of kubexit."""
    made = {"name": name, "image": EXAMPLE, "securityContext": CONFINED, **more}
    return {**made, "command": list(command)} if command else made


def template(
    *containers: dict[str, Any], restart: str = "Never", notes: dict[str, str] | None = None
) -> dict[str, Any]:
    """A pod's template that asks for kubexit; the first container is main."""
    metadata = {"labels": {LABEL: "true", "app": "a"}, "annotations": notes or {MAIN: containers[0]["name"]}}
    spec = {"restartPolicy": restart, "securityContext": USER, "containers": list(containers)}
    return {"metadata": metadata, "spec": {**spec, "terminationGracePeriodSeconds": 20}}


def apply(here: Space, kind: str, spec: dict[str, Any], version: str = "batch/v1") -> Pod:
    """Create a workload; its pod, as soon as it is there."""
    here.apply({"apiVersion": version, "kind": kind, "metadata": {"name": "a"}, "spec": spec})
    return here.pod_of({"app": "a"})


@pytest.mark.behaviour("policy-injects", "policy-restricted")
def test_a_job_completes(injecting: Space) -> None:
    """Main starts when the proxy is ready, both sidecars end after main, and the Job is complete."""
    main = container("main", "sh", "-c", f"{ASKS}; echo worked")
    job = template(main, container("proxy", *SERVES, **READY), container("shipper", "sleep", "600"))
    made = apply(injecting, "Job", {"backoffLimit": 0, "template": job})

    assert injecting.wait_job("a") == "Complete", made.story
    assert made.codes == {"main": [0], "proxy": [0], "shipper": [0]}, made.story
    assert "200" in made.log("main")
    assert made.object["metadata"]["annotations"][INJECTED] == "main,proxy,shipper"


@pytest.mark.behaviour("policy-injects")
def test_a_failed_main_fails_the_job(injecting: Space) -> None:
    """The exit code of main is the only failure of the pod."""
    main = container("main", "sh", "-c", "exit 3")
    made = apply(injecting, "Job", {"backoffLimit": 0, "template": template(main, container("proxy", "sleep", "600"))})

    assert injecting.wait_job("a") == "Failed", made.story
    assert made.codes == {"main": [3], "proxy": [0]}, made.story


@pytest.mark.behaviour("policy-injects", "policy-plans")
def test_a_cron_job_survives_a_failed_attempt(injecting: Space) -> None:
    """Under OnFailure the sidecar stays while main is started again, and ends when main has succeeded."""
    tries = "[ -e /graveyard/.tried ] || { : >/graveyard/.tried; exit 1; }; echo worked"
    work = template(container("main", "sh", "-c", tries), container("proxy", *SERVES, **READY), restart="OnFailure")
    spec = {"schedule": "@every 1s", "concurrencyPolicy": "Forbid", "jobTemplate": {"spec": {"template": work}}}
    made = apply(injecting, "CronJob", spec)

    assert made.wait_end() == "Succeeded", made.story
    assert made.codes == {"main": [1, 0], "proxy": [0]}, made.story


@pytest.mark.behaviour("policy-injects")
@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet"])
def test_a_deleted_pod_stops_in_an_order(injecting: Space, kind: str) -> None:
    """When the pod of a Deployment or a StatefulSet is deleted, the sidecar stops after main."""
    stops = 'trap "sleep 2; date +stopped@%s.%N; exit 0" TERM; echo running; sleep 600 & wait'
    side = 'trap "echo stopped; exit 0" TERM; echo running; sleep 600 & wait'
    pod = template(container("main", "sh", "-c", stops), container("side", "sh", "-c", side), restart="Always")
    spec = {"selector": {"matchLabels": {"app": "a"}}, "template": pod}
    made = apply(injecting, kind, {**spec, **({"serviceName": "a"} if kind == "StatefulSet" else {})}, "apps/v1")
    made.keep()
    for name in ("main", "side"):
        made.wait_line(name, "^running")
    made.deletion()

    assert made.when("main", "^stopped") < made.when("side", "^stopped"), made.story
    assert made.codes == {"main": [0], "side": [0]}, made.story


@pytest.mark.behaviour("policy-author-wins")
def test_a_plan_by_hand_is_what_runs(injecting: Space) -> None:
    """The containers of a pod with the annotation kubexit.dev/plan do what the plan says."""
    plan = "# two steps\nfirst:\nsecond: BIRTH_DEPS=first:succeeded\n"
    two = (container("first", "sh", "-c", "sleep 1; date +one@%s.%N"), container("second", "sh", "-c", "echo two"))
    made = apply(injecting, "Job", {"backoffLimit": 0, "template": template(*two, notes={PLAN: plan})})

    assert injecting.wait_job("a") == "Complete", made.story
    assert made.when("first", "^one") < made.when("second", "^two"), made.story


@pytest.mark.behaviour("policy-refuses")
def test_a_refused_pod_is_an_event_of_its_job(injecting: Space) -> None:
    """A Job whose container has no command gets no pod, and an event that says what to do."""
    spec = {"backoffLimit": 0, "template": template(container("main"))}
    injecting.apply({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "a"}, "spec": spec})
    path = f"/api/v1/namespaces/{injecting.access.namespace}/events"

    def message() -> str:
        items = injecting.access.call("GET", path)["items"]
        return next((item["message"] for item in items if "kubexit:" in item["message"]), "")

    assert "write the entry point of the image as command" in eventually(message, "the event of the refusal", ALARM)
