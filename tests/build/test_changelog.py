"""The fragments of changelog.d/ make a chapter of the changelog."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FRAGMENTS = sorted(path for path in (ROOT / "changelog.d").iterdir() if path.name != "README.md")


def draft(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run towncrier over the fragments of a folder without writing anything."""
    command = [sys.executable, "-m", "towncrier", "build", "--draft", "--version", "99.0.0"]
    command += ["--config", str(folder / "pyproject.toml"), "--dir", str(folder)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A tree with the settings of towncrier and one good fragment."""
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    (tmp_path / "CHANGELOG.md").write_text((ROOT / "CHANGELOG.md").read_text())
    (tmp_path / "changelog.d").mkdir()
    (tmp_path / "changelog.d" / "README.md").write_text("not a fragment\n")
    (tmp_path / "changelog.d" / "stop.added.md").write_text("It stops.\n")
    return tmp_path


def test_every_fragment_is_in_the_next_chapter() -> None:
    """towncrier takes all names, and prints the text of each fragment."""
    made = draft(ROOT)
    words = made.stdout.split()

    assert made.returncode == 0, made.stderr
    missing = [path.name for path in FRAGMENTS if " ".join(path.read_text().split()) not in " ".join(words)]
    assert missing == []


def test_a_fragment_is_a_few_sentences() -> None:
    """It is Markdown, ends with a full stop and one new line, and is short. A release leaves no fragment."""
    assert faults("stop.added.txt", "It stops" * 100 + "\n\n") == ["a suffix", "a full stop", "one new line", "short"]

    assert {path.name: found for path in FRAGMENTS if (found := faults(path.name, path.read_text()))} == {}


def faults(name: str, text: str) -> list[str]:
    """What a fragment lacks."""
    rules = {
        "a suffix": name.endswith(".md"),
        "a full stop": text.rstrip("\n").endswith("."),
        "one new line": text.endswith("\n") and not text.endswith("\n\n"),
        "short": len(text) <= 600,
    }
    return [rule for rule, holds in rules.items() if not holds]


@pytest.mark.parametrize("name", ["start.md", "start.improved.md"])
def test_a_name_without_a_known_kind_is_refused(folder: Path, name: str) -> None:
    """A fragment that towncrier would leave out is an error, not silence."""
    assert draft(folder).returncode == 0

    (folder / "changelog.d" / name).write_text("It starts.\n")

    refused = draft(folder)
    assert refused.returncode != 0
    assert name in refused.stderr + refused.stdout


def test_a_release_moves_the_fragments_into_the_changelog(folder: Path) -> None:
    """The chapter has version and date, the kind as a heading, no number, and follows the introduction."""
    command = [sys.executable, "-m", "towncrier", "build", "--yes", "--version", "1.2.3", "--date", "2027-01-02"]
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    subprocess.run(["git", "add", "-A"], cwd=folder, check=True)
    subprocess.run(command, cwd=folder, check=True, capture_output=True)

    introduction, mark, history = (
        (ROOT / "CHANGELOG.md").read_text().partition("<!-- towncrier release notes start -->\n")
    )
    written = (folder / "CHANGELOG.md").read_text()
    assert mark
    assert written.startswith(introduction + mark)
    assert written.endswith(history.lstrip())
    chapter = written.removeprefix(introduction + mark).removesuffix(history.lstrip())
    assert chapter.strip() == "## 1.2.3 (2027-01-02)\n\n### Added\n\n- It stops."
    assert not (folder / "changelog.d" / "stop.added.md").exists()
    assert (folder / "changelog.d" / "README.md").exists()
