"""The machine of a new user: a clean Debian, or the root in place of Alpine, with a shell, pipx and kubectl.

What the release has is in an index on loopback, in place of PyPI.
"""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.servers.files import served
from node.programs import KUBECTL, find
from published import alpine, debian
from published.chroot import Done, Root
from published.wheelhouse import wheelhouse

PYTHON = "3.11"  # of both
# The installer that comes with the distribution, and what the page calls beside it.
DEBIAN = ("dash", "coreutils", "grep", "python3", "pipx")


@dataclass(frozen=True)
class Newcomer:
    """A user with an empty home on a machine. index: the address of the index of packages."""

    machine: Root
    home: str
    index: str

    def write(self, name: str, text: str) -> None:
        """Write a file into the home."""
        path = self.machine.folder / self.home.lstrip("/") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def read(self, name: str) -> str:
        """Return the text of a file of the home."""
        return (self.machine.folder / self.home.lstrip("/") / name).read_text()

    def run(self, script: str) -> Done:
        """Run lines in a new shell, in the home; they end with the first one that fails."""
        environment = {
            "HOME": self.home,
            "PATH": f"{self.home}/.local/bin:/usr/bin:/bin",
            "PIP_INDEX_URL": self.index,
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        }
        return self.machine.run("sh", "-e", "-c", f'cd "$HOME"\n{script}', **environment)


def _debian(folder: Path) -> None:
    debian.root(folder, "bookworm", *DEBIAN)


def _alpine(folder: Path) -> None:
    python = alpine.make(folder, "grep")
    root = Root("alpine", folder, python)
    for wheel in wheelhouse(PYTHON, "musl", "pipx").iterdir():
        shutil.copy(wheel, folder / "wheels" / wheel.name)
    # As the package pipx of Alpine: in place for all users.
    done = root.run(python, "-m", "venv", "--without-pip", "/opt/pipx")
    assert done.code == 0, done.stderr
    done = root.pip("install", "--no-index", "--find-links", "/wheels", "pipx", venv="/opt/pipx")
    assert done.code == 0, done.stderr
    (folder / "usr/bin/pipx").symlink_to("/opt/pipx/bin/pipx")


KINDS: dict[str, tuple[str, Callable[[Path], None]]] = {"debian": ("glibc", _debian), "alpine": ("musl", _alpine)}


@contextmanager
def machine(kind: str, folder: Path, released: Path) -> Iterator[tuple[Root, str]]:
    """Make the machine in a folder, and an index with the release; both are there for the length of a block.

    Raises:
        UnavailableError: packages cannot be downloaded, or kubectl is not built.
    """
    libc, make = KINDS[kind]
    root = folder / "root"
    root.mkdir()
    make(root)
    shutil.copy(find(KUBECTL), root / "usr/bin/kubectl")
    wheels = [*wheelhouse(PYTHON, libc, "pipx").iterdir(), *released.glob("*.whl")]
    for wheel in wheels:
        project = folder / "index" / re.sub(r"[-_.]+", "-", wheel.name.partition("-")[0]).lower()
        project.mkdir(parents=True, exist_ok=True)
        shutil.copy(wheel, project)
    with served(folder / "index") as address:
        yield Root(kind, root, "/usr/bin/python3", has_network=True), address
