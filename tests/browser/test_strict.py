"""A dead link or a dead anchor fails the making of the site, and is named."""

import shutil
import subprocess
from pathlib import Path

import pytest

from browser.conftest import not_tested
from harness.forms import BUILD, ROOT

pytestmark = [pytest.mark.site, pytest.mark.behaviour("website")]


@pytest.mark.parametrize(
    ("link", "said"),
    [("use/nothing.md", "use/nothing.md leads to nothing"), ("use/limits.md#nothing", "#nothing")],
    ids=["page", "anchor"],
)
def test_a_dead_link_fails(tmp_path: Path, link: str, said: str) -> None:
    """The site is not made, and one line names the page and the link."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        not_tested("this is not a git checkout: nothing to copy")
    if not (BUILD / "site/venv/bin/mkdocs").is_file():
        not_tested("MkDocs is not installed (make site)")
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.check_output(listed, cwd=ROOT, text=True).splitlines():
        if (ROOT / name).is_file():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tmp_path / name)
    (tmp_path / ".build/site").mkdir(parents=True)
    (tmp_path / ".build/site/venv").symlink_to(BUILD / "site/venv")
    with (tmp_path / "docs/index.md").open("a") as page:
        page.write(f"\n[dead]({link})\n")
    made = subprocess.run(
        ["python3", "-P", "-m", "website"], cwd=tmp_path, env={"PATH": "/usr/bin:/bin", "PYTHONPATH": "build"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert made.returncode != 0
    assert "index.md" in made.stderr
    assert said in made.stderr
