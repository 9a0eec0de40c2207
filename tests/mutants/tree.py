"""A copy of the sources in which the native unit is changed, built and tested."""

import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from sysconfig import get_path

from .mutant import ROOT

# What the tests of one mutant may take, in seconds; and the build, which is no part of that.
TEST_SECONDS = 120
BUILD_SECONDS = 600
MOST_PROCESSES = 2000  # of a mutant that forks without end
SHARED = ("venv", "tests", "tools")  # of .build: what does not depend on the native unit
PIDS = [Path("/sys/fs/cgroup/pids"), Path("/sys/fs/cgroup")]

BUILT = 0
# pytest's exit codes
PASSED, FAILED = 0, 1


@dataclass(frozen=True)
class Outcome:
    """How a build or a test ended: exit code, None after the time limit; how long it took, what it printed."""

    code: int | None
    seconds: float
    text: str


class Tree:
    """The copy, with the virtual environment and the compiled programs of the original."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.rmtree(folder, ignore_errors=True)
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, capture_output=True, check=True, text=True,
        ).stdout  # fmt: skip
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).exists():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, folder / name, follow_symlinks=False)
        (folder / ".build").mkdir()
        for name in SHARED:
            (ROOT / ".build" / name).mkdir(exist_ok=True)
            (folder / ".build" / name).symlink_to(ROOT / ".build" / name)
        self._cgroup = _limited(f"kubexit-mutants-{os.getpid()}-{folder.name}")

    def read(self, path: str) -> str:
        return (self.folder / path).read_text()

    def write(self, path: str, text: str) -> None:
        (self.folder / path).write_text(text)

    def build(self, tests: list[str]) -> Outcome:
        """Build the gate form, and the extension module of Python too if a test asks it."""
        began = time.monotonic()
        steps = [["build/native.sh"], ["build/gate.sh"], *([self._module()] if asks_module(tests) else [])]
        environment = os.environ | {"GATE_OPTIMISE": "-O0 -Wno-cpp", "COLD_INCOMPLETE": "true"}
        for line in steps:
            done = subprocess.run(
                line, cwd=self.folder, env=environment, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=BUILD_SECONDS,
            )  # fmt: skip
            if done.returncode != BUILT:
                break
        return Outcome(done.returncode, time.monotonic() - began, done.stdout)

    def _module(self) -> list[str]:
        """The command that makes the module beside the package of the copy, which comes before the installed one."""
        return [
            "cc", "-O0", "-w", "-fPIC", "-shared", '-DKUBEXIT_VERSION="0"', "-I", "ext", "-I", get_path("include"),
            "-o", "kubexit/_supervisor.so", ".build/native/supervisor.c",
        ]  # fmt: skip

    def test(self, tests: list[str], seconds: float = TEST_SECONDS, workers: int = 0) -> Outcome:
        """Run tests against the gate form: one up to its first failure, or several."""
        line = [
            ".build/venv/bin/python", "build/plain_signals.py", "build/fence.sh", ".build/venv/bin/pytest",
            "-q", "-rfE", "-n", str(workers), *(["-x"] if len(tests) == 1 else []), *tests,
        ]  # fmt: skip
        build = self.folder / ".build"
        environment = os.environ | {
            "KUBEXIT_FORMS": "gate",
            "PYTHONPYCACHEPREFIX": str(build / "pycache"),
            "HYPOTHESIS_STORAGE_DIRECTORY": str(build / "hypothesis"),
            "PYTHONPATH": str(self.folder) if asks_module(tests) else "",
        }
        began = time.monotonic()
        process = subprocess.Popen(
            line, cwd=self.folder, env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, preexec_fn=self._enter,
        )  # fmt: skip
        try:
            text, _ = process.communicate(timeout=seconds)
            code: int | None = process.returncode
        except subprocess.TimeoutExpired:
            process.kill()  # and with it all in its PID namespace
            text, _ = process.communicate()
            code = None
        return Outcome(code, time.monotonic() - began, text)

    def close(self) -> None:
        """Remove the copy."""
        shutil.rmtree(self.folder, ignore_errors=True)
        if self._cgroup is not None:
            self._cgroup.rmdir()

    def _enter(self) -> None:
        if self._cgroup is not None:
            (self._cgroup / "cgroup.procs").write_text("0")


def asks_module(tests: list[str]) -> bool:
    """Whether a test calls functions of the extension module, and starts no kubexit."""
    return any(test.startswith("tests/unit/") for test in tests)


def _limited(name: str) -> Path | None:
    """A cgroup with a limit of processes; None where none can be made."""
    for root in PIDS:
        try:
            (root / name).mkdir()
            (root / name / "pids.max").write_text(str(MOST_PROCESSES))
        except OSError:
            continue
        return root / name
    return None
