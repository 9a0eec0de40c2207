"""What `kubexit --help` prints, taken apart: the one source of the manual page and of the completions."""

import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

OPTION = re.compile(r"^  (--[a-z]+)(?: ([A-Z]+))? +(\S.*)$")
SETTING = re.compile(r"^  (KUBEXIT_[A-Z_]+)=(\S.*?)(?:  \(default: (.*)\))?$")
CODE = re.compile(r"^  +(\d+)  (\S.*)$")


@dataclass
class Item:
    """One thing with a meaning: an option, a setting or an exit code. value: what it takes."""

    name: str
    value: str
    text: str
    default: str = ""


@dataclass
class Group:
    """Items under one heading."""

    heading: str
    items: list[Item] = field(default_factory=list)


@dataclass
class Help:
    """All parts of the help. notes: paragraphs about the settings."""

    usage: list[str]
    about: str
    options: list[Group]
    settings: list[Group]
    notes: list[str]
    codes: Group


class HelpError(Exception):
    """The help has another form than this module knows."""


def of(program: Path) -> Help:
    """Return the help of a program.

    Raises:
        HelpError: it has another form.
        subprocess.CalledProcessError: the program failed.
    """
    return parse(subprocess.run([program, "--help"], capture_output=True, text=True, check=True).stdout)


def parse(text: str) -> Help:
    """Take the text of the help apart; HelpError if a part is missing or a line is of no kind."""
    usage, about, *rest = text.strip("\n").split("\n\n")
    found = Help(
        [line.removeprefix("Usage:").strip() for line in usage.splitlines()], flat(about), [], [], [], Group("")
    )
    for part in rest:
        heading, _, body = part.partition("\n")
        if heading.startswith("Settings:"):
            found.settings.append(Group(heading.removeprefix("Settings:").strip(), items(body, SETTING)))
        elif OPTION.match(body.partition("\n")[0]):
            found.options.append(Group(heading.rstrip(":"), items(body, OPTION)))
        elif part.startswith("Exit codes:"):
            words = [line for line in part.splitlines() if not CODE.match(line)]
            codes = [line for line in part.splitlines() if CODE.match(line)]
            found.codes = Group(flat(" ".join(words).removeprefix("Exit codes:")), items("\n".join(codes), CODE))
        else:
            found.notes.append(flat(part))
    if not (found.options and found.settings and found.codes.items):
        raise HelpError("the help has no options, no settings or no exit codes, or has them in another form")
    return found


def items(body: str, first: re.Pattern[str]) -> list[Item]:
    """Return the items of a group; a line that does not begin one belongs to the text of the one before."""
    found: list[Item] = []
    for line in body.splitlines():
        if match := first.match(line):
            found.append(item(match, first))
        elif found and line.startswith("   "):
            found[-1].text = f"{found[-1].text} {line.strip()}".strip()
        else:
            raise HelpError(f"the help has a line of unknown form: {line!r}")
    return found


def item(match: re.Match[str], kind: re.Pattern[str]) -> Item:
    """Return what the first line of an item says."""
    if kind is SETTING:
        return Item(match[1], match[2], "", match[3] or "")
    if kind is OPTION:
        return Item(match[1], match[2] or "", match[3])
    return Item(match[1], "", match[2])


def flat(text: str) -> str:
    """Return a paragraph as one line."""
    return " ".join(text.split())
