"""The cluster of the current context: pods, logs, and commands in containers. Nothing is changed there."""

import time
from email.utils import parsedate_to_datetime
from typing import Any

from kubernetes import client, stream  # type: ignore[import-untyped]
from kubernetes.stream.ws_client import ERROR_CHANNEL  # type: ignore[import-untyped]
from websocket import WebSocketException

from kubectl_kubexit.errors import UserError
from kubectl_kubexit.live import kubeconfig, unanswered
from kubectl_kubexit.live.answers import explained, thing
from kubectl_kubexit.progress import doing

SELECTORS = {"In": "{} in ({})", "NotIn": "{} notin ({})", "Exists": "{}", "DoesNotExist": "!{}"}
TIMEOUT = 15  # seconds for an answer
HEAD = 256 * 1024  # bytes of the begin of a log
# What `NAME` without a kind can be, after a pod, in this order.
KINDS = {
    "job": "batch/v1", "deployment": "apps/v1", "statefulset": "apps/v1", "daemonset": "apps/v1",
    "replicaset": "apps/v1", "cronjob": "batch/v1",
}  # fmt: skip
SHORT = {
    "po": "pod", "deploy": "deployment", "sts": "statefulset", "ds": "daemonset", "rs": "replicaset", "cj": "cronjob",
}  # fmt: skip

Thing = dict[str, Any]


class NoPodError(UserError):
    """A workload has no pod yet, or no longer."""


class Cluster:
    """A connection, in one namespace."""

    def __init__(self, namespace: str | None, context: str | None) -> None:
        """Read the kubeconfig; UserError if it does not exist."""
        self._configuration, own = kubeconfig.read(context, "set KUBECONFIG, or give --context")
        self.namespace = namespace or own or "default"
        self._client = client.ApiClient(self._configuration)

    def pod(self, what: str) -> Thing:
        """Return a pod, given as NAME, pod/NAME or KIND/NAME of a workload; of several its newest.

        Raises:
            UserError: there is no such object, or it has no pod.
        """
        kind, slash, name = what.rpartition("/")
        kind = SHORT.get(kind.lower(), kind.lower()).removesuffix("s") if kind else ""
        if slash and kind not in {"pod", *KINDS}:
            raise UserError(
                f"{what}: write the name of a pod, or one of {', '.join(f'{known}/NAME' for known in KINDS)}"
            )
        if not name:
            raise UserError(f"{what or 'the pod'}: the name is empty; is a variable of your shell not set?")
        if kind in {"", "pod"}:
            found = self._get(f"/api/v1/namespaces/{self.namespace}/pods/{name}")
            if found is not None:
                return found
        for known, version in KINDS.items():
            if kind in {"", known}:
                workload = self._get(f"/apis/{version}/namespaces/{self.namespace}/{known}s/{name}")
                if workload is not None:
                    return self._newest(workload, f"{known}/{name}")
        raise UserError(
            f"{what}: not found in namespace {self.namespace}; give -n NAMESPACE, or look at kubectl get pods"
        )

    @property
    def now(self) -> float:
        """The time of the API server at its last answer, in seconds since 1970: the clock here may be wrong."""
        return self._now or time.time()

    def log(self, pod: Thing, container: str, previous: bool = False, head: bool = False) -> str:
        """Return the end of a container's log; "" if the cluster no longer has it.

        Args:
            pod: the pod.
            container: the name of the container.
            previous: the log of the life before.
            head: return the begin too. In between, lines may be missing, and in the middle some may be there twice.
        """
        path = f"/api/v1/namespaces/{self.namespace}/pods/{pod['metadata']['name']}/log"
        query = {"container": container, "previous": "true" if previous else "false"}
        parts = [{"limitBytes": str(HEAD)}] if head else []
        parts.append({"tailLines": "2000"})
        try:
            with doing(f"reading the log of container {container}"):
                return "\n".join(self._call(path, {**query, **part}).decode(errors="replace") for part in parts)
        except client.ApiException:
            return ""

    def execute(self, pod: Thing, container: str, command: list[str]) -> tuple[str, str]:
        """Run a command in a container; return what it wrote to stdout and stderr. A refusal is in the latter.

        Raises:
            EndingError: the container has ended meanwhile.
            RightError: the user may not do this.
        """
        own = client.ApiClient(self._configuration)  # the call replaces a method of its client
        try:
            answer = stream.stream(
                client.CoreV1Api(own).connect_get_namespaced_pod_exec,
                pod["metadata"]["name"], self.namespace, container=container, command=command,
                stdout=True, stderr=True, stdin=False, tty=False, _preload_content=False, binary=True,
            )  # fmt: skip
            with doing(f"asking kubexit in container {container}"):
                answer.run_forever(timeout=TIMEOUT)
            written, complained = answer.read_stdout(timeout=0), answer.read_stderr(timeout=0)
            failed = answer.read_channel(ERROR_CHANNEL, timeout=0)
            answer.close()
        except client.ApiException as error:
            return "", unanswered.why(error.body or str(error.reason), self.namespace)
        except (OSError, WebSocketException) as error:
            return "", unanswered.why(str(error), self.namespace)
        # Without a word of the command, the runtime says why it could not be started.
        said = text(complained) or (unanswered.why(text(failed), self.namespace) if not written else "")
        return text(written), said

    def _newest(self, workload: Thing, name: str) -> Thing:
        """Return the newest pod that the selector of a workload selects; of a CronJob, that of its newest Job."""
        if name.startswith("cronjob/"):
            jobs = self._get(f"/apis/batch/v1/namespaces/{self.namespace}/jobs") or {}
            owned = [job for job in jobs.get("items") or [] if is_owned(job, workload)]
            if not owned:
                again = f"kubectl create job --from={name} NAME starts one"
                raise NoPodError(f"{name} has no Job: none is due yet, or it is no longer kept; {again}")
            workload = newest(owned)
            name = f"job/{workload['metadata']['name']}"
        selector = workload["spec"].get("selector") or {}
        words = [f"{key}={value}" for key, value in (selector.get("matchLabels") or {}).items()]
        words += [SELECTORS[part["operator"]].format(part["key"], ",".join(part.get("values") or []))
                  for part in selector.get("matchExpressions") or []]  # fmt: skip
        found = self._get(f"/api/v1/namespaces/{self.namespace}/pods", {"labelSelector": ",".join(words)}) or {}
        items = found.get("items") or []
        if not words or not items:
            raise NoPodError(f"{name} has no pod; kubectl describe {name} shows why")
        return {"apiVersion": "v1", "kind": "Pod", **newest(items)}

    def _get(self, path: str, query: dict[str, str] | None = None) -> Thing | None:
        """Return an object; None if it does not exist."""
        with explained():
            try:
                return thing(self._call(path, query or {}))
            except client.ApiException as error:
                if error.status == 404:
                    return None
                raise

    def _call(self, path: str, query: dict[str, str]) -> bytes:
        """Return the body of the answer to a GET."""
        answer = self._client.call_api(
            path, "GET", query_params=list(query.items()), header_params={"Accept": "*/*"},
            auth_settings=["BearerToken"],
            _preload_content=False, _return_http_data_only=True, _request_timeout=TIMEOUT,
        )  # fmt: skip
        self._now = parsedate_to_datetime(answer.headers["Date"]).timestamp() if "Date" in answer.headers else None
        return bytes(answer.data)


def newest(items: list[Thing]) -> Thing:
    """Return the newest of several objects."""
    return max(items, key=lambda item: str(item["metadata"]["creationTimestamp"]))


def is_owned(item: Thing, owner: Thing) -> bool:
    """Return whether an object was made by another one."""
    owners = item["metadata"].get("ownerReferences") or []
    return any(one["uid"] == owner["metadata"]["uid"] for one in owners)


def text(written: bytes | str | None) -> str:
    """Return what a command wrote as text."""
    return written.decode(errors="replace") if isinstance(written, bytes) else written or ""
