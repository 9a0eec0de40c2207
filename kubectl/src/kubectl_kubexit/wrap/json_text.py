"""Change a document that is JSON: what is written is JSON again, with the indent of the file."""

import json
import re
from collections.abc import Callable
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

FIRST_KEY = re.compile(r"\s*\{[ \t]*\r?\n([ \t]+)")
# What Go's encoder, and so kubectl, writes as escapes.
ESCAPED = "<>&\u2028\u2029"


def read(text: str) -> Any:
    """Return the object of a document; None if it is not JSON."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None


def edited(text: str, content: Any, edit: Callable[[CommentedMap], None]) -> str:
    """Return the text of one document after a change of its content. Letters are escapes if all of them are."""
    changed = commented(content)
    edit(changed)
    match = FIRST_KEY.match(text)
    narrow = match is None and not re.search(r'":\s', text)
    result = json.dumps(
        changed,
        ensure_ascii=text.isascii(),
        indent=match[1] if match else None,
        separators=(",", ":") if narrow else None,
    )
    for letter in ESCAPED:
        result = result if letter in text else result.replace(letter, f"\\u{ord(letter):04x}")
    result = f"{result}\n" if text.endswith("\n") else result
    return result.replace("\n", "\r\n") if "\r\n" in text else result


def commented(value: Any) -> Any:
    """Return a value in the types that a change expects."""
    if isinstance(value, dict):
        return CommentedMap((key, commented(child)) for key, child in value.items())
    return CommentedSeq(map(commented, value)) if isinstance(value, list) else value
