"""Collection: pages of docs/, every file of the repository to which a page links, and their places on the site."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from website.links import resolved, targets

LANGUAGES = {".yaml": "yaml", ".yml": "yaml", ".py": "python", ".sh": "sh", ".toml": "toml", ".json": "json"}
RAW = (".svg", ".png")
DOCS = PurePosixPath("docs")
PROJECT = PurePosixPath("project")
HOME = {PurePosixPath("README.md"): PurePosixPath("index.md")}


@dataclass
class Collection:
    """Where each file of the repository is on the website; both paths are relative, to the root and to the site."""

    root: Path
    places: dict[PurePosixPath, PurePosixPath] = field(default_factory=dict)
    texts: dict[PurePosixPath, str] = field(default_factory=dict)
    """The text of each page as it is in the repository, with its links; a page that is made has one too."""

    def place(self, source: PurePosixPath, target: str) -> str:
        """Return the target of a link of a page on the website."""
        there = self.places[resolved(self.root, source, target)]
        return os.path.relpath(there, self.places[source].parent)

    @property
    def raw(self) -> Iterator[PurePosixPath]:
        """The files that are copied as they are."""
        return (path for path in self.places if path not in self.texts and path not in HOME)


def collect(root: Path) -> Collection:
    """Return all pages of docs/ and what they link to, directly or by other pages; DeadLinkError."""
    found = Collection(root)
    left = [PurePosixPath(path.relative_to(root)) for path in sorted((root / "docs").rglob("*.md"))]
    left.append(DOCS / "decisions")
    while left:
        path = left.pop()
        if path in found.places:
            continue
        found.places[path] = placed(root, path)
        if path in HOME or path.suffix in RAW:
            continue
        found.texts[path] = text = page(root, path)
        left += [resolved(root, path, target) for target in targets(text)]
    return found


def placed(root: Path, path: PurePosixPath) -> PurePosixPath:
    """Return the place of a file or folder: docs/ is the site, all else is below project/; each text is a page."""
    if path in HOME:
        return HOME[path]
    place = path.relative_to(DOCS) if path.is_relative_to(DOCS) else PROJECT / path
    if (root / path).is_dir():
        return place / "README.md"
    return place if path.suffix in (".md", *RAW) else place.with_name(place.name + ".md")


def page(root: Path, path: PurePosixPath) -> str:
    """Return the Markdown of a file or folder of the repository."""
    if (root / path).is_dir():
        return listing(root, path)
    text = (root / path).read_text()
    if path.suffix == ".md":
        return text
    return f"# {path.name}\n\n`{path}`\n\n````{LANGUAGES.get(path.suffix, 'text')}\n{text.rstrip()}\n````\n"


def listing(root: Path, path: PurePosixPath) -> str:
    """Return a page with the files of a folder that has no README: pages by their titles, others by their names."""
    files = sorted(file for file in (root / path).iterdir() if file.is_file())
    lines = [f"- [{title(file)}]({path.name}/{file.name})" for file in files]
    return "\n".join([f"# {path.name.capitalize()}", "", *lines, ""])


def title(file: Path) -> str:
    """Return the first heading of a page, or the name of another file."""
    if file.suffix != ".md":
        return file.name
    return next(line.removeprefix("# ") for line in file.read_text().splitlines() if line.startswith("# "))
