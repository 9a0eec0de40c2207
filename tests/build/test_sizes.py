"""Files and functions of the supervisor and the package are short enough to be read in one go."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAX_FILE = 200
MAX_FUNCTION = 40
FILES = sorted(
    path
    for folder, kinds in (
        ("ext", ("*.pyx", "*.pxd", "*.c", "*.h")),
        ("kubexit", ("*.py", "*.pyi")),
        ("kubectl", ("*.py",)),
    )
    for kind in kinds
    for path in (ROOT / folder).rglob(kind)
)
CYTHON_START = re.compile(r"(?:cdef (?!extern\b|enum\b|class\b|packed\b)[^=(]*?|def )\b(\w+)\(")
C_START = re.compile(r"[a-zA-Z_][^;=#]*?\b(\w+)\(")

Functions = Iterator[tuple[str, int]]


def by_name(path: Path) -> str:
    """How pytest shows a file."""
    return str(path.relative_to(ROOT))


def cython_functions(text: str) -> Functions:
    """(name, lines) of each function of a Cython file: from its first line to the last one that is indented."""
    lines = text.splitlines()
    for start, line in enumerate(lines):
        if match := CYTHON_START.match(line):
            ends = (at for at in range(start + 1, len(lines)) if re.match(r"\S", lines[at]) and lines[at] != ")")
            body = lines[start : next(ends, len(lines))]
            yield match[1], len("\n".join(body).rstrip().splitlines())


def c_functions(text: str) -> Functions:
    """(name, lines) of each function of a C file: its head and the braces of its body are at the left."""
    lines = text.splitlines()
    for start, line in enumerate(lines[1:], 1):
        if line == "{":
            head = start
            while head > 0 and lines[head - 1] and lines[head - 1][0] not in "}#/_":
                head -= 1
            match = C_START.search(" ".join(lines[head:start]))
            yield (match[1] if match else "?"), lines.index("}", start) - head + 1


def python_functions(text: str) -> Functions:
    """(name, lines) of each function and method of a Python file."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def functions(path: Path) -> list[tuple[str, int]]:
    """(name, lines) of each function of a file."""
    read = {".pyx": cython_functions, ".pxd": cython_functions, ".c": c_functions, ".h": c_functions}
    return list(read.get(path.suffix, python_functions)(path.read_text()))


@pytest.mark.parametrize("path", FILES, ids=by_name)
def test_files_have_at_most_200_lines(path: Path) -> None:
    """No file has more than 200 lines."""
    assert len(path.read_text().splitlines()) <= MAX_FILE


@pytest.mark.parametrize("path", FILES, ids=by_name)
def test_functions_have_at_most_40_lines(path: Path) -> None:
    """No function has more than 40 lines, its docstring included."""
    assert [(name, lines) for name, lines in functions(path) if lines > MAX_FUNCTION] == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "x.pyx",
            "cdef int one(\n        int two) noexcept nogil:\n" + "    pass\n" * 39 + "\n\ncdef enum:\n    A = 1\n",
        ),
        ("x.pyx", 'def one(two):\n    """Do."""\n' + "\n    pass\n" * 20 + "    pass\n"),
        ("x.c", "static int\none(int two)\n{\n" + "    two++;\n" * 38 + "}\n"),
        ("x.py", "class A:\n    def one(self):\n" + "        pass\n" * 41),
    ],
    ids=["cython", "cython-def", "c", "python"],
)
def test_a_longer_function_is_seen(tmp_path: Path, name: str, text: str) -> None:
    """A function that is one line or a few too long is found in each language."""
    path = tmp_path / name
    path.write_text(text)
    ((function, lines),) = functions(path)

    assert function == "one"
    assert MAX_FUNCTION < lines <= MAX_FUNCTION + 3


def test_functions_are_found() -> None:
    """The functions of every language are among the functions that are counted."""
    found = {name for path in FILES for name, _ in functions(path)}

    assert {"kubexit_run", "settings_read", "setting_parse", "main", "log_line", "relocate_seal"} <= found
    assert len(found) > 400
