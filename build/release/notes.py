"""notes.py VERSION: print the chapter of CHANGELOG.md for a version, which is the text of the release."""

import re
import sys
from pathlib import Path

CHANGELOG = Path(__file__).parents[2] / "CHANGELOG.md"


def chapter(text: str, version: str) -> str:
    """Return the chapter of a version without its heading; LookupError if it is missing or empty."""
    found = re.search(rf"^## {re.escape(version)}(?: [^\n]*)?\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    if found is None or not found[1].strip():
        raise LookupError(f"CHANGELOG.md has no chapter {version}: towncrier build --yes --version {version}")
    return found[1].strip() + "\n"


def main(words: list[str]) -> int:
    """Print the chapter; 2 and one line if it is missing."""
    if len(words) != 1:
        print("usage: notes.py VERSION", file=sys.stderr)
        return 2
    try:
        print(chapter(CHANGELOG.read_text(), words[0]), end="")
    except LookupError as error:
        print(f"kubexit: {error.args[0]}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
