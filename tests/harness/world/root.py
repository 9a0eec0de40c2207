"""The root of a container's image: the machine's, but without a graveyard, and with an empty termination log."""

import os
from pathlib import Path

from . import namespaces
from .namespaces import MS_BIND, MS_REC, Step

DEVICES = ("null", "zero", "urandom")


def without_graveyard(folder: Path) -> Step:
    """Make a root of a folder: all that this machine has, but for /graveyard and /dev.

    What a process writes to / or /dev there is in the folder afterwards; the machine's files are only shown.
    """

    def enter() -> None:
        for entry in os.scandir("/"):
            if entry.name not in ("graveyard", "dev"):
                show(entry, folder / entry.name)
        (folder / "dev").mkdir()
        for name in DEVICES:
            (folder / "dev" / name).touch()
            namespaces.bind(Path("/dev", name), folder / "dev" / name)()
        (folder / "dev/termination-log").touch()
        os.chroot(folder)
        os.chdir("/")

    return namespaces.private_mounts(enter)


def show(entry: os.DirEntry[str], target: Path) -> None:
    """Show an entry of "/" in another place."""
    if entry.is_symlink():
        target.symlink_to(Path(entry.path).readlink())
        return
    if entry.is_dir():
        target.mkdir()
    else:
        target.touch()
    namespaces.mount(entry.path, target, "none", MS_BIND | MS_REC)
