"""Run the examples that need no internet in the cluster of KUBECONFIG, and check how each container ended.

    PYTHONPATH=tests python -m cluster.e2e

The image is built here with docker or podman and loaded into a kind, k3d or minikube cluster, which the name of the
context tells. For any other cluster put it where its nodes find it, and name it in KUBEXIT_EXAMPLE_IMAGE.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from cluster import manifests
from cluster.access import Access, RefusedError
from harness.forms import ROOT

ALARM = 300.0
# What each container of a Job ends with, when all goes well, and when the work fails.
GOOD = {"client-server-job": {"client": 0, "server": 0}, "native-sidecar": {"main": 0}}
BAD = {"client-server-job": {"client": 1, "server": 0}}


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
    failures = 0
    for example, codes in GOOD.items():
        failures += not _run(kubeconfig, example, image, "Complete", codes)
    for example, codes in BAD.items():
        failures += not _run(kubeconfig, example, image, "Failed", codes)
    return 1 if failures else 0


def _kubeconfig() -> Path:
    if not os.environ.get("KUBECONFIG"):
        raise SkippedError("KUBECONFIG is not set")
    return Path(os.environ["KUBECONFIG"])


def _nodes(access: Access) -> None:
    if not access.call("GET", "/api/v1/nodes")["items"]:
        raise SkippedError("the cluster of KUBECONFIG has no nodes")


def _built(kubeconfig: Path) -> str:
    """Build the image and load it into the cluster; its name."""
    engine = shutil.which("docker") or shutil.which("podman")
    if engine is None:
        raise SkippedError("neither docker nor podman to build the image; name one in KUBEXIT_EXAMPLE_IMAGE")
    image = manifests.IMAGE
    subprocess.run([engine, "build", "-f", ROOT / "examples/Dockerfile", "-t", image, ROOT], check=True)
    import yaml

    context = yaml.safe_load(kubeconfig.read_text())["current-context"]
    if context.startswith("kind-"):
        load = ["kind", "load", "docker-image", image, "--name", context.removeprefix("kind-")]
    elif context.startswith("k3d-"):
        load = ["k3d", "image", "import", image, "--cluster", context.removeprefix("k3d-")]
    elif context.startswith("minikube"):
        load = ["minikube", "image", "load", image, "--profile", context]
    else:
        raise SkippedError(f"no way known to load an image into {context}; name one in KUBEXIT_EXAMPLE_IMAGE")
    subprocess.run(load, check=True)
    return image


def _run(kubeconfig: Path, example: str, image: str, outcome: str, codes: dict[str, int]) -> bool:
    """Apply one example in a namespace of its own; whether it ended as it should."""
    access = Access(kubeconfig)
    access.open("restricted")
    try:
        for thing in manifests.objects(example):
            text = json.dumps(thing).replace(manifests.IMAGE, image)
            if outcome == "Failed":  # the work asks where nobody answers
                text = text.replace("127.0.0.1:8080", "127.0.0.1:8081")
            manifests.apply(access, json.loads(text))
        name = manifests.job(example)["metadata"]["name"]
        ended = _await_end(access, name)
        found = _exit_codes(access, name)
        good = ended == outcome and found == codes
        print(f"  {example}: {'ok' if good else 'WRONG'}: {ended} (want {outcome}), {found} (want {codes})")
        if not good:
            _show_logs(access, name)
        return good
    finally:
        access.close()


def _await_end(access: Access, name: str) -> str:
    """The condition with which the Job ended; "nothing" when it did not."""
    deadline = time.monotonic() + ALARM
    while time.monotonic() < deadline:
        job = access.call("GET", f"/apis/batch/v1/namespaces/{access.namespace}/jobs/{name}")
        for condition in job["status"].get("conditions") or []:
            if condition["status"] == "True" and condition["type"] in ("Complete", "Failed"):
                return str(condition["type"])
        time.sleep(0.5)
    return "nothing"


def _pods(access: Access, job: str) -> list[dict[str, Any]]:
    found = access.call("GET", access.pods, query={"labelSelector": f"job-name={job}"})
    return list(found["items"])


def _exit_codes(access: Access, job: str) -> dict[str, int | None]:
    return {
        status["name"]: status["state"].get("terminated", {}).get("exitCode")
        for pod in _pods(access, job)
        for status in pod["status"].get("containerStatuses", [])
    }


def _show_logs(access: Access, job: str) -> None:
    for pod in _pods(access, job):
        for container in pod["spec"]["containers"] + pod["spec"].get("initContainers", []):
            path = f"{access.pods}/{pod['metadata']['name']}/log"
            try:
                text = access.call("GET", path, query={"container": container["name"]}, text=True)
            except RefusedError as error:
                text = str(error)
            print(f"--- {container['name']}\n{text}")


if __name__ == "__main__":
    sys.exit(main())
