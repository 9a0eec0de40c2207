"""cython-lint over files and folders, with pycodestyle in this process: by itself it starts one for each file.

The checks are the same: first cython-lint, then the checks of pycodestyle that make sense for Cython (cython-lint has
the list) and that `[tool.cython-lint]` of pyproject.toml does not switch off.
"""

import sys
import tomllib
from pathlib import Path

import pycodestyle
from cython_lint.cython_lint import PYCODESTYLE_CODES
from cython_lint.cython_lint import main as lint

ROOT = Path(__file__).parent.parent


def main(paths: list[str]) -> int:
    """Print what is wrong; exit code 1 if anything is."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["cython-lint"]
    style = pycodestyle.StyleGuide(
        ignore=sorted(PYCODESTYLE_CODES | set(settings["ignore"])),
        max_line_length=settings["max-line-length"],
        filename=["*.pyx", "*.pxd"],
    )
    found = lint(["--no-pycodestyle", *paths])
    report = style.check_files(paths)
    if not report.counters["files"]:
        raise SystemExit(f"no Cython file: {' '.join(paths)}")
    return 1 if found or report.total_errors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
