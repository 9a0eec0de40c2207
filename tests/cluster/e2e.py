"""Run the examples that need no internet in the cluster of KUBECONFIG, and check how each container ended.

    PYTHONPATH=tests python -m cluster.e2e

The image is built here with docker or podman and loaded into a kind, k3d or minikube cluster, which the name of the
context tells. For any other cluster put it where its nodes find it, and name it in KUBEXIT_EXAMPLE_IMAGE.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cluster import manifests
from cluster.access import Access, RefusedError
from harness.forms import ROOT

ALARM = 300.0


@dataclass(frozen=True)
class Case:
    """One example, and how it is to end: each container's exit codes, the last one and the one before a restart."""

    file: str
    outcome: str
    codes: Mapping[str, list[int]]
    # Python programs in the place of those that the smaller examples leave to the reader, by container.
    programs: Mapping[str, str] = field(default_factory=dict)
    # What is to be in the log of a container.
    says: Mapping[str, str] = field(default_factory=dict)
    # Text of the manifest that is replaced.
    instead: tuple[str, str] = ("", "")


ASK = 'import urllib.request; urllib.request.urlopen("http://127.0.0.1:8080/")'
# It listens late, and answers one request after the other with one of these codes.
PROXY = """
import http.server, time
class Proxy(http.server.BaseHTTPRequestHandler):
    codes = [{codes}]
    def do_GET(self):
        self.send_response(self.codes.pop(0))
        self.end_headers()
time.sleep(2)
http.server.HTTPServer(("127.0.0.1", 8080), Proxy).serve_forever()
"""
SHIPPER = """
import signal
signal.sigwait([signal.SIGINT])
print("shipped:", open("/logs/nightly.log").read())
"""
NOBODY_THERE = ("127.0.0.1:8080", "127.0.0.1:8081")
CLIENT_SERVER = "client-server-job/manifest.yaml"
SIDECAR = "native-sidecar/manifest.yaml"
CASES = (
    Case(
        CLIENT_SERVER,
        "Complete",
        {"graveyard": [0], "client": [0], "server": [0]},
        says={"client": "the server answered 200", "server": "dependency client died with exit code 0"},
    ),
    Case(CLIENT_SERVER, "Failed", {"graveyard": [0], "client": [1], "server": [0]}, instead=NOBODY_THERE),
    Case(SIDECAR, "Complete", {"proxy": [0], "main": [0]}, says={"main": "the proxy answered 200"}),
    Case(SIDECAR, "Failed", {"proxy": [0], "main": [1]}, instead=NOBODY_THERE),
    Case(
        "job-with-proxy.yaml",
        "Complete",
        {"kubexit": [0], "main": [0], "proxy": [0]},
        programs={"main": ASK, "proxy": PROXY.format(codes="200")},
    ),
    Case(
        "job-with-proxy.yaml",
        "Failed",
        {"kubexit": [0], "main": [1], "proxy": [0]},
        programs={"main": ASK, "proxy": PROXY.format(codes="500")},
    ),
    Case(
        "job-with-retries.yaml",
        "Complete",
        {"kubexit": [0], "main": [1, 0], "proxy": [0]},
        programs={"main": ASK, "proxy": PROXY.format(codes="500, 200")},
    ),
    Case(
        "migrate-then-serve.yaml",
        "Succeeded",
        {"kubexit": [0], "migrate": [0], "serve": [0]},
        programs={"migrate": "import time; time.sleep(2)", "serve": ""},
    ),
    Case(
        "migrate-then-serve.yaml",
        "Failed",
        {"kubexit": [0], "migrate": [3], "serve": [69]},
        programs={"migrate": "raise SystemExit(3)", "serve": ""},
    ),
    Case(
        "log-shipper.yaml",
        "Complete",
        {"kubexit": [0], "main": [0], "shipper": [0]},
        programs={"main": 'open("/logs/nightly.log", "w").write("the last line")', "shipper": SHIPPER},
        says={"shipper": "shipped: the last line"},
    ),
)


class SkippedError(Exception):
    """Why nothing can be run here."""


def main() -> int:
    """Exit code 1 when a container ended otherwise than it should."""
    try:
        kubeconfig = _kubeconfig()
        access = Access(kubeconfig)
        _nodes(access)
        image = os.environ.get("KUBEXIT_EXAMPLE_IMAGE") or _built(kubeconfig)
    except SkippedError as reason:
        print(f"NOT TESTED: the examples in a real cluster: {reason}")
        return 0
    good = [_run(kubeconfig, case, image) for case in CASES]
    return 0 if all(good) else 1


def _kubeconfig() -> Path:
    if not os.environ.get("KUBECONFIG"):
        raise SkippedError("KUBECONFIG is not set")
    return Path(os.environ["KUBECONFIG"])


def _nodes(access: Access) -> None:
    if not access.call("GET", "/api/v1/nodes")["items"]:
        raise SkippedError("the cluster of KUBECONFIG has no nodes")


def _built(kubeconfig: Path) -> str:
    """Build the image and load it into the cluster; its name."""
    import yaml

    engine = shutil.which("docker") or shutil.which("podman")
    if engine is None:
        raise SkippedError("neither docker nor podman to build the image; name one in KUBEXIT_EXAMPLE_IMAGE")
    context = yaml.safe_load(kubeconfig.read_text())["current-context"]
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "image.tar"
        if context.startswith("kind-"):
            load = ["kind", "load", "image-archive", archive, "--name", context.removeprefix("kind-")]
        elif context.startswith("k3d-"):
            load = ["k3d", "image", "import", archive, "--cluster", context.removeprefix("k3d-")]
        elif context.startswith("minikube"):
            load = ["minikube", "image", "load", archive, "--profile", context]
        else:
            raise SkippedError(f"no way known to load an image into {context}; name one in KUBEXIT_EXAMPLE_IMAGE")
        # The full name is the one a node looks for; podman would make it localhost/… of the short one.
        image = f"docker.io/library/{manifests.IMAGE}"
        # kubexit's own image first, of the file in dist/: the example's copies it from there.
        own = {**os.environ, "CONTAINER_TOOL": Path(engine).name}
        subprocess.run(["build/image.sh"], cwd=ROOT, env=own, check=True)
        subprocess.run([engine, "build", "-f", ROOT / "examples/Dockerfile", "-t", image, ROOT], check=True)
        subprocess.run([engine, "save", "-o", archive, image], check=True)
        subprocess.run(load, check=True)
    return manifests.IMAGE


def _run(kubeconfig: Path, case: Case, image: str) -> bool:
    """Apply one example in a namespace of its own; whether it ended as it should."""
    access = Access(kubeconfig)
    access.open("restricted")
    try:
        begin = time.monotonic()
        for thing in manifests.read(case.file):
            manifests.apply(access, _adapted(thing, case, image))
        outcome = _await_end(access, thing)
        seconds = time.monotonic() - begin
        codes = _exit_codes(access)
        silent = [name for name, words in case.says.items() if words not in _log(access, name)]
        good = outcome == case.outcome and codes == case.codes and not silent
        print(f"  {case.file}: {'ok' if good else 'WRONG'}: {outcome} after {seconds:.0f} s, {codes}", flush=True)
        if not good:
            print(f"    wanted: {case.outcome}, {dict(case.codes)}, {dict(case.says)}")
            for name in codes:
                print(f"--- {name}\n{_log(access, name)}")
        return good
    finally:
        access.close()


def _adapted(thing: dict[str, Any], case: Case, image: str) -> dict[str, Any]:
    """The object with the image that is there, and with programs for those that an example leaves open."""
    # kubexit can be installed from any image that has it: one image is enough to load.
    text = re.sub(r'"kubexit:\d[\w.]*"', f'"{image}"', json.dumps(thing).replace(manifests.IMAGE, image))
    if case.instead[0]:
        text = text.replace(*case.instead)
    adapted: dict[str, Any] = json.loads(text)
    for container in manifests.pod_spec(adapted).get("containers", []):
        if container["name"] in case.programs:
            container["image"] = image
            arguments = container["command"]
            container["command"] = [*arguments[: arguments.index("--") + 1], "python3", "-c"]
            container["command"].append(case.programs[container["name"]])
    return adapted


def _await_end(access: Access, thing: dict[str, Any]) -> str:
    """The condition with which a Job ended, or a Pod's phase; "nothing" when it did not end."""
    name = thing["metadata"]["name"]
    if thing["kind"] == "Job":
        path = f"/apis/batch/v1/namespaces/{access.namespace}/jobs/{name}"
    else:
        path = f"{access.pods}/{name}"
    deadline = time.monotonic() + ALARM
    while time.monotonic() < deadline:
        status = access.call("GET", path)["status"]
        ends = [entry["type"] for entry in status.get("conditions") or [] if entry["status"] == "True"]
        for end in [*ends, status.get("phase")]:
            if end in ("Complete", "Failed", "Succeeded"):
                return str(end)
        time.sleep(0.5)
    return "nothing"


def _pod(access: Access) -> dict[str, Any]:
    """The one pod of the namespace, for no example makes more; empty when it is gone, as after a Job's deadline."""
    pods = access.call("GET", access.pods)["items"]
    return dict(pods[0]) if pods else {}


def _exit_codes(access: Access) -> dict[str, list[int | None]]:
    """Of each container: how its last life but one ended, if there was one, and its last."""
    status = _pod(access).get("status", {})
    return {
        container["name"]: [
            life.get("terminated", {}).get("exitCode")
            for life in (container.get("lastState"), container["state"])
            if life
        ]
        for container in status.get("initContainerStatuses", []) + status.get("containerStatuses", [])
    }


def _log(access: Access, container: str) -> str:
    pod = _pod(access)
    if not pod:
        return ""
    path = f"{access.pods}/{pod['metadata']['name']}/log"
    try:
        return str(access.call("GET", path, query={"container": container}, text=True))
    except RefusedError as error:
        return str(error)


if __name__ == "__main__":
    sys.exit(main())
