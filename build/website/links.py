"""Links of a page: where they lead in the repository, and what they become on the website."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

LINK = re.compile(r"(\]\()([^)\s]+)(\))")
CODE = re.compile(r"(^ *```.*?^ *```[^\S\n]*$|``.+?``|`[^`\n]+`)", re.MULTILINE | re.DOTALL)
ELSEWHERE = ("http://", "https://", "mailto:", "#")
Place = Callable[[str], str]


class DeadLinkError(Exception):
    """A page links to what is not there."""


def targets(text: str) -> Iterator[str]:
    """Return the targets of all links within the repository, without code."""
    for part in CODE.split(text)[::2]:
        for match in LINK.finditer(part):
            if not match[2].startswith(ELSEWHERE):
                yield match[2]


def resolved(root: Path, source: PurePosixPath, target: str) -> PurePosixPath:
    """Return the path in the repository to which a link of a page leads, without its anchor; of a folder, its README.

    Args:
        root: the repository
        source: the page, relative to the root
        target: the target as it is written in the page

    Raises:
        DeadLinkError: if nothing is there, or if it is outside of the repository
    """
    path = PurePosixPath(os.path.normpath(source.parent / target.partition("#")[0]))
    if path.parts[0] == ".." or not (root / path).exists():
        raise DeadLinkError(f"{source}: the link to {target} leads to nothing")
    return path / "README.md" if (root / path / "README.md").is_file() else path


def rewritten(text: str, place: Place) -> str:
    """Return the text of a page with the targets that `place` gives, outside of code."""
    parts = CODE.split(text)
    parts[::2] = [LINK.sub(lambda match: match[1] + moved(match[2], place) + match[3], part) for part in parts[::2]]
    return "".join(parts)


def moved(target: str, place: Place) -> str:
    """Return the new target of a link; one that leaves the repository, or stays on the page, is not changed."""
    if target.startswith(ELSEWHERE):
        return target
    path, sharp, anchor = target.partition("#")
    return place(path) + sharp + anchor
