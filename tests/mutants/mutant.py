"""A mutant: one protection removed, as a replacement of text in one file, and the test that notices."""

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).parent


class StaleError(Exception):
    """A patch does not apply: its text is not in the file, or more than once."""


@dataclass(frozen=True)
class Mutant:
    """An entry of a table here; topic is the table's name."""

    name: str
    effect: str
    file: str
    old: str
    new: str
    test: str
    topic: str = ""

    @property
    def path(self) -> str:
        """The file, from the root of the sources."""
        return f"ext/{self.file}"

    def applied(self, text: str) -> str:
        """The text of the file without the protection; StaleError if the patch does not apply."""
        found = text.count(self.old)
        if found != 1 or self.new == self.old:
            raise StaleError(f"{self.name}: the old text is in {self.path} {found} times, not once")
        return text.replace(self.old, self.new)

    def digest(self) -> str:
        """Return what changes with the entry, its file and the file of its test; OSError if one cannot be read."""
        place = ROOT / self.test.partition("::")[0]
        tests = [place] if place.is_file() else sorted(place.glob("test_*.py"))
        parts = [repr(self), (ROOT / self.path).read_text(), *(path.read_text() for path in tests)]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def load(folder: Path = FOLDER) -> list[Mutant]:
    """All mutants, in the order of the tables."""
    tables = {path.stem: tomllib.loads(path.read_text())["mutant"] for path in sorted(folder.glob("*.toml"))}
    return [Mutant(**entry, topic=topic) for topic, entries in tables.items() for entry in entries]


def stale(mutants: list[Mutant]) -> list[str]:
    """One line for each mutant whose patch does not apply to the sources."""
    lines = []
    for one in mutants:
        try:
            one.applied((ROOT / one.path).read_text())
        except StaleError as error:
            lines.append(str(error))
        except OSError as error:
            lines.append(f"{one.name}: {one.path} cannot be read: {error.strerror}")
    return lines


def named(mutants: list[Mutant], words: list[str]) -> list[Mutant]:
    """The mutants with one of the words in their names, or as their topic; without words, all."""
    return [one for one in mutants if not words or any(word == one.topic or word in one.name for word in words)]


def sample(mutants: list[Mutant], count: int, seed: str) -> list[Mutant]:
    """As many mutants as count, chosen by the seed, in their order; a mutant's place depends on no other mutant."""
    by_place = sorted(mutants, key=lambda one: hashlib.sha256(f"{seed} {one.name}".encode()).digest())
    chosen = set(by_place[:count])
    return [one for one in mutants if one in chosen]
