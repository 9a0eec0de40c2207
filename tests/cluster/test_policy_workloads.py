"""The admission policies where controllers make the pods, and beside an injector that is a webhook."""

import base64
import json
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from cluster.access import Access
from cluster.conftest import Server
from cluster.policy import INJECTED, KINDS, LABEL, MAIN, PLAN, Injection, container
from harness.servers import certificates
from harness.waiting import eventually
from node import programs

pytestmark = pytest.mark.cluster

ALARM = 60.0
EVERY_SECOND = "@every 1s"


def template(name: str, restart: str, command: list[str]) -> dict[str, Any]:
    """The pod's template of a workload, with the label and the annotation."""
    containers = [container("report", command=command), container("proxy", readinessProbe={"tcpSocket": {"port": 80}})]
    metadata = {"labels": {"app": name, LABEL: "true"}, "annotations": {MAIN: "report"}}
    return {"metadata": metadata, "spec": {"restartPolicy": restart, "containers": containers}}


def workload(kind: str, name: str, command: list[str]) -> dict[str, Any]:
    """A workload of one pod."""
    selector = {"selector": {"matchLabels": {"app": name}}}
    job = {"backoffLimit": 0, "template": template(name, "OnFailure", command)}
    always = {**selector, "template": template(name, "Always", command)}
    specs: dict[str, tuple[str, dict[str, Any]]] = {
        "Job": ("batch/v1", {**job, "template": template(name, "Never", command)}),
        "CronJob": ("batch/v1", {"schedule": EVERY_SECOND, "jobTemplate": {"spec": job}}),
        "Deployment": ("apps/v1", always),
        "StatefulSet": ("apps/v1", {**always, "serviceName": "none"}),
    }
    version, spec = specs[kind]
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name}, "spec": spec}


@pytest.fixture(scope="session")
def controllers(server: Server, injection: Injection) -> Access:
    """A cluster whose controllers make pods of workloads."""
    if not programs.KUBE_CONTROLLER_MANAGER.is_built:
        pytest.fail(f"{programs.KUBE_CONTROLLER_MANAGER.path} is not built ({programs.HOW})")
    assert server.own is not None
    server.own.start_controllers()
    return injection.access


def create(access: Access, thing: dict[str, Any]) -> None:
    """Create a workload."""
    path = f"/apis/{thing['apiVersion']}/namespaces/{access.namespace}/{thing['kind'].lower()}s"
    access.call("POST", path, thing, {"fieldValidation": "Strict"})


def pod_of(access: Access, name: str) -> dict[str, Any]:
    """The first pod of a workload."""

    def found() -> Any:
        items = access.call("GET", access.pods, query={"labelSelector": f"app={name}"})["items"]
        return items[0] if items else None

    return dict(eventually(found, f"a pod of {name}", ALARM))


@pytest.mark.behaviour("policy-injects")
@pytest.mark.parametrize(
    ("kind", "condition"),
    [("Job", ""), ("CronJob", ":succeeded"), ("Deployment", ":succeeded"), ("StatefulSet", ":succeeded")],
)
def test_the_pod_of_a_workload_is_injected(controllers: Access, kind: str, condition: str) -> None:
    """The pod that a controller makes is injected; the workload stays as its author wrote it."""
    name = f"a-{kind.lower()}"
    create(controllers, workload(kind, name, ["/app/report"]))
    pod = pod_of(controllers, name)

    assert pod["metadata"]["annotations"][INJECTED] == "report,proxy"
    lines = pod["metadata"]["annotations"][PLAN].splitlines()
    assert lines == ["report: BIRTH_DEPS=proxy", f"proxy: SIDECAR_OF=report{condition} READY_TCP=80"]
    commands = [made["command"][0] for made in pod["spec"]["containers"]]
    assert commands == ["/kubexit/bin/kubexit", "/kubexit/bin/kubexit"]
    assert pod["metadata"]["ownerReferences"][0]["kind"] in (kind, "Job", "ReplicaSet")


@pytest.mark.behaviour("policy-refuses")
@pytest.mark.parametrize("kind", ["Job", "Deployment", "StatefulSet"])
def test_the_refusal_is_an_event_of_the_workload(controllers: Access, kind: str) -> None:
    """A workload whose pod is refused shows the reason in its events."""
    name = f"refused-{kind.lower()}"
    create(controllers, workload(kind, name, []))

    def message() -> Any:
        items = controllers.call("GET", f"/api/v1/namespaces/{controllers.namespace}/events")["items"]
        said = [item["message"] for item in items if item["involvedObject"]["name"].startswith(name)]
        return next((text for text in said if "kubexit:" in text), None)

    assert "container report has no command" in eventually(message, "the event of a refusal", ALARM)


class Injector(BaseHTTPRequestHandler):
    """A webhook that adds a container without a command, as a mesh does."""

    def do_POST(self) -> None:
        """Answer one review."""
        review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        patch = [{"op": "add", "path": "/spec/containers/-", "value": {"name": "mesh-proxy", "image": "mesh:1"}}]
        encoded = base64.b64encode(json.dumps(patch).encode()).decode()
        response = {"uid": review["request"]["uid"], "allowed": True, "patchType": "JSONPatch", "patch": encoded}
        body = json.dumps({**review, "request": None, "response": response}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def injector(injection: Injection, tmp_path: Path) -> Iterator[str]:
    """An injector for pods with a label; its label."""
    authority = certificates.authority(tmp_path)
    own = certificates.server(tmp_path, authority, "IP:127.0.0.1")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Injector)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own.certificate, own.key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    bundle = base64.b64encode(authority.certificate.read_bytes()).decode()
    hook = {
        "name": "mesh.example.org",
        "clientConfig": {"url": f"https://127.0.0.1:{server.server_port}/", "caBundle": bundle},
        "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}],
        "objectSelector": {"matchLabels": {"mesh": "on"}},
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
        "reinvocationPolicy": "IfNeeded",
    }
    path = f"{KINDS}/mutatingwebhookconfigurations"
    injection.access.call("POST", path, {"metadata": {"name": "mesh"}, "webhooks": [hook]})
    yield "mesh"
    injection.access.call("DELETE", f"{path}/mesh")
    server.shutdown()
    server.server_close()


@pytest.mark.behaviour("policy-leaves-alone")
def test_a_container_of_another_injector_stays_as_it_is(injection: Injection, injector: str) -> None:
    """A container that a webhook adds is not touched and needs no command, and the pod is accepted."""
    metadata = {"name": "meshed", "labels": {LABEL: "true", injector: "on"}, "annotations": {MAIN: "report"}}
    spec = {"restartPolicy": "Never", "automountServiceAccountToken": False, "containers": [container("report")]}
    thing = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}

    def added() -> Any:
        pod = injection.pod(thing)
        return pod if len(pod["spec"]["containers"]) > 1 else None

    pod = eventually(added, "the webhook adds its container", ALARM)
    assert pod["metadata"]["annotations"][INJECTED] == "report"
    for mesh in pod["spec"]["containers"][1:]:
        assert {"command", "env", "volumeMounts"}.isdisjoint(mesh)
