"""The one file asks the Kubernetes API from any image: it brings its Python and its TLS with it."""

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness import graveyard as tombstones
from harness.forms import ROOT
from harness.servers import certificates
from harness.servers.apiserver import ApiServer
from harness.servers.pods import pod, ready, token
from images.bases import BASES, PYTHON_SLIM, Base
from images.container import settings
from images.engine import Engine
from images.kube import KubePod

pytestmark = [
    pytest.mark.container,
    pytest.mark.behaviour(
        "ready-needs-no-event", "nothing-of-the-wait-remains", "runs-anywhere-unprivileged", "one-file-for-all-images"
    ),
]

ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
WAITING = pod("main", "db")


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[certificates.Certificate, certificates.Certificate]:
    """The cluster's authority, and an API server's certificate."""
    folder = tmp_path_factory.mktemp("certificates")
    authority = certificates.authority(folder)
    return authority, certificates.server(folder, authority, "IP:127.0.0.1")


@pytest.fixture
def api(certificate: tuple[certificates.Certificate, certificates.Certificate]) -> Iterator[ApiServer]:
    """An API server on this machine's loopback, which containers without their own network reach."""
    server = ApiServer(certificate[1])
    yield server
    server.close()


@pytest.fixture
def account(certificate: tuple[certificates.Certificate, certificates.Certificate], tmp_path: Path) -> Path:
    """A service account as the kubelet mounts it."""
    folder = tmp_path / "account"
    folder.mkdir()
    (folder / "token").write_text(token())
    (folder / "ca.crt").write_bytes(certificate[0].certificate.read_bytes())
    return folder


def environment(api: ApiServer) -> list[str]:
    """What a pod has from the kubelet, as options."""
    return [word for key, value in api.environment.items() for word in ("--env", f"{key}={value}")]


@pytest.mark.parametrize("base", BASES, ids=str)
def test_the_wait_ends_at_readiness(
    base: Base, wrapped: Callable[[Base], str], engine: Engine, graveyard: Path, api: ApiServer, account: Path
) -> None:
    """As `nobody`, with a read-only root, no /tmp and no capability: the wait ends when the dependency is ready, no
    process of it is left, and the command runs."""
    api.show(WAITING)
    asks = {"BIRTH_DEPS": "db", "BIRTH_TIMEOUT": "2m", "POD_NAME": "job-1", "NAMESPACE": "shop"}
    restricted = ("--read-only", "--read-only-tmpfs=false", "--cap-drop", "ALL", "--user", "65534")
    container = engine.start(
        wrapped(base),
        *("/app/actor", "ready-then-wait", "--exit", "TERM=0"),
        options=(
            *("--network", "host", "--volume", f"{account}:{ACCOUNT}:ro,z"),
            *(*environment(api), *restricted, *settings(graveyard, "main", **asks)),
        ),
    )
    api.wait_watched()
    assert "READY" not in container.stdout
    api.show(ready(WAITING, "db"))
    container.wait_line("^READY$")
    tombstones.wait(graveyard / "main", "Born")  # only then the waiter, which ends beside the start, is collected

    assert container.command["Name"] == "actor"  # the only child
    assert container.stop() == 0
    assert tombstones.read(graveyard / "main")["ExitCode"] == 0
    assert [request.verb for request in api.asked()] == ["list", "watch"]


def test_client_and_server_run_as_in_the_example(
    engine: Engine,
    image: str,
    base_image: Callable[[Base], str],
    pods: Callable[[dict[str, Any]], KubePod],
    api: ApiServer,
    account: Path,
    tmp_path: Path,
    port: int,
) -> None:
    """The example of a client and a server, from its Dockerfile and its manifest, with this test as the kubelet: the
    client begins when the server is ready, and the server ends with 0 when the client has ended."""
    base_image(PYTHON_SLIM)
    engine.build(ROOT, "kubexit-example:local", "--file", ROOT / "examples/Dockerfile")
    example = pods(_on_this_machine(api, account, port))
    seen = pod("client", "server", inits=("graveyard",))
    api.show(seen)
    example.play()
    api.wait_watched()
    assert "the server answered" not in example.container("client").stdout
    example.container("server").wait_line("^Serving HTTP")
    api.show(ready(seen, "server"))

    assert example.codes() == {"graveyard": 0, "client": 0, "server": 0}
    assert example.container("client").stdout == "the server answered 200\n"


def _on_this_machine(api: ApiServer, account: Path, port: int) -> dict[str, Any]:
    """The example's Job with what a kubelet adds: network, service account, name; and a free port."""
    (job,) = (
        thing
        for thing in yaml.safe_load_all((ROOT / "examples/client-server-job/manifest.yaml").read_text())
        if thing["kind"] == "Job"
    )
    job = copy.deepcopy(json.loads(json.dumps(job).replace("8080", str(port))))
    spec = job["spec"]["template"]["spec"]
    spec["hostNetwork"] = True
    spec["volumes"].append({"name": "account", "hostPath": {"path": str(account)}})
    for container in spec["containers"]:
        container.pop("ports", None)
        container.pop("readinessProbe", None)
        container["env"] = [entry for entry in container["env"] if "value" in entry]
        container["env"] += [{"name": key, "value": value} for key, value in api.environment.items()]
        container["env"] += [
            {"name": "KUBEXIT_POD_NAME", "value": "job-1"},
            {"name": "KUBEXIT_NAMESPACE", "value": "shop"},
            {"name": "PYTHONUNBUFFERED", "value": "1"},
        ]
        container["volumeMounts"].append({"name": "account", "mountPath": ACCOUNT, "readOnly": True})
    return job
