"""The version is the same wherever the tree names it."""

import re
import subprocess

import pytest

from harness.forms import FORMS
from release import bump
from release.project import ROOT, VERSION

NAMED = re.compile(
    r"kubexit:(\d+\.\d+\.\d+)(?![\w.]*\d)|kubexit/kubectl@v(\d[\d.]*)|[?&]ref=v(\d[\d.]*)|rev: v(\d[\d.]*)"
)


def test_every_page_and_manifest_names_this_version() -> None:
    """The image in manifests and pages, and the tag in references, are the version of pyproject.toml."""
    found: dict[str, set[str]] = {}
    for name in bump.files():
        if name.endswith((".md", ".yaml", ".yml", ".py", "Dockerfile")) and name != "tests/build/test_version.py":
            versions = {next(filter(None, match)) for match in NAMED.findall((ROOT / name).read_text())}
            found |= {name: versions} if versions else {}

    assert len(found) > 15
    assert {name: versions for name, versions in found.items() if versions != {VERSION}} == {}


@pytest.mark.parametrize("delivered", ["installed", "gate"])
def test_each_form_reports_this_version(delivered: str) -> None:
    """A new version compiles the native unit again: its number is in there, and no source has changed."""
    if not FORMS[delivered].exists:
        pytest.skip(f"NOT TESTED: {FORMS[delivered].missing}")
    told = subprocess.run(
        [FORMS[delivered].path, "--version"], capture_output=True, text=True, check=True, timeout=60
    ).stdout

    assert told == f"kubexit {VERSION}\n"


@pytest.mark.parametrize("name", bump.LINES)
def test_each_line_of_the_version_is_found(name: str) -> None:
    """The files that say the version itself have it in the line that is renewed."""
    text = (ROOT / name).read_text()

    assert bump.renewed(name, text, VERSION, "9.8.7") != text
    assert "9.8.7" in bump.renewed(name, text, VERSION, "9.8.7")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("image: kubexit:1.2.3", "image: kubexit:1.3.0"),
        ("kubexit:1.2.3-ca", "kubexit:1.3.0-ca"),
        ("kubexit:1.2.31", "kubexit:1.2.31"),
        ("uses: OWNER/kubexit/kubectl@v1.2.3", "uses: OWNER/kubexit/kubectl@v1.3.0"),
        ("a peer with kubexit 1.2.3", "a peer with kubexit 1.2.3"),
        ("pytest==1.2.3", "pytest==1.2.3"),
    ],
)
def test_only_what_names_the_release_changes(text: str, expected: str) -> None:
    """Images and tags are renewed; what is said about an older release and other versions stay."""
    assert bump.renewed("page.md", text, "1.2.3", "1.3.0") == expected
