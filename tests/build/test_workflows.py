"""The workflows: rights of each job, and what a job with rights may run. build/workflows.py runs general checks."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
# They run what a package brings, in its setup, or what a pull request brings.
FOREIGN = ("make ", "pip ", ".ci/run")


def jobs() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each job of each workflow with its name."""
    for path in WORKFLOWS:
        for name, job in yaml.safe_load(path.read_text())["jobs"].items():
            yield f"{path.stem}: {name}", job


def commands(job: dict[str, Any]) -> list[str]:
    """Return the lines of shell that a job runs."""
    return [line.strip() for step in job.get("steps", []) for line in step.get("run", "").splitlines()]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_has_no_rights_of_its_own(path: Path) -> None:
    """Rights are given to single jobs, so that a new job has none."""
    assert yaml.safe_load(path.read_text())["permissions"] == {}


def test_what_can_sign_runs_no_installed_code() -> None:
    """A job with an identity runs neither make nor pip: a package could sign in the name of the project."""
    signing = {name: commands(job) for name, job in jobs() if "id-token" in job.get("permissions", {})}

    assert len(signing) >= 3
    assert {
        name: found for name, lines in signing.items() if (found := [one for one in lines if one.startswith(FOREIGN)])
    } == {}


def test_what_is_installed_comes_before_the_password() -> None:
    """A job that logs in to a registry has installed everything before."""
    for name, job in jobs():
        steps = job.get("steps", [])
        used = [step.get("uses", "") for step in steps]
        logins = [number for number, text in enumerate(used) if text.startswith("docker/login-action@")]
        for step in steps[logins[0] :] if logins else []:
            assert not any(line.strip().startswith(FOREIGN) for line in step.get("run", "").splitlines()), name


def test_nothing_is_published_before_the_tests_have_passed() -> None:
    """Each job of the release that can write or sign needs the run of all tests for the same commit, and all of it."""
    release = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text())["jobs"]
    tests = {name: job for name, job in release.items() if job.get("uses") == "./.github/workflows/ci.yml"}
    publishing = [name for name, job in release.items() if set(job["permissions"].values()) - {"read"}]

    assert len(tests) == 1
    assert next(iter(tests.values()))["with"] == {"complete": True}
    assert {"image", "pypi", "signature", "github"} <= set(publishing)
    assert [name for name in publishing if not tests.keys() & needed(release, name)] == []
    # A condition or a failure that is allowed would let a job run without what it needs.
    assert [name for name, job in release.items() if {"if", "continue-on-error"} & job.keys()] == []


def needed(workflow: dict[str, Any], name: str) -> set[str]:
    """The names of all jobs that must have succeeded before a job."""
    needs = workflow[name].get("needs", [])
    own = {needs} if isinstance(needs, str) else set(needs)
    return own.union(*(needed(workflow, one) for one in own))


def test_the_run_that_a_release_needs_leaves_no_step_out() -> None:
    """ci.yml can be called; then a step for which the time is over is a failure, and there is more time."""
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())
    (job,) = workflow["jobs"].values()
    (step,) = [step for step in job["steps"] if ".ci/run" in step.get("run", "")]

    assert "workflow_call" in workflow[True]  # YAML 1.1 reads the key `on` as true
    assert step["env"]["CI_COMPLETE"] == "${{ inputs.complete }}"
    seconds = re.fullmatch(r"\$\{\{ inputs.complete && '(\d+)' \|\| '(\d+)' \}\}", step["env"]["CI_SECONDS"])
    assert seconds is not None
    assert int(seconds[2]) < int(seconds[1]) < job["timeout-minutes"] * 60
    assert {one["arch"] for one in job["strategy"]["matrix"]["include"]} == {"amd64", "arm64"}


def test_git_trusts_the_checkout_for_every_home() -> None:
    """Tests run git with another HOME, where a setting of the user is not read."""
    lines = [line for _, job in jobs() for line in commands(job) if "safe.directory" in line]

    assert len(lines) > 3
    assert [line for line in lines if not line.startswith("git config --system ")] == []


@pytest.mark.parametrize(("project", "start"), [("kubexit", "kubexit"), ("kubectl-kubexit", "kubectl_kubexit")])
def test_pypi_gets_the_distributions_of_one_project(project: str, start: str, tmp_path: Path) -> None:
    """Each job of PyPI takes the wheels and the source archive of its project, and nothing else of the release."""
    wanted = [f"{start}-1.2.3-py3-none-any.whl", f"{start}-1.2.3.tar.gz"]
    others = ["kubexit-1.2.3-oci.tar", "kubexit-1.2.3.tgz", "kubectl-kubexit.tar.gz", "kubexit.1", "SHA256SUMS"]
    names = {
        f"{name}-1.2.3{end}" for name in ("kubexit", "kubectl_kubexit") for end in ("-py3-none-any.whl", ".tar.gz")
    }
    (tmp_path / "dist/release").mkdir(parents=True)
    for name in names | set(others):
        (tmp_path / "dist/release" / name).write_text(name)
    subprocess.run(["tar", "-cf", "release.tar", "dist"], cwd=tmp_path, check=True)
    pypi = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text())["jobs"]["pypi"]
    (script,) = [step["run"] for step in pypi["steps"] if "run" in step]
    variables = {"PATH": os.environ["PATH"], "PROJECT": project, "GITHUB_REF_NAME": "v1.2.3"}
    subprocess.run(["bash", "-e", "-c", script], cwd=tmp_path, env=variables, check=True)

    assert project in pypi["strategy"]["matrix"]["project"]
    assert sorted(file.name for file in (tmp_path / "pypi").iterdir()) == sorted(wanted)
