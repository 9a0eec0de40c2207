"""YAML documents as dictionaries and lists that remember where each value is.

The C parser of libyaml is used: 1,000 documents take a second or two. Nothing is written back from here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from kubectl_kubexit.errors import UserError
from kubectl_kubexit.manifest.builder import Builder
from kubectl_kubexit.manifest.refusals import Loader, explained
from kubectl_kubexit.manifest.values import Position, Row, Table


@dataclass
class Document:
    """One document of a file.

    path: the file as the user named it, "-" for stdin. index: its place in the file, from 0 on. first, last: its lines.
    """

    path: str
    index: int
    first: int
    last: int
    content: Any


def documents(text: str, path: str) -> Iterator[Document]:
    """Read the documents of a file, without empty ones.

    Raises:
        UserError: the text is not YAML, has a key twice, or is too deep; the message has the file and the line.
    """
    loader = Loader(text)
    try:
        loader.get_event()  # the begin of the stream
        index = 0
        while not loader.check_event(yaml.StreamEndEvent):
            loader.get_event()  # the begin of a document
            builder = Builder(loader)
            content, at = builder.build(loader.get_event())[:2]
            if content is not None:
                yield Document(path, index, at.line, builder.last_line, content)
            loader.get_event()  # its end
            index += 1
    except yaml.YAMLError as error:
        raise UserError(explained(error, text, path)) from None
    finally:
        loader.dispose()


def table_at(value: Any, *keys: str) -> Table:
    """Return the mapping below some keys; an empty one if something else is there."""
    for key in keys:
        value = value.get(key) if isinstance(value, Table) else None
    return value if isinstance(value, Table) else empty()


def row_at(value: Any, key: str) -> Row:
    """Return the sequence of a key; an empty one if something else is there."""
    found = value.get(key) if isinstance(value, Table) else None
    if isinstance(found, Row):
        return found
    row = Row()
    row.at, row.values_at = Position(1, 1), []
    return row


def tables_of(value: Any, key: str) -> list[Table]:
    """Return the mappings in the sequence of a key."""
    return [element for element in row_at(value, key) if isinstance(element, Table)]


def empty() -> Table:
    """Return an empty mapping."""
    table = Table()
    table.at, table.keys_at, table.values_at = Position(1, 1), {}, {}
    return table
