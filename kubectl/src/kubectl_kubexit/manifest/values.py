"""Mappings and lists that remember where each value is."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple


class Position(NamedTuple):
    """A place in a file; line and column begin with 1."""

    line: int
    column: int


class Table(dict[str, Any]):
    """A mapping. at: where it begins. keys_at, values_at: where each key and its value begin.

    blocks: the keys whose value is a text on the lines below its key, as `|` introduces it. written: the text of each
    value that is a number or a boolean.
    """

    blocks: frozenset[str] = frozenset()
    written: Mapping[str, str] = MappingProxyType({})
    at: Position
    keys_at: dict[str, Position]
    values_at: dict[str, Position]


class Row(list[Any]):
    """A sequence. at: where it begins. values_at: where each element begins."""

    at: Position
    values_at: list[Position]
