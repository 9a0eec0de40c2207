"""`kubectl kubexit status` of pods on a real node: the kubelet's words and kubexit's, read by exec."""

import subprocess
import sys
from pathlib import Path

import pytest

from e2e.container import container, pod
from e2e.space import Space

pytestmark = [pytest.mark.node, pytest.mark.behaviour("live-status")]

TOOL = Path(sys.executable).with_name("kubectl-kubexit")


def status(here: Space, kubeconfig: Path, what: str) -> str:
    """What the program prints."""
    command = [TOOL, "status", what, "-n", here.access.namespace]
    environment = {"PATH": "/usr/bin:/bin", "KUBECONFIG": str(kubeconfig)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=90)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_live_pod_says_what_it_waits_for(here: Space, kubeconfig: Path) -> None:
    """main waits for a container whose probe fails: both states and the remedy are there, by pod and by Job."""
    settings = {"BIRTH_DEPS": "db", "BIRTH_SOURCE": "graveyard", "BIRTH_TIMEOUT": "infinite"}
    made = here.job(pod(container("main", "true", **settings), container("db", "exec sleep 600", READY_TCP="9")))
    made.wait(lambda one: all("running" in one.state(name) for name in ("main", "db")), "both run")
    made.wait(lambda _: "not ready: " in status(here, kubeconfig, made.name), "the probe has failed")

    shown = status(here, kubeconfig, "job/job")
    rows = {line.split()[0]: line.split() for line in shown.splitlines()[2:4]}

    assert rows["main"][1:3] == ["running", "waiting"], shown
    assert rows["db"][1:3] == ["running", "running"], shown
    assert "main waits until db is ready. Its readiness probe (tcp 9) fails: " in shown
    assert "not known" not in shown


def test_ended_pod_says_why(here: Space, kubeconfig: Path) -> None:
    """Of a pod that has ended the reason comes from the termination message."""
    settings = {"BIRTH_DEPS": "late:born", "BIRTH_SOURCE": "graveyard", "BIRTH_TIMEOUT": "1s"}
    made = here.job(pod(container("main", "true", **settings)))
    assert here.wait_job() == "Failed"

    last = status(here, kubeconfig, made.name).splitlines()[-1]

    assert last.startswith("The pod has ended. main exited with 69 (")
    assert "late" in last
    assert last.endswith(f"see kubectl logs {made.name} -c main.")


@pytest.mark.behaviour("live-status-ending")
def test_no_moment_of_an_end_is_raw(here: Space, kubeconfig: Path) -> None:
    """From the first look until the pod has ended, no page has the words of a protocol."""
    made = here.job(pod(container("main", "sleep 4; exit 3"), container("side", "exec sleep 600", SIDECAR_OF="main")))
    made.wait(lambda one: "running" in one.state("main"), "main runs")
    pages = [status(here, kubeconfig, made.name)]
    while not pages[-1].splitlines()[-1].startswith("The pod has ended."):
        pages.append(status(here, kubeconfig, made.name))

    assert not [page for page in pages if "Handshake" in page or "-+-" in page or "HTTP" in page]
    assert f"main exited with 3: see kubectl logs {made.name} -c main." in pages[-1]
