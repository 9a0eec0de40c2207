"""Commands in a root file system: without the processes of the machine, and without network, or with its loopback."""

import os
import resource
import subprocess
from dataclasses import dataclass
from pathlib import Path

ALARM = 300
WHEELS = "/wheels"


@dataclass(frozen=True)
class Done:
    """What a command wrote, how it ended, and the processor time that it took in seconds."""

    code: int
    stdout: str
    stderr: str
    seconds: float


@dataclass(frozen=True)
class Root:
    """A root file system with a Python. python: its path inside. has_network: it has the network of the machine."""

    name: str
    folder: Path
    python: str
    has_network: bool = False

    def run(self, *words: str, **environment: str) -> Done:
        """Run a command inside."""
        inside = {
            "PATH": "/venv/bin:/usr/bin:/bin",
            "HOME": "/root",
            "LC_ALL": "C.UTF-8",
            "PIP_ROOT_USER_ACTION": "ignore",
            **environment,
        }
        mounts = f'mount --rbind /dev "{self.folder}/dev" && mount -t proc proc "{self.folder}/proc"'
        fence = ["unshare", "--mount", "--pid", "--fork", "--kill-child", *([] if self.has_network else ["--net"])]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            [*fence, "sh", "-c", f'{mounts} && exec chroot "$0" "$@"', self.folder, *words],
            env={**inside, "PATH": f"{inside['PATH']}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            timeout=ALARM,
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
        return Done(done.returncode, done.stdout, done.stderr, spent)

    def pip(self, *words: str, venv: str = "/venv") -> Done:
        """Run pip from its wheel, which no one has to install, for an environment; it asks no index."""
        (pip,) = (self.folder / "wheels").glob("pip-*.whl")
        options = ["--disable-pip-version-check", "--no-cache-dir"]
        command = [self.python, f"{WHEELS}/{pip.name}/pip", "--python", f"{venv}/bin/python", *options, *words]
        return self.run(*command)
