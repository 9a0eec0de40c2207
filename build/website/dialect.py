"""Markdown as GitHub reads it, rewritten for the Markdown of MkDocs, which is older and stricter."""

import re

FENCE = re.compile(r"^ *(```|~~~)")
ITEM = re.compile(r"^( *)([-*]|\d+\.) +\S")
TABLE = re.compile(r"^\|[-| :]+\|$")
DETAILS = re.compile(r"^<details>")
DIAGRAM = re.compile(r"^```mermaid\n.*?^```$", re.MULTILINE | re.DOTALL)
INFORMATION = re.compile(r"^( *```\w+) .*$")  # words behind the language of a block


def converted(text: str) -> str:
    """Return the page: blank lines before lists and tables, items indented by four, and Markdown inside <details>."""
    # GitHub draws these; what draws them in a browser would come from another host.
    text = DIAGRAM.sub("<details>\n<summary>The diagram, as text</summary>\n\n\\g<0>\n\n</details>", text)
    lines: list[str] = []
    levels: list[tuple[int, int]] = []  # of the list that is open: columns of its sign and of its text
    fenced = False
    for number, line in enumerate(source := text.split("\n")):
        following = source[number + 1] if number + 1 < len(source) else ""
        is_fence = FENCE.match(line) is not None
        if not fenced and needs_blank(lines, line, following):
            lines.append("")
        lines.append(INFORMATION.sub(r"\1", indented(line, levels, fenced and not is_fence)))
        fenced ^= is_fence
    return "\n".join(lines)


def needs_blank(before: list[str], line: str, following: str) -> bool:
    """Return whether a list or a table begins that only GitHub sees without a blank line before it."""
    if not before or not before[-1].strip():
        return False
    if ITEM.match(line):
        return not ITEM.match(before[-1]) and not before[-1].startswith(" ")
    return TABLE.match(following) is not None


def indented(line: str, levels: list[tuple[int, int]], in_code: bool) -> str:
    """Return a line with four blanks for each level of list that it is in; `levels` follows the lists."""
    columns = len(line) - len(line.lstrip(" "))
    if not in_code and line.strip():
        item = ITEM.match(line)
        while levels and (columns <= levels[-1][0] if item else columns < levels[-1][1] and columns == 0):
            levels.pop()
        if item:
            levels.append((columns, len(item[1]) + len(item[2]) + 1))
            return " " * 4 * (len(levels) - 1) + line.lstrip(" ")
    if not line.strip():
        return line
    if levels and columns:
        return " " * 4 * len(levels) + " " * max(columns - levels[-1][1], 0) + line.lstrip(" ")
    return DETAILS.sub('<details markdown="1">', line)
