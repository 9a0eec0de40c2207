"""bump.py VERSION: write the version of the next release wherever the tree names the current one.

The version is in pyproject.toml. Manifests, pages and defaults of options name the image with it, since a reader copies
them; results of measurements and what is said about an older release stay.
"""

import re
import subprocess
import sys
from pathlib import Path

from release.project import ROOT, VERSION

# In every tracked file: the image, and references to the tag.
ANYWHERE = (r"(?<=kubexit:){}(?![\w.]*\d)", r"(?<=kubexit/kubectl@v){}\b", r"(?<=[?&]ref=v){}\b", r"(?<=rev: v){}\b")
# The lines that say the version itself.
LINES = {
    "pyproject.toml": r'(?<=^version = "){}(?=")',
    "kubectl/pyproject.toml": r'(?<=^version = "){}(?=")',
    "deploy/helm/kubexit/Chart.yaml": r'(?:(?<=^version: )|(?<=^appVersion: ")){}\b',
}
HISTORY = ("CHANGELOG.md", "changelog.d/", "docs/use/benchmarks", "requirements/", "tests/recorded/")


def files() -> list[str]:
    """Return the tracked files that name the current version, without history."""
    found = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    return [name for name in found if not name.startswith(HISTORY) and (ROOT / name).is_file()]


def renewed(name: str, text: str, old: str, new: str) -> str:
    """Return the text of a file with the new version."""
    for pattern in (*ANYWHERE, *filter(None, [LINES.get(name)])):
        text = re.sub(pattern.format(re.escape(old)), new, text, flags=re.MULTILINE)
    return text


def main(words: list[str]) -> int:
    """Write the version and print the files that changed; 2 and one line if it is no version."""
    if len(words) != 1 or not re.fullmatch(r"\d+\.\d+\.\d+", words[0]):
        print("usage: python -m release.bump VERSION, for example 0.2.0", file=sys.stderr)
        return 2
    for name in files():
        path = Path(ROOT, name)
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        changed = renewed(name, text, VERSION, words[0])
        if changed != text:
            path.write_text(changed)
            print(name)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
