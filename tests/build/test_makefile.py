"""The Makefile's list is short, and what the documents tell a reader to type exists."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = set(re.findall(r"^([a-z0-9-]+):", MAKEFILE, re.MULTILINE))
COMMAND = re.compile(r"(?:`|^ {4,}|&& )make ((?:[a-z0-9-]+(?= |`|$))(?: KIND=[a-z0-9-]+)?)", re.MULTILINE)
PAGES = [ROOT / name for name in subprocess.check_output(["git", "ls-files", "*.md"], cwd=ROOT, text=True).split()]


def kinds(target: str) -> set[str]:
    """Return the values of KIND that a target knows."""
    return set(re.findall(rf"^{target.upper()}_KINDS := (.*)$", MAKEFILE, re.MULTILINE)[0].split())


def wrong(page: str) -> list[str]:
    """Return the make commands of a page that make would refuse."""
    bad = []
    for command in COMMAND.findall(page):
        target, _, kind = command.partition(" KIND=")
        if target not in TARGETS or (kind and kind not in kinds(target)):
            bad.append(command)
    return bad


def test_targets_are_phony() -> None:
    """Each target that is no file is declared so: a file of that name would make it do nothing."""
    database = subprocess.check_output(["make", "--print-data-base", "--dry-run", "help"], cwd=ROOT, text=True)
    (phony,) = re.findall(r"^\.PHONY: (.*)$", database, re.MULTILINE)

    assert set(phony.split()) == TARGETS


def test_help_shows_at_most_eighteen_targets() -> None:
    """A list that fits on a screen is read; deeper tests and checks are values of KIND."""
    shown = subprocess.check_output(["make", "--no-print-directory", "help"], cwd=ROOT, text=True).splitlines()

    assert 10 <= len(shown) <= 18
    assert all(re.fullmatch(r"  make [a-z0-9-]+ +\S.*", line) for line in shown)


@pytest.mark.parametrize("target", ["test", "check"])
def test_each_kind_is_a_target_and_is_in_the_help(target: str) -> None:
    """A kind that is listed runs something, and the help names it."""
    (line,) = [line for line in MAKEFILE.splitlines() if line.startswith(f"{target}: ")]

    assert {f"{target}-{kind}" for kind in kinds(target)} <= TARGETS
    assert {kind for kind in kinds(target) if not re.search(rf"\b{kind}\b", line.partition("##")[2])} == set()


@pytest.mark.parametrize("target", ["test", "check"])
def test_an_unknown_kind_is_refused_by_name(target: str) -> None:
    """A misspelt KIND runs nothing and lists the kinds."""
    refused = subprocess.run(["make", target, "KIND=sress"], cwd=ROOT, text=True, capture_output=True, check=False)

    assert refused.returncode == 2
    assert "sress" in refused.stdout
    assert kinds(target) <= set(re.findall(r"[\w-]+", refused.stdout))


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_documented_make_commands_exist(page: Path) -> None:
    """Each `make TARGET` of a page is a target, and its KIND is known."""
    assert wrong(page.read_text()) == []


def test_a_command_that_does_not_exist_is_found() -> None:
    """The test above reads code spans, code blocks and the second command of a line."""
    page = "`make testing`, `make test KIND=x`\n\n    make verify     # x\n    make docs && make doc\n`make test ARGS=`"

    assert wrong(page) == ["testing", "test KIND=x", "verify", "doc"]
