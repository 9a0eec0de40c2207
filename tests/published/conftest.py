"""Fixtures: what was released, and roots to install it in."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.forms import ROOT
from harness.untested import untested
from published.chroot import Root
from published.roots import KINDS, make
from published.unavailable import UnavailableError

FOLDER = ROOT / "dist" / "release"

not_tested = untested("of the release", "KUBEXIT_RELEASE_REQUIRED")


@pytest.fixture(scope="session")
def released() -> Path:
    """The folder of the release."""
    if not (FOLDER / "SHA256SUMS").exists():
        not_tested("there is no dist/release (make release)")
    return FOLDER


@pytest.fixture(scope="session")
def version() -> str:
    """The version in pyproject.toml."""
    words = ["python3", "build/version.py"]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture(scope="session", params=KINDS, ids=lambda kind: kind.name)
def root(request: pytest.FixtureRequest, released: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Root]:
    """A root of each kind in turn, with an empty environment and the wheels."""
    if os.getuid() != 0:
        not_tested("only root may change the root")
    folder = tmp_path_factory.mktemp(request.param.name) / "root"
    folder.mkdir()
    try:
        yield make(request.param, folder, released)
    except UnavailableError as reason:
        said = f"a root of the kind {request.param.name}: {reason}"
        if request.param.moves:
            pytest.skip(f"NOT TESTED of the release: {said}")
        not_tested(said)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def tool() -> Callable[[str], Path]:
    """What finds a program that was built from Go modules; the test is skipped with the reason if it is not there."""

    def find(name: str) -> Path:
        from release.tools import PROGRAMS

        program = PROGRAMS[name]
        if not program.is_built:
            not_tested(f"{name} is not built (PYTHONPATH=build python -m release.tools {name})")
        return program.path

    return find
