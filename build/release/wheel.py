"""The wheels of kubexit: the static file as a script, with its bill of materials and no dependency.

hatchling writes them, from a folder that is laid out here. The tags say that the file needs no C library at all: every
Linux of the architecture can run it. PEP 770 gives the bill its place.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from release import bill, readme
from release.project import DIST, MACHINES, PROJECT, ROOT, epoch, static_file

HOOK = Path(__file__).with_name("platform_tag.py")
PYTHON = ">=3.8"  # pip needs one, the file does not


def platform(arch: str) -> str:
    """Return the tag of a wheel: each name by which an installer knows that a static file runs on its machine."""
    machine = MACHINES[arch]
    return f"py3-none-manylinux_2_17_{machine}.manylinux2014_{machine}.musllinux_1_1_{machine}"


def configuration(arch: str) -> str:
    """Return the pyproject.toml of the folder."""
    project = {key: PROJECT[key] for key in ("name", "version", "description", "keywords")}
    project |= {
        "license": bill.licences(arch),
        "readme": "README.md",
        "license-files": ["LICENSE", "LICENSES"],
        "requires-python": PYTHON,
    }
    project["classifiers"] = [text for text in PROJECT["classifiers"] if "Cython" not in text]
    tables = {
        "build-system": {"requires": ["hatchling"], "build-backend": "hatchling.build"},
        "project": project,
        "tool.hatch.build.targets.wheel": {"bypass-selection": True, "sbom-files": ["kubexit.cdx.json"]},
        "tool.hatch.build.targets.wheel.shared-scripts": {"kubexit": "kubexit"},
        "tool.hatch.build.hooks.custom": {"path": HOOK.name, "tag": platform(arch)},
    }
    # Text, lists of text and booleans are the same in JSON and TOML.
    lines = []
    for name, table in tables.items():
        lines += [f"[{name}]", *(f"{json.dumps(key)} = {json.dumps(value)}" for key, value in table.items()), ""]
    return "\n".join(lines)


def make(arch: str, out: Path) -> None:
    """Write the wheel for an architecture into a folder.

    Raises:
        ReleaseError: the static file is not built.
        subprocess.CalledProcessError: hatchling refused the folder.
    """
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        for file in (ROOT / "LICENSE", DIST / "LICENSES", HOOK):
            shutil.copyfile(file, work / file.name)
        (work / "README.md").write_text(readme.text("README.md"), "utf-8")
        shutil.copyfile(static_file(arch), work / "kubexit")
        (work / "kubexit").chmod(0o755)
        shutil.copyfile(bill.path(arch), work / "kubexit.cdx.json")
        (work / "pyproject.toml").write_text(configuration(arch))
        hatch(work, out, "wheel")


def hatch(folder: Path, out: Path, *targets: str) -> None:
    """Let hatchling build a folder, with the time of the release."""
    kinds = [word for target in targets for word in ("-t", target)]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(epoch())}
    command = [sys.executable, "-P", "-m", "hatchling", "build", "-d", str(out), *kinds]
    subprocess.run(command, cwd=folder, env=environment, check=True)
