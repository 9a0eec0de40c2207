"""What is installed, and under which licences."""

import re
import subprocess
import sys
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


def test_console_script_is_installed() -> None:
    """`kubexit` starts kubexit.cli.main."""
    (script,) = entry_points(group="console_scripts", name="kubexit")

    assert script.value == "kubexit.cli:main"


@pytest.mark.parametrize("lock", ["lock", "static", "bench"])
def test_lock_has_every_pin(lock: str) -> None:
    """Each requirements/*.txt was made from the pins of pyproject.toml as they are."""
    text = (ROOT / "requirements" / f"{lock}.txt").read_text()
    locked = set(re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==([\w.]+)", text, re.MULTILINE))
    groups = PROJECT["dependency-groups"]
    pins = groups.get(lock) or PROJECT["build-system"]["requires"] + groups["test"] + groups["lint"]
    pinned = set(re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==([\w.]+)$", "\n".join(pins).lower(), re.MULTILINE))

    assert pinned
    assert pinned - locked == set()
