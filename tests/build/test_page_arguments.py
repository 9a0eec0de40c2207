"""What the pages hand over with `ARGS=` selects something."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [path for path in ROOT.glob("**/*.md") if path.relative_to(ROOT).parts[0] not in {".build", "dist"}]
SELECTIONS = sorted(
    {
        (str(page.relative_to(ROOT)), words)
        for page in [*PAGES, ROOT / "Makefile"]
        for words in re.findall(r'ARGS="(tests/[^"]*)"', page.read_text())
    }
)


@pytest.mark.parametrize(("page", "words"), SELECTIONS)
def test_selections_of_tests(page: str, words: str) -> None:
    """Words that choose tests choose at least one: otherwise pytest exits with 5."""
    line = [sys.executable, "-m", "pytest", "--collect-only", "-q", *shlex.split(words)]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == pytest.ExitCode.OK, f"{page}: {words}: {done.stdout.splitlines()[-1]}"


def test_arguments_in_contributing_select_tests() -> None:
    """CONTRIBUTING.md shows how a few tests are run."""
    assert "CONTRIBUTING.md" in {page for page, _ in SELECTIONS}


def test_examples_on_pages_can_be_run() -> None:
    """Each example that `make demo ARGS=…` names on a page can be run, and each that can be run is on a page."""
    known = {path.parent.name for path in (ROOT / "examples").glob("*/local.toml")}
    named = {name for page in PAGES for name in re.findall(r"make demo ARGS=\"?([a-z][\w-]*)", page.read_text())}

    assert named == known
