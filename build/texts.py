"""The prose of a source file: documents, comments, docstrings and messages, without the code around them.

Each function takes the text of a file and returns one of the same length, so that a position stays what it was. Code is
replaced by CODE, which no phrase matches; what only marks prose, such as `#` or a quote, becomes a blank, so that a
sentence may continue on the next line.
"""

import re
from collections.abc import Callable
from pathlib import PurePath

CODE = "\0"
DOUBLE, SINGLE = r'"(?:\\.|[^"\\\n])*"', r"'(?:\\.|[^'\\\n])*'"
HASH = r"(?P<comment>(?:(?<=\s)|^)\#[^\n]*)"
PREFIX = "[rbf]{0,2}"
PYTHON = re.compile(
    rf'(?P<doc>{PREFIX}"""(?s:.*?)""")|(?P<string>{PREFIX}{DOUBLE}|{PREFIX}{SINGLE})|(?P<comment>\#[^\n]*)',
    re.IGNORECASE,
)
C = re.compile(rf"(?P<comment>/\*(?s:.*?)\*/|//[^\n]*)|(?P<string>{DOUBLE})|(?P<other>{SINGLE})")
SHELL = re.compile(rf"{HASH}|(?P<string>{DOUBLE})|(?P<other>'[^'\n]*')", re.MULTILINE)
COMMENT = re.compile(HASH, re.MULTILINE)
MARKDOWN_CODE = re.compile(
    r"^(?P<fenced>(?P<fence>```+|~~~+)(?s:.*?)^(?P=fence)$)|(?P<indented>(?<=\n\n)(?:(?: {4,}|\t).*\n|\n(?=    ))+)"
    r"|(?P<other>`[^`]+`|\]\([^)]*\)|<!--(?s:.*?)-->|<[^>\s][^>]*>)",
    re.MULTILINE,
)
SPAN = re.compile(r"``[^`]+``|`[^`]+`")


def hidden(text: str) -> str:
    """Code of the same length, with its line ends and blanks."""
    return re.sub(r"\S", CODE, text)


def blank(text: str, pattern: str) -> str:
    """Turn what a pattern finds into blanks."""
    return re.sub(pattern, lambda found: re.sub(r"\S", " ", found[0]), text, flags=re.MULTILINE)


def prose(kind: str | None, text: str) -> str:
    """A comment or a string without its marks; a string without a blank in it is a name, not prose."""
    if kind == "comment":
        text = blank(text, r"^\s*(?:#[:!]?|/\*+|\*+(?!/)|//+)|\*+/$")
    elif kind == "doc":
        text = blank(text, r"^[rbf]{0,2}\"{3}|\"{3}$")
    elif kind == "string" and " " in text.strip("rbf\"'"):
        text = blank(re.sub(r"\{[^{}\s]*\}", lambda field: hidden(field[0]), text), r"^[rbf]{0,2}[\"']|[\"']$|\\n|\\t")
    else:
        return hidden(text)
    return SPAN.sub(lambda span: hidden(span[0]), text)


def lexed(pattern: re.Pattern[str]) -> Callable[[str], str]:
    """Return a function that keeps what a lexer's groups call prose."""

    def keep(text: str) -> str:
        parts, end = [], 0
        for token in pattern.finditer(text):
            parts += [hidden(text[end : token.start()]), prose(token.lastgroup, token[0])]
            end = token.end()
        return "".join([*parts, hidden(text[end:])])

    return keep


def markdown(text: str) -> str:
    """Paragraphs and tables without code spans and link targets; of code blocks, the comments."""

    def code(found: re.Match[str]) -> str:
        return hidden(found[0]) if found["other"] else lexed(COMMENT)(found[0])

    return MARKDOWN_CODE.sub(code, text)


def plain(text: str) -> str:
    """All of it."""
    return text


KINDS = {
    markdown: ".md",
    lexed(PYTHON): ".py .pyi .pyx .pxd .toml",
    lexed(C): ".c .h .css .pml",
    lexed(SHELL): ".sh run",
    lexed(COMMENT): ".yaml .yml .cfg .setup .distroless Makefile Dockerfile .editorconfig .dockerignore .gitignore",
}
READERS = {name: read for read, names in KINDS.items() for name in names.split()}


def reader(path: str) -> Callable[[str], str] | None:
    """Return the function for a file, None for data and pictures."""
    name = PurePath(path)
    return READERS.get(name.suffix) or READERS.get(name.name)
