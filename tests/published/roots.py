"""The roots in which the release is installed: Pythons from 3.11 to the newest, with glibc and with musl."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from published import alpine, debian
from published.chroot import Root
from published.wheelhouse import wheelhouse


@dataclass(frozen=True)
class Kind:
    """One kind of root. make: lays it out in a folder, and returns the path of its Python.

    moves: its packages come from a suite that changes each day, where a file can be missing for hours.
    """

    name: str
    libc: str
    make: Callable[[Path], str]
    moves: bool = False


def _debian(suite: str, package: str) -> Callable[[Path], str]:
    def make(folder: Path) -> str:
        debian.root(folder, suite, package)
        (python,) = (folder / "usr/bin").glob("python3.*[0-9]")
        return f"/usr/bin/{python.name}"

    return make


KINDS = (
    Kind("bookworm", "glibc", _debian("bookworm", "python3.11")),
    Kind("trixie", "glibc", _debian("trixie", "python3.13")),
    Kind("newest", "glibc", _debian("sid", debian.NEWEST), moves=True),
    Kind("alpine", "musl", alpine.make),
)


def make(kind: Kind, folder: Path, released: Path) -> Root:
    """Make a root with an empty environment /venv, and with the wheels of the release and of what they need.

    Raises:
        UnavailableError: a part cannot be downloaded or built.
    """
    root = Root(kind.name, folder, kind.make(folder))
    version = root.run(root.python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])").stdout.strip()
    for wheel in [*wheelhouse(version, kind.libc).iterdir(), *released.glob("*.whl")]:
        shutil.copy(wheel, folder / "wheels" / wheel.name)
    done = root.run(root.python, "-m", "venv", "--without-pip", "/venv")
    assert done.code == 0, done.stderr
    return root
