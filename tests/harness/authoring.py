"""The commands of `kubectl kubexit` that read and write manifests, and manifests in the shapes of public ones."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from harness.forms import ROOT
from kubectl_kubexit.commands.wrap import command as wrap
from kubectl_kubexit.errors import UserError

PLAIN = sorted((ROOT / "tests/kubectl/manifests/plain").iterdir())


def run(command: Any, *arguments: str) -> str:
    """Call a command and return what it prints."""
    done: Result = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


def refusal(command: Any, *arguments: str) -> str:
    """Return the line of an error of the user."""
    with pytest.raises(UserError) as raised:
        CliRunner().invoke(command, arguments, catch_exceptions=False)
    return str(raised.value)


def options(manifest: Path) -> list[str]:
    """The options that the first line of a manifest names."""
    match = re.match(r"# wrap:(.*)", manifest.read_text())
    return shlex.split(match[1]) if match else []


def wrapped(manifest: Path, *more: str) -> str:
    """A manifest with kubexit."""
    return run(wrap, *options(manifest), "--entry", "none", *more, str(manifest))


def only_pod(text: str) -> dict[str, Any]:
    """The pod, or the template of the one workload, of a text."""
    thing = next(thing for thing in yaml.safe_load_all(text) if thing)
    while "containers" not in thing.get("spec", {}):
        thing = thing["spec"]["template"] if "template" in thing.get("spec", {}) else thing["spec"]["jobTemplate"]
    return dict(thing)
