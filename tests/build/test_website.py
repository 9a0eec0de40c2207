"""The pages of the website: every file that is linked has a place, links lead there, and lists stay lists."""

from pathlib import Path, PurePosixPath

import pytest

from website import chapters, collection, dialect, links

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.behaviour("website")


def tree(folder: Path, **files: str) -> Path:
    """Write files whose names have a "__" for each slash, and a "_" for the dot; a page README.md is always there."""
    for name, text in {"README_md": "# Home\n", "docs__index_md": "# Start\n", **files}.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / "docs" / "decisions").mkdir(parents=True, exist_ok=True)
    return folder


def test_what_a_page_links_to_is_on_the_site(tmp_path: Path) -> None:
    """A page outside of docs/ is there with all that it links to in turn; a manifest becomes a page with its text."""
    root = tree(
        tmp_path,
        docs__use__PAGE_md="[b](../../deploy/b.md#c) ![p](pictures/PICTURE.svg)",
        docs__use__pictures__PICTURE_svg="<svg/>",
        deploy__b_md="[m](m.yaml) [home](../README.md)",
        deploy__m_yaml="kind: Job\n",
        deploy__unlinked_md="",
    )
    found = collection.collect(root)

    assert {str(path): str(place) for path, place in found.places.items()} == {
        "docs/index.md": "index.md",
        "docs/use/PAGE.md": "use/PAGE.md",
        "docs/use/pictures/PICTURE.svg": "use/pictures/PICTURE.svg",
        "docs/decisions": "decisions/README.md",
        "deploy/b.md": "project/deploy/b.md",
        "deploy/m.yaml": "project/deploy/m.yaml.md",
        "README.md": "index.md",
    }
    assert found.place(PurePosixPath("docs/use/PAGE.md"), "../../deploy/b.md") == "../project/deploy/b.md"
    assert found.place(PurePosixPath("deploy/b.md"), "../README.md") == "../../index.md"
    assert "kind: Job" in found.texts[PurePosixPath("deploy/m.yaml")]
    assert list(found.raw) == [PurePosixPath("docs/use/pictures/PICTURE.svg")]


@pytest.mark.parametrize("target", ["no.md", "../no/", "../../../outside.md"])
def test_a_link_to_nothing_is_refused(tmp_path: Path, target: str) -> None:
    """The page and the link are named."""
    root = tree(tmp_path, docs__use__PAGE_md=f"[b]({target})")

    with pytest.raises(links.DeadLinkError, match=rf"docs/use/PAGE\.md: the link to {target.replace('.', '[.]')} "):
        collection.collect(root)


def test_links_in_code_are_text() -> None:
    """A link in a code span or a block is neither followed nor changed; an anchor stays."""
    text = "[a](a.md#x) `[b](b.md)`\n```\n[c](c.md)\n```\n[d](https://example.com) [e](#here)\n"

    assert list(links.targets(text)) == ["a.md#x"]
    assert links.rewritten(text, lambda target: f"up/{target}") == text.replace("a.md#x", "up/a.md#x")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("text\n- a\n- b", "text\n\n- a\n- b"),
        ("text\n| a |\n|---|\n| 1 |", "text\n\n| a |\n|---|\n| 1 |"),
        ("- a\n  more\n  - b\n    more\n- c", "- a\n    more\n    - b\n        more\n- c"),
        ("1. a\n\n   second\n2. b", "1. a\n\n    second\n2. b"),
        ("- a\n\ntext", "- a\n\ntext"),
        ("```\ntext\n- a\n```", "```\ntext\n- a\n```"),
        ("- a\n  ```\n  code\n    more\n  ```", "- a\n    ```\n    code\n      more\n    ```"),
        ("```sh offline\n- a\n```", "```sh\n- a\n```"),
        ("<details><summary>s</summary>", '<details markdown="1"><summary>s</summary>'),
    ],
)
def test_what_github_reads_as_a_list_is_a_list(written: str, expected: str) -> None:
    """Blank lines come before lists and tables, and each level is four blanks deep; code is not touched."""
    assert dialect.converted(written) == expected


def test_each_page_of_docs_is_in_one_chapter() -> None:
    """Every page of docs/ can be reached by the chapters, once; a new one has a place by its folder."""
    found = collection.collect(ROOT)
    pages = [PurePosixPath("use/how-to/new.md"), *(found.places[path] for path in found.texts)]
    shown = [page for chapter in chapters.navigation(pages) for page in leaves(chapter)]

    assert len(shown) == len(set(shown))
    assert "use/how-to/new.md" in shown
    assert {str(page) for page in pages if not page.is_relative_to("project")} == {
        page for page in shown if not page.startswith("project/")
    }


def leaves(entry: chapters.Entry) -> list[str]:
    """Return the pages of an entry of the navigation."""
    if isinstance(entry, str):
        return [entry]
    return [page for value in entry.values() for part in (value if isinstance(value, list) else [value])
            for page in leaves(part)]  # fmt: skip
