"""Building writes to .build/ and dist/, although build/ is the default of the tools that build."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def git(folder: Path, *arguments: str) -> list[str]:
    """The lines that a git command prints."""
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with our sources, and the tools that are installed already."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("CLEAN TREE NOT TESTED: not a git checkout, so nothing to compare with")
    copy = tmp_path / "kubexit"
    for name in git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard"):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    git(copy, "init", "--quiet")
    git(copy, "add", "--all")
    (copy / ".build").mkdir()
    (copy / ".build" / "venv").symlink_to(ROOT / ".build" / "venv")
    return copy


def test_build_leaves_no_trace(checkout: Path, tmp_path: Path) -> None:
    """Installing and linking leave the tree as it was.

    Fails without setup.cfg: setuptools then writes to build/ and kubexit.egg-info.
    """
    pip = [
        ".build/venv/bin/pip",
        "install",
        "--no-deps",
        "--no-build-isolation",
        "--target",
        str(tmp_path / "site"),
        ".",
    ]
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "MAKE"))}

    for step in (pip, ["build/native.sh"], ["build/gate.sh"]):
        subprocess.run(step, check=True, cwd=checkout, env=environment, capture_output=True)

    changed = [line for line in git(checkout, "status", "--porcelain") if not line.startswith("A  ")]
    assert changed == []
    ignored = git(checkout, "status", "--porcelain", "--ignored")
    assert [line for line in ignored if line.startswith("!!")] == ["!! .build/"]
