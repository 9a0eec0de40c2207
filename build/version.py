"""Print kubexit's version: the one in pyproject.toml."""

import tomllib
from pathlib import Path

if __name__ == "__main__":
    table = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text())
    print(table["project"]["version"])
