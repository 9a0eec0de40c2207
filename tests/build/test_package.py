"""What is installed, and under which licences."""

import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
from importlib.metadata import distribution, entry_points
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_inotify_is_no_requirement() -> None:
    """The GPL-licensed inotify may watch kubexit in tests, and may not come with it."""
    names = {re.split(r"[<>=!~\[; ]", line)[0].lower() for line in distribution("kubexit").requires or []}

    assert names == {"kubernetes"}


def test_inotify_is_imported_nowhere_in_the_package() -> None:
    """Importing all of kubexit does not bring the module inotify in."""
    script = (
        "import importlib, pkgutil, sys, kubexit\n"
        "for module in pkgutil.walk_packages(kubexit.__path__, 'kubexit.'):\n"
        "    module.name.endswith('__main__') or importlib.import_module(module.name)\n"
        "print('inotify' in sys.modules, 'kubexit._supervisor' in sys.modules)"
    )

    seen = subprocess.run([sys.executable, "-P", "-c", script], check=True, capture_output=True, text=True).stdout

    assert seen.split() == ["False", "True"]


def test_licence_travels_with_the_package() -> None:
    """Apache-2.0 asks for its text in every copy."""
    metadata = distribution("kubexit").metadata

    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata.get_all("License-File") == ["LICENSE"]


def test_only_the_two_programs_are_installed() -> None:
    """The two programs and nothing else is installed: neither tests nor the demo nor the build."""
    files = [file for file in distribution("kubexit").files or [] if file.suffix in {".py", ".pyi", ".so", ".typed"}]

    assert {str(file.parent) for file in files} == {"kubexit", "kubexit/waiter"}


def test_source_archive_folders(tmp_path: Path) -> None:
    """The source archive holds the package and the native unit, and neither tests nor examples."""
    tree = tmp_path / "tree"
    for name in ("kubexit", "ext", "examples", "tests/unit", ".build/cython"):
        shutil.copytree(ROOT / name, tree / name, copy_function=shutil.copy2)
    for name in ("pyproject.toml", "setup.py", "setup.cfg", "README.md", "LICENSE"):
        shutil.copy2(ROOT / name, tree / name)
    script = "from setuptools.build_meta import build_sdist; build_sdist('..')"
    subprocess.run([sys.executable, "-c", script], check=True, cwd=tree, capture_output=True)
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as packed:
        parts = [Path(name).parts[1:] for name in packed.getnames()]

    # .build: the C file that Cython made, and what setuptools knows of the package.
    assert {part[0] for part in parts if len(part) > 1} == {"kubexit", "ext", ".build"}
    assert {part[1] for part in parts if len(part) > 2 and part[0] == "kubexit"} == {"waiter"}


def test_console_script_is_installed() -> None:
    """`kubexit` starts kubexit.cli.main."""
    (script,) = entry_points(group="console_scripts", name="kubexit")

    assert script.value == "kubexit.cli:main"


def test_both_distributions_have_one_licence_and_version() -> None:
    """kubectl-kubexit is released with kubexit: with the same licence and under the same version."""
    tool = tomllib.loads((ROOT / "kubectl" / "pyproject.toml").read_text())["project"]

    assert (ROOT / "kubectl" / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    assert {key: tool[key] for key in ("version", "license", "requires-python")} == {
        key: PROJECT["project"][key] for key in ("version", "license", "requires-python")
    }
    assert distribution("kubectl-kubexit").version == tool["version"]


@pytest.mark.parametrize("lock", ["lock", "static", "plugin", "bench", "site", "uv", "go", "pip", "pipx"])
def test_lock_has_every_pin(lock: str) -> None:
    """Each requirements/*.txt was made from the pins of pyproject.toml as they are."""
    text = (ROOT / "requirements" / f"{lock}.txt").read_text()
    locked = set(re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==([\w.]+)", text, re.MULTILINE))
    groups = PROJECT["dependency-groups"]
    pins = groups.get(lock) or PROJECT["build-system"]["requires"] + groups["kubectl"] + groups["test"] + groups["lint"]
    pinned = set(re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==([\w.]+)$", "\n".join(pins).lower(), re.MULTILINE))

    assert pinned
    assert pinned - locked == set()
