"""Make values of the events of a YAML parser, in one pass.

The composer of libyaml is not used: it recurses in C without a limit, and its nodes would be read a second time.
"""

from typing import Any, NamedTuple

import yaml

from kubectl_kubexit.manifest import plain
from kubectl_kubexit.manifest.plain import MERGE, TEXT
from kubectl_kubexit.manifest.refusals import MOST_LEVELS, MOST_VALUES, RefusedError
from kubectl_kubexit.manifest.values import Position, Row, Table


class Node(NamedTuple):
    """A value with its place.

    text: a scalar as it is written, None for a list or mapping. weight: how many values it has if each alias is
    replaced by what it means. is_block: whether it is a text that `|` or `>` introduces. tag: of a scalar.
    """

    value: Any
    at: Position
    text: str | None = None
    weight: int = 1
    is_block: bool = False
    tag: str = TEXT


class Builder:
    """Makes the value of one document. last_line: where the document ends."""

    def __init__(self, loader: Any) -> None:
        self.loader = loader
        self.anchors: dict[str, Node] = {}
        self.plain: dict[str, tuple[Any, str]] = {}  # words without quotes that were seen: their value and their tag
        self.level = 0
        self.collections = 0
        self.last_line = 1

    def build(self, event: Any) -> Node:
        """Return the value that begins with an event; an alias gives the very value that its anchor has."""
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self.anchors:
                mark: Any = event.start_mark  # libyaml's marks have another type
                raise yaml.MarkedYAMLError(problem="found undefined alias", problem_mark=mark)
            return self.anchors[event.anchor]
        mark = event.start_mark
        at = Position(mark.line + 1, mark.column + 1)
        node = self.scalar(event, at) if isinstance(event, yaml.ScalarEvent) else self.collection(event, at)
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        return node

    def scalar(self, event: Any, at: Position) -> Node:
        """Return a text, or what kubectl makes of a word without quotes: a number, a boolean, None."""
        text = event.value
        if event.tag is None or event.tag == "!":
            if not event.implicit[0]:
                self.last_line = event.end_mark.line + 1
                return Node(text, at, text, is_block=event.style in {"|", ">"})
            if text not in self.plain:
                self.plain[text] = plain.read(text)
            value, tag = self.plain[text]
        else:
            value, tag = self.meaning(text, event.tag), event.tag
        self.last_line = event.end_mark.line + 1
        return Node(value, at, text, is_block=event.style in {"|", ">"}, tag=tag)

    def meaning(self, text: str, tag: str) -> Any:
        """Return what a scalar with a tag means."""
        if tag == TEXT:
            return text
        try:
            return self.loader.construct_object(yaml.ScalarNode(tag, text))
        except (yaml.YAMLError, ValueError):
            return text  # a local tag, or 2026-13-45 as a date

    def collection(self, event: Any, at: Position) -> Node:
        """Return a list or mapping; refuse one that is too deep, or whose aliases stand for too much."""
        self.level += 1
        self.collections += 1
        if self.level > MOST_LEVELS:
            raise RefusedError(problem=f"more than {MOST_LEVELS} levels", problem_mark=event.start_mark)
        if event.anchor is not None:
            self.anchors[event.anchor] = Node(None, at)  # for an alias inside its own anchor
        value, weight = self.table(at) if isinstance(event, yaml.MappingStartEvent) else self.row(at)
        self.level -= 1
        # A file without aliases has about as many values as it has lists, mappings and scalars.
        if weight > MOST_VALUES and weight > 100 * self.collections:
            problem = f"its aliases stand for more than {MOST_VALUES:,} values"
            raise RefusedError(problem=problem, problem_mark=event.start_mark)
        return Node(value, at, weight=weight)

    def row(self, at: Position) -> tuple[Row, int]:
        """Return a sequence, and its weight."""
        row, weight = Row(), 1
        row.at, row.values_at = at, []
        while not isinstance(event := self.loader.get_event(), yaml.SequenceEndEvent):
            node = self.build(event)
            row.append(node.value)
            row.values_at.append(node.at)
            weight += node.weight
        self.last_line = line_of(event.end_mark)
        return row, weight

    def table(self, at: Position) -> tuple[Table, int]:
        """Return a mapping, and its weight; what is merged into it (`<<`) does not replace its own keys."""
        table, weight = Table(), 1
        table.at, table.keys_at, table.values_at = at, {}, {}
        merged: list[Node] = []
        while not isinstance(event := self.loader.get_event(), yaml.MappingEndEvent):
            key = self.build(event)
            value = self.build(self.loader.get_event())
            weight += value.weight
            if key.tag == MERGE:
                merged.append(value)
                continue
            name = key.text if key.text is not None else str(key.value)
            if name in table:
                problem = f"the key {name} is there twice, first in line {table.keys_at[name].line}; remove one"
                raise RefusedError(problem=problem, problem_mark=event.start_mark)
            table[name] = value.value
            table.keys_at[name], table.values_at[name] = key.at, value.at
            if value.is_block:
                table.blocks |= {name}
            if value.text is not None and isinstance(value.value, bool | int | float):
                table.written = {**table.written, name: value.text}
        self.last_line = line_of(event.end_mark)
        for other in merged:
            merge(table, other.value)
        return table, weight


def line_of(mark: Any) -> int:
    """Return the line of a mark; the marks of libyaml have another type than the ones of Python's parser."""
    return int(mark.line) + 1


def merge(table: Table, value: Any) -> None:
    """Add the keys of a merged mapping, or of several, that the mapping does not have itself."""
    for other in value if isinstance(value, Row) else [value]:
        for name in other if isinstance(other, Table) else []:
            if name not in table:
                table[name] = other[name]
                table.keys_at[name], table.values_at[name] = other.keys_at[name], other.values_at[name]
                if name in other.written:
                    table.written = {**table.written, name: other.written[name]}
