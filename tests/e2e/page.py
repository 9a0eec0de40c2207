"""A page of the documentation as what its reader does: writes files, changes them, calls commands."""

import re
from dataclasses import dataclass

FENCED = r"^```(?P<language>\w*)\n(?P<fenced>.*?)^```$"
INDENTED = r"(?<=\n\n)(?P<indented>(?:    [^\n]*\n)+)"
BLOCK = re.compile(f"{FENCED}|{INDENTED}", re.MULTILINE | re.DOTALL)
NAME = re.compile(r"# ([\w.-]+\.yaml)\n")


@dataclass(frozen=True)
class File:
    """A manifest that the reader writes; its first line is a comment with its name."""

    name: str
    text: str


@dataclass(frozen=True)
class Change:
    """Lines of YAML that follow a line of the file that was written before; it is repeated as the first."""

    text: str

    def made(self, before: str) -> str:
        """Return the file after the change: its first line is in the file, and the others follow it there."""
        first = self.text.splitlines(keepends=True)[0]
        assert before.count(f"\n{first}") == 1, first
        return before.replace(f"\n{first}", f"\n{self.text}")


@dataclass(frozen=True)
class Commands:
    """Lines for a shell."""

    text: str


Block = File | Change | Commands


def chapters(page: str) -> dict[str, list[Block]]:
    """Return the blocks of each chapter of a page by its heading; what is before the first one has the heading ""."""
    parts = re.split(r"^## (.*)\n", page, flags=re.MULTILINE)
    return dict(zip(["", *parts[1::2]], map(_blocks, parts[::2]), strict=True))


def _blocks(text: str) -> list[Block]:
    """Return what the reader does in a chapter; output that is only shown is left out."""
    found: list[Block] = []
    for match in BLOCK.finditer(f"\n{text}"):
        if match["indented"]:
            found.append(Commands(re.sub("^    ", "", match["indented"], flags=re.MULTILINE)))
        elif match["language"] == "yaml":
            name = NAME.match(match["fenced"])
            found.append(File(name[1], match["fenced"]) if name else Change(match["fenced"]))
    return found
