"""The hook for pre-commit and the action for GitHub run `check`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
BAD = "tests/kubectl/manifests/bad/mesh.yaml"
GOOD = "examples/job-with-proxy.yaml"


@pytest.mark.behaviour("authoring-hooks")
@pytest.mark.parametrize(("file", "code"), [(GOOD, 0), (BAD, 1)])
def test_the_hook_fails_for_a_finding(file: str, code: int, tmp_path: Path) -> None:
    """pre-commit itself runs the published hook on a staged file."""
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    (tmp_path / "job.yaml").write_text((ROOT / file).read_text())
    local = {"repos": [{"repo": "local", "hooks": [hook]}]}
    (tmp_path / ".pre-commit-config.yaml").write_text(yaml.safe_dump(local))
    environment = {"PATH": f"{BIN}:{os.environ['PATH']}", "HOME": str(tmp_path), "GIT_CONFIG_GLOBAL": os.devnull}
    for command in (["git", "init", "-q"], ["git", "add", "job.yaml"]):
        subprocess.run(command, cwd=tmp_path, env=environment, check=True)
    done = subprocess.run(
        [BIN / "pre-commit", "run"], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60
    )

    assert done.returncode == code, done.stdout + done.stderr
    assert ("KX901" in done.stdout) == (code == 1)


@pytest.mark.behaviour("authoring-hooks")
@pytest.mark.parametrize(("files", "code"), [(GOOD, 0), (f"{GOOD} {BAD}", 1)])
def test_the_action_fails_for_a_finding(files: str, code: int, tmp_path: Path) -> None:
    """The script of the action, with this program installed already, prints annotations and fails for a finding."""
    (step,) = yaml.safe_load((ROOT / "kubectl/action.yml").read_text())["runs"]["steps"]
    home = tmp_path / "kubectl-kubexit" / "bin"
    home.mkdir(parents=True)
    (home / "kubectl-kubexit").symlink_to(BIN / "kubectl-kubexit")
    script = "\n".join(line for line in step["run"].splitlines() if "venv" not in line and "pip" not in line)
    environment = {"RUNNER_TEMP": str(tmp_path), "FILES": files, "FAIL_ON": "warning", "PATH": os.environ["PATH"]}
    done = subprocess.run(["bash", "-e", "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True)

    assert step["env"].keys() >= {"FILES", "FAIL_ON", "HERE"}
    assert done.returncode == code, done.stderr
    assert done.stdout.count("::warning file=") == (3 if code else 0)
