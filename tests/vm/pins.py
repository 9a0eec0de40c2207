"""Pinned packages: pins.toml as it is read."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

DEFAULT = "bookworm"
FILE = Path(__file__).with_name("pins.toml")


@dataclass(frozen=True)
class Pin:
    """A package of Debian: one file, by its hash."""

    name: str
    arch: str
    suite: str
    meta: str
    version: str
    path: str
    sha256: str

    def text(self, table: str) -> str:
        """Return the entry of pins.toml, without its comment."""
        fields = ("arch", "suite", "meta", "version", "path", "sha256")
        return "\n".join([f"[{table}.{self.name}]", *(f'{field} = "{getattr(self, field)}"' for field in fields)])


def pins(table: str) -> dict[str, Pin]:
    """Return the pins of a table (kernel, busybox), by their names."""
    return {name: Pin(name=name, **fields) for name, fields in tomllib.loads(FILE.read_text())[table].items()}
