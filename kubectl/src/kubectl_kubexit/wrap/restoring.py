"""Give the lines that a change did not touch their old look: ruamel normalises blanks and line breaks."""

import difflib
import re
from typing import Any

from kubectl_kubexit.errors import UserError
from kubectl_kubexit.manifest.tree import documents


def restored(old: str, new: str) -> str:
    """Return the new text of a document with old lines where the two differ only in looks; the content stays the same.

    Args:
        old: the text before the change.
        new: the text after it, as ruamel writes it.
    """
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    found = (attempt(before, after) for attempt in (realigned, with_same_indent))
    return next((text for text in found if same_content(text, new)), new)


# Blanks before a comment that stays in its column although the words before it became less.
MOVED = re.compile(r"(?<=\S) {2,}(?=#)")
# An old line, or old lines, and the new line that they became; one of them can be missing.
Pair = tuple[str | None, str | None]


def realigned(before: list[str], after: list[str]) -> str:
    """Return the new lines with the old ones among them, and new ones as far to the right as their neighbours.

    A document can have lists with and without an indent; ruamel writes all of them alike.
    """
    matcher = difflib.SequenceMatcher(
        None, [squeezed([line]) for line in before], [squeezed([line]) for line in after], autojunk=False
    )
    pairs: list[Pair] = []
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        old, new = before[i1:i2], after[j1:j2]
        pairs += zip(old, new, strict=True) if kind == "equal" else pairs_of(old, new)
    lines: list[str] = []
    shifts: list[tuple[int, int]] = []  # of the lines that contain the present one: its depth, and the difference
    for index, (one, other) in enumerate(pairs):
        text = one if one is not None else shifted(other or "", shifts, pairs[index + 1 :])
        if other is not None and other.strip() and not is_comment(other):
            remember(shifts, depth(other), indent(text.splitlines(keepends=True)) - indent([other]))
        lines.append(text)
    return "".join(lines)


def pairs_of(before: list[str], after: list[str]) -> list[Pair]:
    """Return what becomes of the lines of a part that differs.

    Old lines that are in no pair were changed. ruamel adds blank lines behind some texts; wrap never does.
    """
    found: list[Pair] = []
    at = 0
    for index, line in enumerate(after):
        start, count = same_lines(before, at, line, index + 1 < len(after) and depth(after[index + 1]) > depth(line))
        if count:
            found += [(blank, None) for blank in before[at:start] if not blank.strip()]
            found.append(("".join(before[start : start + count]), line))
            at = start + count
        elif line.strip():
            found.append((None, line))
    return found + [(blank, None) for blank in before[at:] if not blank.strip()]


def same_lines(before: list[str], at: int, line: str, opens: bool) -> tuple[int, int]:
    """Return where one to three old lines are that have the content of a new line, and how many; 0 if none has.

    opens: the next lines belong to this one, so it is not a key without a value.
    """
    if not line.strip():
        return at, 0
    for start in range(at, len(before)):
        for count in (1, 2, 3):
            if squeezed(before[start : start + count]) == squeezed([line]):
                return start, count
        if not opens and same_entry(before[start], line):
            return start, 1
    return at, 0


def same_entry(one: str, two: str) -> bool:
    """Return whether two lines are the same key with the same value, for example with and without an escape."""
    return one.partition(":")[0].split() == two.partition(":")[0].split() and ":" in one and same_content(one, two)


def shifted(line: str, shifts: list[tuple[int, int]], behind: list[Pair]) -> str:
    """Return a new line as far to the right as the lines beside it, or else as the line that it belongs to."""
    if not line.strip():
        return line
    level = depth(line)
    known = next(((at, by) for at, by in reversed(shifts) if at <= level), (-1, 0))
    by = known[1] if known[0] == level else shift_behind(level, behind)
    text = MOVED.sub(" ", line.lstrip(" "))
    return " " * (indent([line]) + (known[1] if by is None else by)) + text


def shift_behind(level: int, behind: list[Pair]) -> int | None:
    """Return how far the next old line beside a new one was shifted; None if there is no such line."""
    for one, other in behind:
        if other is None or not other.strip() or is_comment(other):
            continue
        if depth(other) < level:
            return None
        if depth(other) == level and one is not None:
            return indent(one.splitlines(keepends=True)) - indent([other])
    return None


def is_comment(line: str) -> bool:
    """Return whether a line is a comment: ruamel leaves it in its column, wherever the lines beside it go."""
    return line.lstrip().startswith("#")


def depth(line: str) -> int:
    """Return a number that is larger for a line inside of another; an element is in its key also at the same indent."""
    return 2 * indent([line]) + line.lstrip().startswith("- ")


def remember(shifts: list[tuple[int, int]], level: int, by: int) -> None:
    """Note how far a line was shifted; lines that are further to the right are over."""
    while shifts and shifts[-1][0] >= level:
        shifts.pop()
    shifts.append((level, by))


def with_same_indent(before: list[str], after: list[str]) -> str:
    """Return the new lines, with old ones where only blanks behind the indent differ."""
    lines: list[str] = []
    matcher = difflib.SequenceMatcher(
        None, [key(line) for line in before], [key(line) for line in after], autojunk=False
    )
    for _, i1, i2, j1, j2 in matcher.get_opcodes():
        lines += region(before[i1:i2], after[j1:j2])
    return "".join(lines)


def region(before: list[str], after: list[str]) -> list[str]:
    """Return the lines of a part that differs: the old ones where only blanks differ, then what was added."""
    for count in range(1, len(after) + 1):
        if squeezed(before) == squeezed(after[:count]) and indent(before) == indent(after):
            return before + after[count:]
    return after


def key(line: str) -> tuple[int, str]:
    """Return what two lines have in common that look alike: the indent, and the text without blanks."""
    return len(line) - len(line.lstrip(" ")), squeezed([line])


def squeezed(lines: list[str]) -> str:
    """Return lines without any blanks and line ends."""
    return re.sub(r"\s", "", "".join(lines))


def indent(lines: list[str]) -> int:
    """Return the indent of the first line."""
    return len(lines[0]) - len(lines[0].lstrip(" ")) if lines else -1


def same_content(one: str, two: str) -> bool:
    """Return whether two texts are the same document for kubectl."""
    try:
        return content(one) == content(two)
    except UserError:
        return False


def content(text: str) -> list[Any]:
    """Return what a text has."""
    return [document.content for document in documents(text, "")]
