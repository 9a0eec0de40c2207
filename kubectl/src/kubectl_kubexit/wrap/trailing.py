"""Blank lines and comments behind the last value of a list or mapping, which ruamel keeps inside that value."""

from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import CommentMark
from ruamel.yaml.tokens import CommentToken

BEHIND_KEY, BEHIND_ELEMENT = 2, 0  # where ruamel keeps the comment behind a value of a mapping, and of a list
INSIDE = 3  # where it keeps the comments between a key and its block


def place(value: Any) -> tuple[Any, Any, int]:
    """Return the last list or mapping in a value, its last key or index, and where the comment behind it is kept."""
    if isinstance(value, CommentedMap):
        return value, list(value)[-1], BEHIND_KEY
    return value, len(value) - 1, BEHIND_ELEMENT


def is_block(value: Any) -> bool:
    """Return whether a value is a list or mapping that is not in brackets, with something in it."""
    return isinstance(value, CommentedMap | CommentedSeq) and len(value) > 0 and not value.fa.flow_style()


def take_trailing(value: Any) -> str:
    """Remove the lines behind a value and return them; the comment on its own line stays."""
    if not is_block(value):
        return ""
    owner, key, where = place(value)
    rest = take_trailing(owner[key]) if is_block(owner[key]) else take_token(owner, key, where)
    return rest + take_end(value)


def take_token(owner: Any, key: Any, where: int) -> str:
    """Remove the lines behind a scalar."""
    tokens = owner.ca.items.get(key)
    token = tokens[where] if tokens and len(tokens) > where else None
    if not isinstance(token, CommentToken):
        return ""
    first, _, rest = token.value.partition("\n")
    if first.strip():
        token.value = f"{first}\n"
    else:
        del owner.ca.items[key]
    return str(rest)


def take_end(value: Any) -> str:
    """Remove the lines behind a list or mapping that ends with one in brackets: ruamel keeps them at another place."""
    found = lines_of(value.ca.end)
    value.ca.end = []
    return found


def take_inside(table: CommentedMap, key: str) -> str:
    """Remove the comments between a key and the first line of its block: without a block, ruamel cannot write them."""
    tokens = table.ca.items.get(key) or []
    if len(tokens) <= INSIDE or tokens[INSIDE] is None:
        return ""
    found = lines_of(tokens[INSIDE])
    tokens[INSIDE] = None
    return found


def lines_of(tokens: Any) -> str:
    """Return comments as lines, each in its column."""
    found = [token for token in tokens or [] if isinstance(token, CommentToken)]
    return "".join(" " * token.start_mark.column * token.value.startswith("#") + token.value for token in found)


def give_trailing(value: Any, rest: str) -> None:
    """Put lines behind a value."""
    if not rest or not is_block(value):
        return
    owner, key, where = place(value)
    if is_block(owner[key]):
        give_trailing(owner[key], rest)
        return
    put_token(owner, key, where, rest)


def give_behind(table: CommentedMap, key: str, rest: str) -> None:
    """Put lines behind a value that is not a block."""
    if rest:
        put_token(table, key, BEHIND_KEY, rest)


def put_token(owner: Any, key: Any, where: int, rest: str) -> None:
    """Put lines where ruamel keeps the comment behind a value."""
    tokens = owner.ca.items.setdefault(key, [None] * 4 if where == BEHIND_KEY else [None, None])
    if isinstance(tokens[where], CommentToken):
        tokens[where].value += rest
    else:
        tokens[where] = CommentToken(f"\n{rest}", CommentMark(0), None)
