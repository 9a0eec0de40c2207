"""Compare documents, help, messages, docstrings and comments with words.toml: prose.py [FILE…].

A finding names the file, the line, the words and what to write instead. Without arguments it reads all files of the
repository and what `kubexit --help` prints, and refuses an entry of the list `later` that has no findings.
"""

import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import texts

ROOT = Path(__file__).parent.parent
WORDS = ROOT / "build" / "words.toml"
HELP = "kubexit --help"


@dataclass(frozen=True)
class Rule:
    """Words that are refused, and what to write instead."""

    find: re.Pattern[str]
    write: str


@dataclass(frozen=True)
class Finding:
    """Refused words at a place."""

    path: str
    line: int
    words: str
    write: str

    def __str__(self) -> str:
        """Return one line that an editor can follow."""
        return f'{self.path}:{self.line}: "{self.words}": write {self.write}'


@dataclass(frozen=True)
class Table:
    """The contents of words.toml."""

    rules: list[Rule]
    later: list[str]
    never: list[str]


def table(text: str) -> Table:
    """Parse words.toml; a blank in a pattern also matches the end of a line."""
    raw = tomllib.loads(text)
    rules = [
        Rule(re.compile(row["find"].replace(" ", r"\s+"), 0 if row.get("case") else re.IGNORECASE), row["write"])
        for row in raw["replace"]
    ]
    return Table(rules, raw["later"], raw["never"])


def findings(path: str, prose: str, rules: list[Rule]) -> list[Finding]:
    """Return what the rules find in the prose of a file."""
    found = [
        Finding(path, prose.count("\n", 0, match.start()) + 1, " ".join(match[0].split()), rule.write)
        for rule in rules
        for match in rule.find.finditer(prose)
    ]
    return sorted(found, key=lambda finding: finding.line)


def in_file(path: str, rules: list[Rule]) -> list[Finding]:
    """Return the findings in a file of the repository."""
    read = texts.reader(path)
    if read is None or not (ROOT / path).is_file():
        return []
    return findings(path, read((ROOT / path).read_text()), rules)


def in_help(rules: list[Rule]) -> list[Finding]:
    """Return the findings in what `kubexit --help` prints; a default value is not prose."""
    command = [sys.executable, "-P", "-m", "kubexit", "--help"]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return findings(HELP, re.sub(r"\(default: [^)]*\)", lambda value: texts.hidden(value[0]), printed), rules)


def files() -> list[str]:
    """Return the files of the repository, including new ones, without links; in a source archive, all files."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        # What a link leads to is read where it is.
        return [path for path in listed.stdout.splitlines() if not (ROOT / path).is_symlink()]
    return [str(path.relative_to(ROOT)) for path in ROOT.rglob("*") if path.relative_to(ROOT).parts[0] != ".build"]


def whole(known: Table) -> tuple[list[Finding], list[str]]:
    """Return the findings in all files, and the entries of the list that are clean and must leave it."""
    refused: list[Finding] = []
    owed: dict[str, int] = dict.fromkeys(known.later, 0)
    for path in [HELP, *files()]:
        if path in known.never:
            continue
        found = in_help(known.rules) if path == HELP else in_file(path, known.rules)
        entry = next((entry for entry in known.later if path.startswith(entry)), None)
        if entry is None:
            refused += found
        else:
            owed[entry] += len(found)
    return refused, [entry for entry, count in owed.items() if count == 0]


def main(arguments: list[str]) -> int:
    """Print what is wrong; return 1 if anything is."""
    known = table(WORDS.read_text())
    clean: list[str] = []
    if arguments:
        refused = [finding for path in arguments for finding in in_file(path, known.rules)]
    else:
        refused, clean = whole(known)
    for finding in refused:
        print(f"  {finding}")
    for entry in clean:
        print(f"  {WORDS.relative_to(ROOT)}: {entry} has no findings; remove it from `later`")
    return 1 if refused or clean else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
