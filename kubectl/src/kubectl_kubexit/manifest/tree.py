"""YAML documents as dictionaries and lists that remember where each value is.

The C parser of libyaml is used: 1,000 documents take a second or two. Nothing is written back from here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from kubectl_kubexit.errors import UserError
from kubectl_kubexit.manifest.builder import Builder
from kubectl_kubexit.manifest.refusals import Loader, explained
from kubectl_kubexit.manifest.values import Position, Row, Table

# JSON writes a character beyond U+FFFF as two escapes, and YAML as one.
SURROGATES = re.compile(r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")


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
    loader = Loader(SURROGATES.sub(joined, text) if text.lstrip().startswith("{") else text)
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


def joined(match: re.Match[str]) -> str:
    """Return the escape of YAML for two of JSON."""
    high, low = int(match[2], 16), int(match[3], 16)
    return f"{match[1]}\\U{0x10000 + ((high & 0x3FF) << 10) + (low & 0x3FF):08x}"


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
