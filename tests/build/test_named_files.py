"""What a page or a comment names exists: links, headings, files and folders."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.DOTALL | re.MULTILINE)
# Paths from the root of the tree. What is made (.build, dist) is not looked for, and a path such as kubexit/kubexit is
# one inside a pod: of the package, only modules and folders count.
NAMED = re.compile(
    r"(?<![\w./$}~-])(?:(?:ext|tests|build|docs|examples|requirements|changelog\.d|\.ci)/[\w.*/-]+(?![\w$])"
    r"|kubexit/[\w/]+(?:\.pyi?\b|/))"
)
PLACEHOLDER = re.compile(r"\b(?!README\b)[A-Z]{2,}\b")
SOURCES = {".md", ".py", ".pyi", ".pyx", ".pxd", ".h", ".c", ".sh", ".toml", ".yaml", ".spec"}
FOREIGN = ("tests/recorded/", "tests/fuzz/corpus/")


def tracked() -> list[str]:
    """The files of the tree that git would keep."""
    if not (ROOT / ".git").exists():
        pytest.skip("NOT TESTED: not a git checkout")
    command = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return [name for name in names if (ROOT / name).is_file() and not name.startswith(FOREIGN)]


def anchors(page: Path) -> set[str]:
    """The headings of a page as GitHub links them."""
    titles = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def dead_links(page: Path) -> Iterator[str]:
    """The relative links of a page that lead to no file, or to no heading."""
    for link in LINK.findall(FENCE.sub("", page.read_text())):
        path, _, heading = link.partition("#")
        target = page.parent / path if path else page
        if re.match(r"[a-z]+:", link):
            continue
        if not target.exists() or (heading and heading not in anchors(target)):
            yield f"{page.name}: {link}"


def missing(text: str) -> list[str]:
    """The paths that a text names and that do not exist; a star or a word in capitals means any name."""
    names = {name.rstrip(".-") for name in NAMED.findall(text)}
    return sorted(name for name in names if not any(ROOT.glob(PLACEHOLDER.sub("*", name.rstrip("/")))))


def test_each_link_leads_to_a_heading() -> None:
    """Each relative link of each page leads to a file, and its heading is there."""
    pages = [ROOT / name for name in tracked() if name.endswith(".md")]

    assert len(pages) > 20
    assert [dead for page in pages for dead in dead_links(page)] == []


def test_each_named_path_exists() -> None:
    """Each path that a page, a comment or a docstring names exists."""
    names = [name for name in tracked() if Path(name).suffix in SOURCES or Path(name).name in {"Makefile", "run"}]
    found = {name: gone for name in names if (gone := missing((ROOT / name).read_text()))}

    assert len(names) > 200
    assert found == {}


def test_named_native_files() -> None:
    """Each `x.pyx` or `x.pxd` that a page or Python code names without its folder exists in ext/."""
    known = {path.name for path in (ROOT / "ext").rglob("*")}
    bare = re.compile(r"(?<![\w./*-])\w+\.p(?:yx|xd)\b")
    names = [name for name in tracked() if name.endswith((".md", ".py")) and not name.startswith("tests/build/")]
    found = {name: gone for name in names if (gone := set(bare.findall((ROOT / name).read_text())) - known)}

    assert found == {}


def test_dead_links_are_found(tmp_path: Path) -> None:
    """A link to a missing file or heading is reported, a link to another site is not."""
    page = tmp_path / "page.md"
    page.write_text("# One, two\n[a](gone.md) [b](#three) [c](#one-two) [d](https://example.org/x) `[e](code.md)`\n")

    assert list(dead_links(page)) == ["page.md: gone.md", "page.md: #three"]


def test_missing_paths_are_found() -> None:
    """A path that does not exist is reported, one that does and a pattern that matches are not."""
    gone = "/".join(["ext", "gone.pyx"])

    assert missing(f"see {gone}, ext/supervisor.pyx, ext/*.pyx, requirements/LOCK.txt and /usr/build/x.") == [gone]
