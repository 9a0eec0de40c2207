"""`kubectl kubexit status` against a real API server: the kubelet's words, workloads, and what cannot be read."""

import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cluster.access import Access
from cluster.conftest import Server
from cluster.kubelet import Kubelet
from cluster.pods import PodObject, plain, running, terminated, waiting

pytestmark = [pytest.mark.cluster, pytest.mark.behaviour("live-status")]

TOOL = Path(sys.executable).with_name("kubectl-kubexit")


@pytest.fixture
def made(access: Access) -> Iterator[list[PodObject]]:
    """The pods of one test, which go with it."""
    pods: list[PodObject] = []
    yield pods
    for pod in pods:
        pod.remove()


def status(server: Server, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program that `make dev` has installed."""
    environment = {"PATH": "/usr/bin:/bin", "KUBECONFIG": str(server.kubeconfig)}
    return subprocess.run(
        [TOOL, "status", *arguments], env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def wrapped(name: str, **settings: str) -> dict[str, Any]:
    """A container under kubexit."""
    env = [{"name": f"KUBEXIT_{key}", "value": value} for key, value in {"NAME": name, **settings}.items()]
    return plain(name, command=["/kubexit/kubexit", "--", f"/app/{name}"], env=env)


def test_image_that_is_not_pulled_is_named(server: Server, access: Access, made: list[PodObject]) -> None:
    """The kubelet's reason is in the row and in the diagnosis; a container without kubexit is called that."""
    made.append(pod := PodObject(access, wrapped("main"), "other"))
    pod.show(main=waiting("ImagePullBackOff", "no such image"))
    done = status(server, pod.name, "-n", access.namespace)
    lines = done.stdout.splitlines()

    assert done.returncode == 0, done.stderr
    assert lines[0] == f"Pod {access.namespace}/{pod.name}: Pending"
    assert any(line.split()[:3] == ["main", "waiting", "(ImagePullBackOff)"] for line in lines)
    assert any(line.startswith("other") and "without kubexit" in line for line in lines)
    assert "The kubelet does not start main: ImagePullBackOff, no such image." in lines


def test_container_that_keeps_the_pod_alive_is_named(server: Server, access: Access, made: list[PodObject]) -> None:
    """main has ended, a sidecar that does not depend on it runs: the setting that is missing is named."""
    containers = [wrapped("main"), wrapped("proxy"), wrapped("good", SIDECAR_OF="main")]
    made.append(pod := PodObject(access, *containers, restartPolicy="Never"))
    pod.show(main=terminated(0), proxy=running(True), good=running(True))
    shown = status(server, f"pod/{pod.name}", "-n", access.namespace).stdout

    assert "set KUBEXIT_SIDECAR_OF=main on proxy." in shown
    assert "on good" not in shown


def test_newest_pod_of_a_workload_is_shown(server: Server, access: Access, made: list[PodObject]) -> None:
    """A workload's selector is used, with its expressions; without a pod a line says so."""
    name = f"work-{uuid.uuid4().hex[:8]}"
    template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [plain("main")]}}
    selector = {"matchExpressions": [{"key": "app", "operator": "In", "values": [name]}]}
    thing = {"metadata": {"name": name}, "spec": {"selector": selector, "template": template}}
    access.call("POST", f"/apis/apps/v1/namespaces/{access.namespace}/daemonsets", thing)
    empty = status(server, f"ds/{name}", "-n", access.namespace)
    made.append(pod := PodObject(access, wrapped("main")))
    access.call("PATCH", pod.path, {"metadata": {"labels": {"app": name}}})
    shown = [status(server, what, "-n", access.namespace).stdout for what in (f"ds/{name}", f"daemonsets/{name}", name)]

    assert (empty.returncode, empty.stdout) == (2, "")
    assert f"daemonset/{name} has no pod" in empty.stderr
    assert all(page.startswith(f"Pod {access.namespace}/{pod.name}: ") for page in shown)


def test_newest_job_of_a_cron_job_is_shown(server: Server, access: Access, made: list[PodObject]) -> None:
    """Of a CronJob the newest Job counts, by its owner and not by its name; without a Job a line says so."""
    name = f"nightly-{uuid.uuid4().hex[:8]}"
    jobs = f"/apis/batch/v1/namespaces/{access.namespace}/jobs"
    pods = {"template": {"spec": {"restartPolicy": "Never", "containers": [plain("main")]}}, "suspend": True}
    spec = {"schedule": "0 3 * * *", "suspend": True, "jobTemplate": {"spec": pods}}
    cron = access.call("POST", jobs.replace("/jobs", "/cronjobs"), {"metadata": {"name": name}, "spec": spec})
    empty = status(server, f"cronjob/{name}", "-n", access.namespace)
    owner = {"apiVersion": "batch/v1", "kind": "CronJob", "name": name, "uid": cron["metadata"]["uid"]}
    job = access.call("POST", jobs, {"metadata": {"name": f"{name}-1", "ownerReferences": [owner]}, "spec": pods})
    access.call("POST", jobs, {"metadata": {"name": f"{name}-2"}, "spec": pods})
    made.append(pod := PodObject(access, wrapped("main")))
    labels = job["spec"]["selector"]["matchLabels"]
    # With a controller, no controller of Jobs takes it.
    access.call("PATCH", pod.path, {"metadata": {"labels": labels, "ownerReferences": [{**owner, "controller": True}]}})
    shown = [status(server, what, "-n", access.namespace) for what in (f"cj/{name}", f"cronjobs/{name}", name)]

    assert (empty.returncode, empty.stdout) == (2, "")
    assert f"cronjob/{name} has no Job: none is due yet" in empty.stderr
    assert [page.stdout.partition("\n")[0] for page in shown] == [f"Pod {access.namespace}/{pod.name}: Pending"] * 3


def test_silence_of_kubexit_is_said(server: Server, access: Access, made: list[PodObject]) -> None:
    """No node answers an exec here: the rows of the kubelet are shown, and that kubexit's state is not known."""
    made.append(pod := PodObject(access, wrapped("main")))
    pod.show(main=running(False))
    done = status(server, pod.name, "-n", access.namespace)

    assert done.returncode == 0, done.stderr
    assert done.stdout.count("state is not known: /kubexit/kubexit --status in container main: pod ") == 1
    assert "Handshake" not in done.stdout


@pytest.fixture
def kubelet(access: Access, tmp_path: Path) -> Iterator[Kubelet]:
    """A node whose kubelet refuses commands."""
    node = Kubelet(tmp_path / "kubelet", access)
    yield node
    node.close()


@pytest.mark.behaviour("live-status-ending")
@pytest.mark.parametrize(
    "said", ['container not found ("main")', "cannot exec in a stopped state: unknown", "no running task found: x"]
)
def test_container_that_is_just_ending_is_one_line(
    server: Server, access: Access, made: list[PodObject], kubelet: Kubelet, said: str
) -> None:
    """The kubelet still calls it running and refuses commands: one line says so, and its log has the reason."""
    kubelet.answer = (500, said)
    kubelet.log = "2026-01-01T00:00:00Z error kubexit[main]: SIGTERM from outside\n"
    made.append(pod := PodObject(access, wrapped("main"), nodeName=kubelet.node))
    pod.show(main=running(False))
    shown = status(server, pod.name, "-n", access.namespace)

    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout.count("container main is just ending") == 1
    assert shown.stdout.count("SIGTERM from outside") == 1
    assert not re.search(r"Handshake|-\+-|500|b'|\{", shown.stdout)


@pytest.mark.behaviour("live-status-ending")
def test_pod_is_read_again_when_a_container_has_ended(
    server: Server, access: Access, made: list[PodObject], kubelet: Kubelet
) -> None:
    """A container that ends between the look at the pod and the command is shown as ended, with its message."""
    made.append(pod := PodObject(access, wrapped("main"), restartPolicy="Never", nodeName=kubelet.node))
    pod.show(main=running(False))

    def end(path: str) -> None:
        if path.startswith("/exec/"):
            pod.show(main=terminated(9, message="kubexit: dependency db died"))
            access.call("PATCH", f"{pod.path}/status", {"status": {"phase": "Failed"}})

    kubelet.asked = end
    shown = status(server, pod.name, "-n", access.namespace).stdout

    assert "main exited with 9 (kubexit: dependency db died): see kubectl logs" in shown
    assert "just ending" not in shown


@pytest.mark.behaviour("live-status-ending")
def test_another_refusal_is_one_line(server: Server, access: Access, made: list[PodObject], kubelet: Kubelet) -> None:
    """Any other refusal of a kubelet is one line, with its words and without the words of the protocol."""
    kubelet.answer = (500, "the disk is full\nand more")
    made.append(pod := PodObject(access, wrapped("main"), nodeName=kubelet.node))
    pod.show(main=running(False))
    shown = status(server, pod.name, "-n", access.namespace).stdout

    assert shown.count("/kubexit/kubexit --status in container main: ") == 1
    assert "the disk is full" in shown
    assert not re.search(r"Handshake|-\+-|b'|\{", shown)


@pytest.mark.parametrize(
    ("verbs", "words"),
    [
        (["create"], "the right get on pods/exec in namespace"),
        (["get"], "the right create on pods/exec in namespace"),  # since Kubernetes 1.35
        (["get", "create"], "the disk is full"),
    ],
)
def test_rights_for_a_command(
    access: Access, made: list[PodObject], kubelet: Kubelet, tmp_path: Path, verbs: list[str], words: str
) -> None:
    """The API server passes a command on to the kubelet with `get` and `create` on pods/exec; one is not enough."""
    kubelet.answer = (500, "the disk is full")
    made.append(pod := PodObject(access, wrapped("main"), nodeName=kubelet.node))
    pod.show(main=running(False))
    account = access.account(tmp_path / "account", verbs=["get", "list"])
    access.grant(account, verbs, "pods/exec")
    shown = status(Server(access.kubeconfig(account), None), pod.name, "-n", access.namespace)

    assert shown.returncode == 0, shown.stderr
    assert words in shown.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nothing"], "nothing: not found in namespace"),
        (["job/nothing"], "job/nothing: not found in namespace"),
        (["service/x"], "service/x: write the name of a pod, or one of job/NAME"),
        (["x", "--context", "none"], "no cluster is configured"),
    ],
)
def test_what_is_not_there_is_one_line(server: Server, access: Access, arguments: list[str], words: str) -> None:
    """Exit code 2, and one line."""
    done = status(server, *arguments, "-n", access.namespace)

    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert words in done.stderr


def test_server_that_is_away_is_one_line(tmp_path: Path, server: Server) -> None:
    """A port where nothing listens gives one line, without a traceback."""
    away = tmp_path / "kubeconfig"
    text = server.kubeconfig.read_text()
    away.write_text(re.sub(r"https://127\.0\.0\.1:\d+", "https://127.0.0.1:1", text))
    done = status(Server(away, None), "x")

    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "the API server does not answer" in done.stderr


def test_watch_ends_with_the_pod(server: Server, access: Access, made: list[PodObject]) -> None:
    """The page is printed again when it has changed, and the program exits when the pod has ended."""
    made.append(pod := PodObject(access, wrapped("main"), restartPolicy="Never"))
    command = [TOOL, "status", pod.name, "-w", "-n", access.namespace]
    environment = {"PATH": "/usr/bin:/bin", "KUBECONFIG": str(server.kubeconfig), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        pod.show(main=terminated(0))
        access.call("PATCH", f"{pod.path}/status", {"status": {"phase": "Succeeded"}})
        rest, _ = process.communicate(timeout=60)

    assert first == f"Pod {access.namespace}/{pod.name}: Pending\n"
    assert f"Pod {access.namespace}/{pod.name}: Succeeded\n" in rest
    assert rest.endswith("The pod has ended, and all exit codes are 0.\n")
    assert process.returncode == 0
