"""The screen: how wide it is, what it can show, and a line for each thing that is said."""

import os
import re
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TextIO

from demo import timeline
from demo.life import Life

KUBEXIT_LINE = re.compile(r"\S+Z (\w+) kubexit(?:\[[^]]*\])?: (.*)")
COLOURS = ("36", "33", "35", "34")
PLAIN_COLUMNS = 80


class Screen:
    """Lines of several containers, each with its name and colour."""

    def __init__(self, names: Sequence[str], out: TextIO = sys.stdout) -> None:
        tty = out.isatty()
        self.out = out
        self.begin = time.time()
        self.colour = tty and not os.environ.get("NO_COLOR")
        self.utf8 = tty and speaks_utf8(out)
        self.width = shutil.get_terminal_size((PLAIN_COLUMNS, 24)).columns if tty else PLAIN_COLUMNS
        self.label = max(len(name) for name in names)
        self.colours = dict(zip(names, COLOURS, strict=False))

    def paint(self, text: str, code: str) -> str:
        """The text in a colour, or bold, if there are colours."""
        return f"\033[{code}m{text}\033[0m" if self.colour and code else text

    def write(self, line: str = "") -> None:
        """One line, at once."""
        print(line, file=self.out, flush=True)

    def heading(self, text: str) -> None:
        """A line between blank ones."""
        self.write(f"\n{self.paint(text, '1')}\n")

    def say(self, name: str, line: str, moment: float) -> None:
        """What a container logs. Lines of kubexit have a mark, and lose time and name, which are there already."""
        said = KUBEXIT_LINE.fullmatch(line)
        mark = ("◆" if self.utf8 else "*") if said else " "
        text = said[2] if said else line
        if said and said[1] in {"warn", "error"}:
            text = self.paint(f"{said[1]}: {text}", "31")
        elif said:
            text = self.paint(text, "1")
        label = self.paint(f"{name:<{self.label}}", self.colours.get(name, ""))
        self.write(f"{moment - self.begin:5.2f}s  {label} {mark} {text}")

    def timeline(self, lives: Sequence[Life]) -> None:
        """The picture of these lives."""
        look = replace(timeline.UNICODE if self.utf8 else timeline.ASCII, colour=self.colour)
        for line in timeline.draw(lives, self.width, look):
            self.write(line)


def speaks_utf8(out: TextIO) -> bool:
    """Whether locale and encoding agree on UTF-8 (Python alone says so in the C locale too, PEP 540)."""
    named = next((value for key in ("LC_ALL", "LC_CTYPE", "LANG") if (value := os.environ.get(key))), "")
    words = (named.lower(), (out.encoding or "").lower())
    return all("utf-8" in word or "utf8" in word for word in words)
