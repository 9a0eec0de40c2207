"""A row of the settings table."""

import re
from dataclasses import dataclass
from functools import cached_property

WORDS = re.compile(r"[a-z]+(\|[a-z]+)*(\|0-255)?")


@dataclass(frozen=True)
class Row:
    """A setting: its name without KUBEXIT_, what its value can be as `kubexit --help` shows it, and its default."""

    name: str
    values: str
    default: str

    @cached_property
    def words(self) -> list[str]:
        """The words that a value can be; empty for other kinds."""
        return [word for word in self.values.split("|") if word != "0-255"] if WORDS.fullmatch(self.values) else []
