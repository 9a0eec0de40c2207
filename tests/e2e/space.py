"""The namespace of one test: what is applied to it, and the pods that come of that."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cluster import manifests
from cluster.access import RIGHTS, Access, Account, RefusedError
from e2e.pod import Pod
from harness.waiting import eventually

ALARM = 60.0
PAUSE = 0.1  # between looks at the API


class Space:
    """One namespace."""

    def __init__(self, access: Access) -> None:
        self.access = access

    def apply(self, thing: dict[str, Any]) -> None:
        """Create one object of a manifest."""
        manifests.apply(self.access, thing)

    def pod(self, spec: dict[str, Any], name: str = "pod", **metadata: Any) -> Pod:
        """Create a pod."""
        self.apply({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, **metadata}, "spec": spec})
        return Pod(self.access, name)

    def job(self, spec: dict[str, Any], name: str = "job", **more: Any) -> Pod:
        """Create a Job; its pod, as soon as it is there."""
        template = {"metadata": {"labels": {"job": name}}, "spec": spec}
        metadata = {"name": name}
        job = {"backoffLimit": 0, **more, "template": template}
        self.apply({"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": job})
        return self.pod_of({"job": name})

    def pod_of(self, labels: dict[str, str]) -> Pod:
        """The first pod with these labels, as soon as it is there."""
        selector = ",".join(f"{key}={value}" for key, value in labels.items())

        def first() -> str:
            items = self.access.call("GET", self.access.pods, query={"labelSelector": selector})["items"]
            return str(min((item["metadata"]["name"] for item in items), default=""))

        return Pod(self.access, eventually(first, f"a pod with {selector}", ALARM, PAUSE))

    def pod_from(self, work: dict[str, Any]) -> Pod:
        """The pod that comes of a Pod, Job or Deployment."""
        name = work["metadata"]["name"]
        if work["kind"] == "Pod":
            return Pod(self.access, name)
        if work["kind"] == "Job":
            return self.pod_of({"batch.kubernetes.io/job-name": name})
        return self.pod_of(work["spec"]["selector"]["matchLabels"])

    def remove(self, work: dict[str, Any]) -> None:
        """Delete an object; what it has made goes with it."""
        version, plural = work["apiVersion"], f"{work['kind'].lower()}s"
        root = f"/apis/{version}" if "/" in version else f"/api/{version}"
        path = f"{root}/namespaces/{self.access.namespace}/{plural}/{work['metadata']['name']}"
        self.access.call("DELETE", path, query={"propagationPolicy": "Background"})

    def condition(self, job: str) -> str:
        """How a Job ended, `Complete` or `Failed`; empty while it has not."""
        path = f"/apis/batch/v1/namespaces/{self.access.namespace}/jobs/{job}"
        conditions = self.access.call("GET", path)["status"].get("conditions") or []
        ends = [entry["type"] for entry in conditions if entry["status"] == "True"]
        return next((end for end in ends if end in ("Complete", "Failed")), "")

    def wait_job(self, job: str = "job", timeout: float = 120.0) -> str:
        """The condition with which a Job ends."""
        return eventually(lambda: self.condition(job), f"the end of Job {job}", timeout, PAUSE)

    def let_wait(self, account: str = "default") -> None:
        """Give a service account the rights that a birth wait by the API needs."""
        self.access.grant(Account(account, Path()), RIGHTS)


@contextmanager
def space(kubeconfig: Path, standard: str = "restricted") -> Iterator[Space]:
    """A namespace under a pod security standard for the length of a block; its pods are ended without being asked."""
    access = Access(kubeconfig)
    access.open(standard)
    try:
        eventually(lambda: _accounts(access), "the namespace's account", ALARM, PAUSE)
        yield Space(access)
    finally:
        _let_go(access)
        access.call("DELETE", access.pods, query={"gracePeriodSeconds": "0"})
        access.close()


def _let_go(access: Access) -> None:
    """Take the finalizers from pods that a test has kept."""
    for item in access.call("GET", access.pods)["items"]:
        if item["metadata"].get("finalizers"):
            access.call("PATCH", f"{access.pods}/{item['metadata']['name']}", {"metadata": {"finalizers": None}})


def _accounts(access: Access) -> bool:
    """Whether a pod can mount what the kubelet gives to its account."""
    try:
        access.call("GET", f"/api/v1/namespaces/{access.namespace}/configmaps/kube-root-ca.crt")
    except RefusedError:
        return False
    return True
