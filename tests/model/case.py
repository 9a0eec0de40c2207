"""A case: what is searched for in the model, and what must be found."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from .search import FAST, QUICKLY_BUILT, Outcome, search

CASES = Path(__file__).parent / "cases.toml"


@dataclass(frozen=True)
class Case:
    """A row of cases.toml."""

    name: str
    property: str
    define: str
    violates: str = ""
    """`mutant` or `limit`; empty: the properties must hold."""
    short: str = ""
    """What is also defined in the short form: fewer events, so fewer states."""

    def shortened(self) -> "Case":
        """Return the case of the short form; its name says what is less."""
        if not self.short:
            return self
        define = " ".join([*(word for word in self.define.split() if not self._replaces(word)), self.short])
        return Case(f"{self.name} (only {self.short})", self.property, define, self.violates)

    def search(self, folder: Path) -> Outcome:
        """Search for a violation of the properties; SearchError as `search`."""
        definitions = [*self.define.split(), *(f"PROPERTY_{name}" for name in self.property.split())]
        return search(folder, definitions, QUICKLY_BUILT if self.violates else FAST)

    def verdict(self, outcome: Outcome) -> str:
        """Return what was found in words, in capitals if it should not be so."""
        if not self.violates:
            return "VIOLATED" if outcome.violated else "holds"
        return f"{self.violates} found" if outcome.violated else "NOT FOUND"

    def _replaces(self, word: str) -> bool:
        """Whether the short form gives this definition another value."""
        return word.partition("=")[0] in [one.partition("=")[0] for one in self.short.split()]


def load(path: Path = CASES) -> list[Case]:
    """Return all cases of a file."""
    return [Case(**case) for case in tomllib.loads(path.read_text())["case"]]
