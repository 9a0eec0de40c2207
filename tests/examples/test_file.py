"""`make demo ARGS=./FILE` runs the pod of any manifest with the programs of this machine, and says what it lacks."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("kubexit._supervisor", reason="DEMO NOT TESTED: kubexit is not installed (make dev)")

from harness.forms import FORMS, ROOT

pytestmark = pytest.mark.behaviour("demo-of-a-file")

JOB = """\
apiVersion: batch/v1
kind: Job
metadata: {name: small}
spec:
  template:
    metadata: {annotations: {kubexit.dev/main: work}}
    spec:
      restartPolicy: Never
      containers:
      - name: work
        image: any:1
        command: [sh, -c, "echo working; exit 0"]
      - name: helper
        image: any:1
        command: [sh, -c, "exec sleep 1000"]
"""
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: small}
spec:
  volumes: [{name: graveyard, emptyDir: {}}]
  containers:
  - name: work
    image: any:1
    command: [/opt/kubexit, --, sh, -c, "exit 4"]
    env: [{name: KUBEXIT_NAME, value: work}, {name: KUBEXIT_GRAVEYARD, value: /shared}]
    volumeMounts: [{name: graveyard, mountPath: /shared}]
"""


def demo(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the demo with these arguments."""
    if not FORMS["gate"].exists:
        pytest.skip(f"DEMO NOT TESTED: {FORMS['gate'].missing}")
    environment = os.environ | {"PYTHONPATH": str(ROOT / "examples")}
    line = [sys.executable, "-P", "-m", "demo", *arguments]
    return subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=110)


def written(folder: Path, text: str) -> str:
    """Return the name of a file with this text."""
    (folder / "job.yaml").write_text(text)
    return str(folder / "job.yaml")


def test_annotations_are_enough(tmp_path: Path) -> None:
    """A pod that asks for kubexit by an annotation gets it: the helper is stopped, and the Job is complete."""
    done = demo(written(tmp_path, JOB))

    assert done.returncode == 0, done.stdout + done.stderr
    assert "The Job is complete: all containers exited with 0." in done.stdout
    assert re.search(r"^helper .* exit 0$", done.stdout, re.MULTILINE)


def test_work_that_fails_is_a_result(tmp_path: Path) -> None:
    """A Job that fails is shown as such, and is no failure of the demo."""
    done = demo(written(tmp_path, JOB.replace("exit 0", "exit 3")))

    assert done.returncode == 0, done.stdout + done.stderr
    assert "The Job fails: work exited with 3." in done.stdout


def test_kubexit_and_graveyard_are_anywhere(tmp_path: Path) -> None:
    """kubexit by any path is that of this machine, and the graveyard is where the manifest has it."""
    done = demo(written(tmp_path, POD))

    assert done.returncode == 0, done.stdout + done.stderr
    assert "The exit codes: work 4." in done.stdout


def test_a_failure_that_is_asked_for_ends_in_a_sentence() -> None:
    """`make demo ARGS=--fail` shows a failure and exits with 0, so make has nothing to add."""
    done = demo("--fail")

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].startswith("The exit code of the work counts: client exited with 3, so the Job")


def test_a_pod_that_does_not_end_is_given_up(tmp_path: Path) -> None:
    """After the alarm all containers are ended, and the last line says how to wait longer."""
    done = demo(written(tmp_path, JOB.replace("echo working; exit 0", "exec sleep 1000")), "--alarm", "2")

    assert done.returncode == 1
    assert "not over after 2 s: ending it (--alarm SECONDS leaves it more time)" in done.stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, ": No such file or directory"),
        ("- 1\n", ": this is not the manifest of a pod: "),
        ("a: [", ": this is not the manifest of a pod: "),
        ("kind: Service\n", " has 0 Pods, Jobs or Deployments; one can be run"),
        (JOB.replace("kubexit.dev/main", "other"), ": no container has kubexit as its entry point; begin its command"),
        (JOB.replace("[sh, -c, \"exec sleep", "[/no/such, -c, \"exec sleep"), ": container helper: /no/such is not on"),
        (POD.replace("mountPath: /shared", "mountPath: /data"), ": no container mounts a volume at /graveyard"),
        (POD.replace("command: [/opt/kubexit, --, sh", "args: [sh"), ": no container has kubexit as its entry point"),
    ],
    ids=["no file", "list", "no YAML", "no pod", "no kubexit", "no program", "no graveyard", "no command"],
)  # fmt: skip
def test_what_cannot_run_is_said(tmp_path: Path, text: str | None, said: str) -> None:
    """One line names the file and what is missing; the exit code is 2."""
    file = str(tmp_path / "job.yaml") if text is None else written(tmp_path, text)
    done = demo(file)

    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(file + said)


@pytest.mark.behaviour("first-pod")
@pytest.mark.parametrize("way", ["annotation", "by hand"])
def test_the_first_pod_runs_here(tmp_path: Path, way: str) -> None:
    """The manifests of the page end as it says, with the busybox of this machine."""
    if shutil.which("busybox") is None or "httpd" not in subprocess.check_output(["busybox", "--list"], text=True):
        pytest.skip(
            "FIRST POD NOT TESTED here: no busybox with httpd is installed (busybox-static); containers have it"
        )
    page = (ROOT / "docs/first-pod.md").read_text()
    job, annotations, by_hand = re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)[:3]
    metadata = annotations.removeprefix("  template:\n")
    assert metadata != annotations
    text = by_hand if way == "by hand" else job.replace("  template:\n", "  template:\n" + metadata)
    done = demo(written(tmp_path, text))

    assert done.returncode == 0, done.stdout + done.stderr
    assert "The Job is complete" in done.stdout
    assert re.search(r"main +hello$", done.stdout, re.MULTILINE)
