"""A README as PyPI shows it: there, only a link with a host leads anywhere, so each leads to the tag of the release."""

from functools import partial
from pathlib import PurePosixPath

from release.project import ROOT, VERSION, repository
from website.links import resolved, rewritten

PICTURES = (".svg", ".png")


def text(path: str) -> str:
    """Return a README of the project, with absolute links.

    Args:
        path: the README, relative to the root of the repository.

    Raises:
        DeadLinkError: a link leads to nothing.
    """
    source = PurePosixPath(path)
    return rewritten((ROOT / source).read_text("utf-8"), partial(_address, source))


def _address(source: PurePosixPath, target: str) -> str:
    """Return the address of a file of the repository at the tag: its page, or a picture as it is."""
    found = resolved(ROOT, source, target)
    if found.suffix in PICTURES:
        return f"https://raw.githubusercontent.com/{repository()}/v{VERSION}/{found}"
    kind = "tree" if (ROOT / found).is_dir() else "blob"
    return f"https://github.com/{repository()}/{kind}/v{VERSION}/{found}"
