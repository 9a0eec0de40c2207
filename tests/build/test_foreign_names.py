"""Foreign names of the native unit: system calls in kernel.pxd, the rest in cstd.pxd, and in both only what is used."""

import re
import subprocess
from pathlib import Path

import pytest

EXT = Path(__file__).parents[2] / "ext"
FILES = ("kernel.pxd", "cstd.pxd")
# Library functions that are little more than another system call, or have become one on newer machines.
MADE_OF = {
    "_exit": "exit_group",
    "access": "faccessat",
    "closedir": "close",
    "dup2": "dup3",
    "fdopendir": "fcntl",
    "fork": "clone",
    "fstatat": "newfstatat",
    "fstatvfs": "fstatfs",
    "getpgrp": "getpgid",
    "inotify_init1": "inotify_init1",
    "mkdir": "mkdirat",
    "mkfifoat": "mknodat",
    "opendir": "openat",
    "pipe": "pipe2",
    "poll": "ppoll",
    "pread": "pread64",
    "readdir": "getdents64",
    "send": "sendto",
    "sigaction": "rt_sigaction",
    "syscall": "rt_sigprocmask",
    "tcgetpgrp": "ioctl",
    "tcsetpgrp": "ioctl",
    "vfork": "clone",
    "waitpid": "wait4",
}


def declared(text: str) -> tuple[set[str], set[str], set[str]]:
    """Functions, other names, and fields of structs that a declaration file has."""
    functions: set[str] = set()
    names: set[str] = set()
    fields: set[str] = set()
    block = ""
    # A name in quotes before the arguments is the one in C.
    for line in re.sub(r'"""[\s\S]*?"""|#.*| "\w+"(?=\()', "", text).splitlines():
        indent = len(line) - len(line.lstrip())
        line = line.strip()
        if indent == 4:
            block = ""
        if line.startswith(("cdef extern", "from ")) or line in {"", "pass"}:
            continue
        if match := re.match(r"(?:ctypedef )?struct (\w+)", line):
            names.add(match[1])
            block = "struct"
        elif line == "enum:":
            block = "enum"
        elif block == "enum":
            names |= set(re.findall(r"\w+", line))
        elif block == "struct":
            fields |= set(re.findall(r"(\w+)(?:\[\d+\])?$", line))
        elif match := re.match(r"ctypedef void \(\*(\w+)\)|ctypedef .*?(\w+)$", line):
            names.add(match[1] or match[2])
        elif match := re.match(r"[\w *]*?\b(\w+)\(", line):
            functions.add(match[1])
        else:
            names |= {word.split()[-1].lstrip("*") for word in line.split(",")}
    return functions, names, fields


def sources() -> str:
    """All parts of the unit, without docstrings, strings and comments."""
    text = "\n".join(part.read_text() for part in sorted(EXT.rglob("*.pyx")))
    return re.sub(r'"(?:\\.|[^"\\\n])*"|#.*', "", re.sub(r'"""[\s\S]*?"""', "", text))


def system_calls() -> set[str]:
    """The system calls of this machine, by the names in sys/syscall.h."""
    defined = subprocess.run(
        ["cc", "-E", "-dM", "-x", "c", "-include", "sys/syscall.h", "/dev/null"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(re.findall(r"#define __NR_(\w+)", defined.stdout))


@pytest.mark.parametrize("file", FILES)
def test_every_name_is_used(file: str) -> None:
    """A name that no part of the unit uses is not declared."""
    text, uses = (EXT / file).read_text(), sources()
    functions, names, fields = declared(text)
    module = file.removesuffix(".pxd")

    unused = {
        name
        for name in functions | names
        if not re.search(rf"\b{module}\.{name}\b", uses) and len(re.findall(rf"\b{name}\b", text)) < 2
    }
    unused |= {field for field in fields if not re.search(rf"\.{field}\b", uses)}

    assert len(functions) > 15
    assert unused == set()


def test_kernel_has_system_calls_only() -> None:
    """Each function of kernel.pxd is a system call or the library's name for one; none of cstd.pxd is."""
    numbers = system_calls()
    calls, _, _ = declared((EXT / "kernel.pxd").read_text())
    library, _, _ = declared((EXT / "cstd.pxd").read_text())

    assert len(numbers) > 200
    assert {call for call in calls if call not in numbers and MADE_OF.get(call) not in numbers} == set()
    assert library & (numbers | set(MADE_OF)) == set()


def test_an_unused_name_is_seen() -> None:
    """The names of every kind of declaration are read."""
    functions, names, fields = declared(
        'cdef extern from "<a.h>" nogil:\n    enum:\n        A, B\n        C\n    struct s "t":\n        long f\n'
        "        char g[108]\n    ctypedef int i_t\n    ctypedef void (*h_t)(int) noexcept nogil\n    h_t D, E\n"
        "    char **v\n    const char *one(i_t x, ...)\n    void _two(int y)\n"
    )

    assert functions == {"one", "_two"}
    assert names == {"A", "B", "C", "s", "i_t", "h_t", "D", "E", "v"}
    assert fields == {"f", "g"}
