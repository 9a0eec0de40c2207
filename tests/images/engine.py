"""The container tool of this machine.

podman gets its own storage in a folder that is removed at the end: the user's images, containers and volumes are
neither seen nor touched. docker's storage belongs to its daemon; there, what is made here is removed by its id.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from harness.supervised import Finished
from harness.waiting import eventually
from images.container import Container

ALARM = 120.0
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# For machines where a container cannot be given more descriptors and processes than we have ourselves
# (no CAP_SYS_RESOURCE), or where crun does not know the mixture of control groups.
MODEST = """\
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
[engine]
runtime = "runc"
lock_type = "file"
"""


class UnavailableError(Exception):
    """Why there are no containers here."""


class Engine:
    """One container tool that is known to run containers."""

    def __init__(self, tool: str, configuration: str = "") -> None:
        program = shutil.which(tool)
        if program is None:
            raise UnavailableError(f"{tool} is not installed")
        self.tool = tool
        self.folder = Path(tempfile.mkdtemp(prefix="kx-"))  # short: it becomes part of the paths of sockets
        self._program = program
        self._containers: list[Container] = []
        self.images: set[str] = set()
        self._made: list[str] = []
        if self.is_isolated:
            self._program = str(self._wrapper(configuration))

    @property
    def is_isolated(self) -> bool:
        """Whether nothing of the user's is in reach, so that any name may be given."""
        return self.tool == "podman"

    @property
    def path(self) -> str:
        """A PATH on which the tool is the one of the tests."""
        return f"{Path(self._program).parent}:{os.environ['PATH']}"

    def name(self, tag: str) -> str:
        """The tag under which an image of this name is kept here."""
        return tag if self.is_isolated else f"kubexit-tests/{tag}"

    @property
    def at_once(self) -> tuple[str, ...]:
        """Options of `rm` that end a container without asking it."""
        return ("--force", "--volumes", *(("--time", "0") if self.is_isolated else ()))

    def call(self, *words: str | Path, timeout: float = ALARM) -> str:
        """The output of one command of the tool, without blanks around it; AssertionError when it fails."""
        return self.both(*words, timeout=timeout)[0].strip()

    def both(self, *words: str | Path, timeout: float = ALARM) -> tuple[str, str]:
        """Output and error output of one command of the tool."""
        done = subprocess.run([self._program, *words], capture_output=True, text=True, timeout=timeout)
        if done.returncode != 0:
            raise AssertionError(f"{self.tool} {' '.join(map(str, words))}: {done.returncode}\n{done.stderr}")
        return done.stdout, done.stderr

    def build(self, context: Path, tag: str, *options: str | Path) -> str:
        """Build the context's Dockerfile, or that of `--file`, with what is on this machine; the tag."""
        identity = self.call("build", "--quiet", "--tag", tag, *self._offline(), *options, context)
        self.remember(tag, identity)
        return tag

    def load(self, archive: Path, tag: str) -> str:
        """Make an image of a root file system; the tag."""
        # What base images have and `kube play` does not add.
        identity = self.call("import", "--change", f"ENV PATH={PATH}", archive, tag)
        self.remember(tag, identity)
        return tag

    def remember(self, tag: str, identity: str) -> None:
        """This image is there, and is removed at the end."""
        self.images.add(tag)
        self._made.append(identity)

    def start(self, image: str, *command: str, options: tuple[str, ...] = ()) -> Container:
        """Start a container without network, unless the options give it one; the command goes to its entry point."""
        network = () if "--network" in options else ("--network", "none")
        identity = self.call("run", "--detach", *network, *options, image, *command)
        self._containers.append(Container(self, identity))
        return self._containers[-1]

    def run(self, image: str, *command: str, options: tuple[str, ...] = ()) -> Finished:
        """Start a container and wait for its end."""
        container = self.start(image, *command, options=options)
        code = container.wait()
        finished = Finished(code, container.stdout, container.stderr)
        container.remove()
        return finished

    def remove_containers(self) -> None:
        """End and remove what a test left."""
        while self._containers:
            self._containers.pop().remove()

    def close(self) -> None:
        """Remove everything that was made."""
        self.remove_containers()
        if self.is_isolated:
            # All there is in this storage is ours.
            self.call("pod", "rm", "--all", "--force")
            self.call("rm", "--all", *self.at_once)
        else:
            for identity in reversed(dict.fromkeys(self._made)):
                self.call("rmi", "--force", identity)
        _remove(self.folder, self._program)

    def _offline(self) -> tuple[str, ...]:
        return ("--pull-never",) if self.is_isolated else ()

    def _wrapper(self, configuration: str) -> Path:
        wrapper = self.folder / "bin" / self.tool
        wrapper.parent.mkdir()
        places = "".join(f" --{place} {self.folder / place}" for place in ("root", "runroot", "tmpdir"))
        settings = ""
        if configuration:
            (self.folder / "containers.conf").write_text(configuration)
            settings = f"CONTAINERS_CONF={self.folder / 'containers.conf'} "
        wrapper.write_text(f'#!/bin/sh\n{settings}exec {self._program}{places} "$@"\n')
        wrapper.chmod(0o755)
        return wrapper


def _remove(folder: Path, program: str) -> None:
    """Remove a folder that may hold mounts, and files of other users."""
    if os.getuid() != 0:
        subprocess.run([program, "unshare", "rm", "-rf", folder], check=False, capture_output=True, timeout=ALARM)
    # podman cleans up after a container in a separate process, which mounts the storage again.
    eventually(lambda: _is_removed(folder), f"{folder} is removed")


def _is_removed(folder: Path) -> bool:
    mounts = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
    for mount in sorted((mount for mount in mounts if mount.startswith(f"{folder}/")), reverse=True):
        subprocess.run(["umount", "--lazy", mount], check=False, capture_output=True, timeout=ALARM)
    shutil.rmtree(folder, ignore_errors=True)
    return not folder.exists()
