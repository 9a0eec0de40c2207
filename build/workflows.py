"""Check the workflows and the action: actionlint reads syntax and types, zizmor finds what can be attacked.

Neither asks the network. actionlint is built once from its Go module, and kept outside the tree.
"""

import subprocess
import sys
from pathlib import Path

from node.programs import UnavailableError, build
from release.tools import ACTIONLINT

ROOT = Path(__file__).parent.parent
ZIZMOR = ROOT / ".build" / "venv" / "bin" / "zizmor"


def main() -> int:
    """Run both; 1 if one of them finds something, or actionlint cannot be built."""
    try:
        actionlint = build(ACTIONLINT)
    except (UnavailableError, subprocess.CalledProcessError, OSError) as error:
        print(f"actionlint cannot be built: {error}", file=sys.stderr)
        return 1
    workflows = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
    # shellcheck and pyflakes differ from machine to machine, and so would the result.
    first: list[str | Path] = [actionlint, "-no-color", "-shellcheck=", "-pyflakes=", *workflows]
    second: list[str | Path] = [
        ZIZMOR,
        "--offline",
        "--no-progress",
        "--quiet",
        "--color",
        "never",
        ".github",
        "kubectl/action.yml",
    ]
    codes = [subprocess.run(command, cwd=ROOT, check=False).returncode for command in (first, second)]
    return int(any(codes))


if __name__ == "__main__":
    sys.exit(main())
