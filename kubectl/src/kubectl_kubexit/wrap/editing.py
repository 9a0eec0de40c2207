"""Change documents of a file: a document that does not change stays byte for byte."""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import LiteralScalarString

from kubectl_kubexit.wrap import json_text
from kubectl_kubexit.wrap.empty import put_back
from kubectl_kubexit.wrap.restoring import restored
from kubectl_kubexit.wrap.sharing import mark_shared, own
from kubectl_kubexit.wrap.trailing import give_trailing, take_trailing

# A line of `---` or `...`; or only `---`, if the document begins on the same line.
SEPARATOR = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:#[^\n]*)?(?:\r?\n|\Z)|^---(?=[ \t])", re.MULTILINE)
SEQUENCE = re.compile(
    r"^( *)(?:[^\s#-][^\n]*|- [^\n]*):[ \t]*(?:&\S+[ \t]*)?(?:#[^\n]*)?\n(?:[ \t]*#[^\n]*\n)*( *)- ", re.MULTILINE
)
MAPPING = re.compile(r"^( *)[^\s#-][^\n:]*:[ \t]*\n( +)[^\s#-]", re.MULTILINE)
# What ends a line for the parser that says where a document is: YAML 1.1 knows more of these than an editor.
LINE_ENDS = "\n\r\x85\u2028\u2029"
LINE_END = re.compile(f"\r\n|[{LINE_ENDS}]")
WIDE = 1 << 30  # no line is broken


@dataclass
class Segment:
    """A document as text. head: the line that separates it. first, last: its lines in the file, from 1 on.

    last is the line before the first for an empty one.
    """

    head: str
    text: str
    first: int
    last: int


def segments(text: str) -> list[Segment]:
    """Split a file at its `---` and `...` lines; heads and texts together are the file."""
    found, head, at, line = [], "", 0, 1
    for match in [*SEPARATOR.finditer(text), None]:
        end = match.start() if match else len(text)
        last = line + len(LINE_END.findall(text, at, end))
        found.append(Segment(head, text[at:end], line, last - (at == end or text[end - 1] in LINE_ENDS)))
        head, at = (match[0], match.end()) if match else ("", end)
        line = last + len(LINE_END.findall(head))
    return found


def edited(text: str, edit: Callable[[CommentedMap], None]) -> str:
    """Return the text of one document after a change; comments, quotes and the order of keys stay, and JSON is JSON."""
    as_json = json_text.read(text)
    if as_json is not None:
        return json_text.edited(text, as_json, edit)
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = WIDE
    offset = sequence_offset(text)
    mapping = mapping_indent(text)
    yaml.indent(mapping=mapping, sequence=offset + 2, offset=offset)
    content = yaml.load(text.replace("\r\n", "\n"))  # ruamel would keep \r in comments
    mark_shared(content, set())
    edit(content)
    stream = io.StringIO()
    yaml.dump(content, stream)
    result = stream.getvalue()
    result = restored(text, result.replace("\n", "\r\n") if "\r\n" in text else result)
    return result if text.endswith("\n") else result.rstrip("\n")


def sequence_offset(text: str) -> int:
    """Return how far the dashes of a document are behind their key: 0 or 2, as most of its lists have it."""
    offsets = []
    for match in SEQUENCE.finditer(text):
        line = match[0].split("\n")[0]
        key = len(match[1]) + (2 if line.strip().startswith("- ") else 0)
        offsets.append(min(max(len(match[2]) - key, 0), 2))
    return 2 if offsets and sum(offsets) > len(offsets) else 0


def mapping_indent(text: str) -> int:
    """Return how far the keys of a mapping are behind the key that has it."""
    steps = [len(match[2]) - len(match[1]) for match in MAPPING.finditer(text)]
    steps = [step for step in steps if step > 1]
    return min(steps, default=2)


def at_path(content: Any, path: tuple[str | int, ...]) -> Any:
    """Return the value at a path of keys and indexes."""
    for key in path:
        content = content[key]
    return content


def flow(**values: Any) -> CommentedMap:
    """Return a mapping that is written on one line."""
    table = CommentedMap(values)
    table.fa.set_flow_style()
    return table


def like(sequence: CommentedSeq, **values: Any) -> CommentedMap:
    """Return a mapping in the style of the others of a list: on one line if they are."""
    if len(sequence) and isinstance(sequence[-1], CommentedMap) and not sequence[-1].fa.flow_style():
        return CommentedMap(values)
    return flow(**values)


def words(values: list[str]) -> CommentedSeq:
    """Return a list that is written on one line, unless one of its words has several lines."""
    sequence = CommentedSeq(LiteralScalarString(value) if "\n" in value else value for value in values)
    if not any("\n" in value for value in values):
        sequence.fa.set_flow_style()
    return sequence


def append(sequence: CommentedSeq, value: Any) -> None:
    """Append to a list; the blank lines and comments behind the list stay behind it."""
    rest = take_trailing(sequence[-1]) or take_trailing(sequence) if len(sequence) else ""
    sequence.append(value)
    give_trailing(sequence, rest)


def without(table: CommentedMap, key: str, unwanted: Callable[[Any], bool], empty: str = "") -> None:
    """Remove elements of a list; an empty list goes too, unless `empty` says what was there before `wrap`.

    The comments behind it stay.
    """
    if not any(unwanted(element) for element in table.get(key) or []):
        return
    sequence = own(table, key)
    rest = take_trailing(sequence)
    for index in reversed(range(len(sequence))):
        if unwanted(sequence[index]):
            del sequence[index]
    if sequence:
        give_trailing(sequence, rest)
    elif empty:
        put_back(table, key, empty, rest)
    else:
        drop(table, key, rest)


def drop(table: CommentedMap, key: str, rest: str = "") -> None:
    """Remove a key; the comments behind its value (rest: already taken) stay."""
    rest = rest or take_trailing(table[key])
    last = list(table)[-1] == key
    del table[key]
    if last:
        give_trailing(table, rest)
