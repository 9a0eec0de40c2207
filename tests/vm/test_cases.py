"""The scripts in the machine: each case is reported by a test, and a shell can read it."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from vm.machine import GUEST, cases

SCRIPTS = [path for path in sorted(GUEST.rglob("*")) if path.is_file() and path.suffix != ".c"]


def test_each_case_has_a_test() -> None:
    """A case that no test reports would count for nothing."""
    tests = Path(__file__).with_name("test_machine.py").read_text()

    assert sorted(re.findall(r'^    case\("(\w+)"\)', tests, re.MULTILINE)) == sorted([*cases(), "shutdown"])


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_shell_can_read_it(script: Path) -> None:
    """A syntax error would only be seen in a machine."""
    if shutil.which("busybox") is None:
        pytest.skip("SCRIPTS OF THE MACHINES NOT TESTED: there is no busybox (build/machine.sh test)")
    subprocess.run(["busybox", "sh", "-n", script], check=True)
