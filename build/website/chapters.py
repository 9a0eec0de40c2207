"""Chapters of the website, in the order in which a new user needs them, and the pages of each."""

from collections.abc import Iterable
from pathlib import PurePosixPath

# The title of a chapter, and its pages in order: a folder means the pages in it that are not named.
CHAPTERS: dict[str, tuple[str, ...]] = {
    "Do I need this?": ("index.md",),
    "First pod": ("first-pod.md",),
    "How-to": (
        "use/install.md",
        "project/examples/README.md",
        "use/how-to/README.md",
        "use/how-to/",
        "project/deploy/README.md",
        "use/plan.md",
        "use/readiness.md",
        "use/restarts.md",
        "use/wrap.md",
        "use/check.md",
        "use/status.md",
        "use/timeline.md",
        "use/verify.md",
        "project/kubectl/README.md",
    ),
    "Reference": ("use/reference.md", "use/messages.md", "use/limits.md", "use/benchmarks.md", "use/"),
    "Troubleshooting": ("use/troubleshooting.md",),
    "Explanation": (
        "use/how-it-works.md",
        "develop/architecture.md",
        "decisions/README.md",
        "decisions/",
        "develop/",
    ),
    "Switching": ("use/switching.md",),
}
Entry = str | dict[str, "list[Entry]"]


def navigation(pages: Iterable[PurePosixPath]) -> list[Entry]:
    """Return the navigation of MkDocs: each chapter with the pages that belong to it.

    A page belongs where it is named, else to the folder that is named; all others, which only links lead to, are in no
    chapter. A new page in docs/ has a place without a change here.
    """
    left = sorted(pages)
    named = {entry for entries in CHAPTERS.values() for entry in entries if not entry.endswith("/")}
    chapters: list[Entry] = []
    for title, entries in CHAPTERS.items():
        found: list[Entry] = []
        for entry in entries:
            found += [str(page) for page in left if belongs(str(page), entry, named)]
        if len(found) == 1:
            chapters.append({title: found[0]})  # type: ignore[dict-item]
        elif found:
            chapters.append({title: found})
    return chapters


def belongs(page: str, entry: str, named: set[str]) -> bool:
    """Return whether an entry of a chapter names a page, or its folder."""
    if not entry.endswith("/"):
        return page == entry
    return page not in named and page.rpartition("/")[0] + "/" == entry
