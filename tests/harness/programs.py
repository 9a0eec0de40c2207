"""Small C programs for the tests, compiled when first asked for and when their source is newer."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from .forms import BUILD

SOURCES = Path(__file__).resolve().parents[1] / "programs"
OUTPUT = BUILD / "tests"


def program(name: str, *flags: str) -> Path:
    """The path of tests/programs/NAME.c, compiled; static unless flags say otherwise."""
    source = SOURCES / f"{name}.c"
    binary = OUTPUT / "-".join([name, *(flag.strip("-") for flag in flags)])
    included = [SOURCES / path for path in re.findall(r'^#include "(.*)"', source.read_text(), re.MULTILINE)]
    if binary.exists() and binary.stat().st_mtime > max(path.stat().st_mtime for path in (source, *included)):
        return binary
    compiler = shutil.which(os.environ.get("CC", "cc")) or shutil.which("gcc")
    if compiler is None:
        pytest.fail("the test programs need a C compiler (CC, cc or gcc)")
    OUTPUT.mkdir(parents=True, exist_ok=True)
    # Test workers compile at the same time: each its own draft, the last rename wins.
    draft = binary.with_suffix(f".{os.getpid()}.tmp")
    command = [compiler, *(flags or ("-static",)), "-O2", "-Wall", "-Wextra", "-o", str(draft), str(source)]
    subprocess.run(command, check=True, timeout=120)
    draft.rename(binary)
    return binary
