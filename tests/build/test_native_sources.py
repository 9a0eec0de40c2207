"""Two mistakes link well and are wrong when run; these and the shape of the unit are checked in the sources.

A value given at module level is set by the module's initialisation, and a function cimported from another module
is looked up there: neither happens before Python.
"""

import re
from pathlib import Path

import pytest

EXT = Path(__file__).parents[2] / "ext"
ROOT_PART = EXT / "supervisor.pyx"
PARTS = sorted(part for part in EXT.rglob("*.pyx") if part != ROOT_PART)
NATIVE = [part for part in PARTS if not str(part.relative_to(EXT)).startswith("bindings")]
FOREIGN = re.compile(r"(cstd|kernel|cython|libc\.\w+|posix\.\w+)$")
PYTHON_SIDE = re.compile(r"cpython(\.\w+)?$")


def code(part: Path) -> list[str]:
    """The lines of a part without docstrings, verbatim C, comments and blank lines."""
    text = re.sub(r'"""[\s\S]*?"""', "", part.read_text())
    lines = (re.sub(r"\s*#.*", "", line) for line in text.splitlines())
    return [line for line in lines if line.strip()]


def by_name(part: Path) -> str:
    """How pytest shows a part."""
    return str(part.relative_to(EXT))


def test_root_only_includes() -> None:
    """The root is the table of contents: each part once, and nothing else."""
    included = [re.fullmatch(r'include "([\w/]+\.pyx)"', line) for line in code(ROOT_PART)]

    assert all(included)
    assert sorted(match[1] for match in included if match) == sorted(str(part.relative_to(EXT)) for part in PARTS)


@pytest.mark.parametrize("part", NATIVE, ids=by_name)
def test_nothing_at_module_level_has_a_value(part: Path) -> None:
    """Module-level variables would be zero in a supervisor that runs before Python."""
    given = [line for line in code(part) if re.match(r"cdef [^(]*=|[A-Za-z_]\w*(\[[^]]*\])?\s*=[^=]", line)]

    assert given == []


@pytest.mark.parametrize("part", PARTS, ids=by_name)
def test_parts_do_not_import_each_other(part: Path) -> None:
    """A function from another module of the package would be a null pointer before Python."""
    modules = [match[1] for line in code(part) if (match := re.match(r"\s*(?:from\s+(\S+)\s+)?c?import\b", line))]
    names = [match[1] for line in code(part) if (match := re.match(r"\s*c?import\s+(\S+)", line))]
    allowed = [FOREIGN] if part in NATIVE else [FOREIGN, PYTHON_SIDE]

    foreign = [name for name in modules + names if name and not any(kind.match(name) for kind in allowed)]

    assert foreign == []


@pytest.mark.parametrize("part", NATIVE, ids=by_name)
def test_only_bindings_see_python(part: Path) -> None:
    """Functions and classes of Python, and the interpreter lock, are the business of the bindings."""
    seen = [line for line in code(part) if re.match(r"\s*(def|class|cpdef)\b|.*\bwith gil\b", line)]

    assert seen == []


def test_one_function_is_public() -> None:
    """C linkage is for kubexit_run alone."""
    public = [line for part in PARTS for line in code(part) if re.match(r"\s*cdef (public|api)\b", line)]

    assert [re.search(r"(\w+)\(", line)[1] for line in public if re.search(r"(\w+)\(", line)] == ["kubexit_run"]
