"""layout.py MAP TEMPLATE OUT — write the linker script: TEMPLATE (layout.ld) with the supervisor's sections.

What is used as long as the command runs is apart from what only the start uses, and from what a usual life never uses
(build/cold.py). The functions of the C library that the first part calls are listed in build/gate.ld.

Which of the C library's functions the supervisor needs is known from linking it alone: MAP is the linker's map of that.
For code, constants and zeroed memory a section in the wrong place costs a page. For data that holds pointers, where it
would cost a crash, there is no list: all of the C library's belongs to the supervisor's part.
"""

import re
import sys
from pathlib import Path

ROW = re.compile(r"\s*(?:[0-9a-f]+\s+){2}([0-9a-f]+)\s+\d+\s{9}(\S.*):\((\.[\w.$-]+)\)$")
LIBRARIES = ("*libc.a:*", "*libzigc.a:*", "*libcompiler_rt.a:*")
GATE = Path(__file__).parents[1] / "gate.ld"
LIVE_MEMBER = re.compile(r"\*libc\.a:(\w+)\.\*o\(\.text ")
OWN_OBJECTS = ("*/main.o", "*/supervisor.o", "*crt1.o")


def rows(text: str) -> list[tuple[str, str]]:
    """File and section of each input section that has a size, in the order of the map."""
    found = []
    for line in text.splitlines():
        row = ROW.match(line)
        if row and int(row[1], 16) > 0 and row[2] != "<internal>":
            # A member of an archive is shown as ARCHIVE(PATH), and patterns see it as ARCHIVE:PATH.
            member = re.search(r"\(([^)]*)\)$", row[2])
            found.append(("*" + (member[1] if member else row[2]).rpartition("/")[2], row[3]))
    return list(dict.fromkeys(found))


def sections(found: list[tuple[str, str]], kind: str) -> list[str]:
    """The patterns of one kind, such as `.text`."""
    return [f"{file}({name})" for file, name in found if name == kind or name.startswith(f"{kind}.")]


def is_live(file: str, name: str, library: set[str]) -> bool:
    """Return whether a section of code or constants is used as long as the command runs.

    A function of zig's part of the C library has a longer name: c.unistd.unlinkatLinux, compiler_rt.fastMemset.
    """
    if file in ("*main.o", "*supervisor.o", "*relocate.o"):
        return not re.match(r"\.(text|rodata)\.(start|rare)\.", name)
    bare = re.sub("Linux$|Fast$|^fast", "", name.rpartition(".")[2]).lower()
    return bare in library or file[1:].removesuffix(".o") in library or name.startswith(".text.mem.")


def zeroed(found: list[tuple[str, str]]) -> list[str]:
    """Return the patterns of zeroed memory: first the small words of the C library, then the supervisor's state, and
    last the buffers, from the beginning of a page on."""
    rows = [(file, name) for file, name in found if name == ".bss" or name.startswith(".bss.")]

    def place(row: tuple[str, str]) -> int:
        if row[0] == "*supervisor.o":
            return 3 if row[1] == ".bss.buffers" else 2 - row[1].endswith("_supervisor_supervisor")
        return 2 if row[0] == "*zigc_zcu.o" else 0  # its allocator's tables

    lines = [f"{file}({name})" for file, name in sorted(rows, key=place)]
    return [*lines[:-1], ". = ALIGN(4096);", lines[-1]] if lines else []


def strings(found: list[tuple[str, str]]) -> list[str]:
    """Return the patterns of merged constants, which have no file in the map: of all files."""
    return [f"{file}(.rodata.str* .rodata.cst*)" for file in dict.fromkeys(file for file, _ in found)]


def fill(template: str, found: list[tuple[str, str]]) -> str:
    """The linker script."""
    library = {*LIVE_MEMBER.findall(GATE.read_text()), "bcmp"}  # clang's word for a memcmp that only asks for equality
    live = [row for row in found if is_live(*row, library)]
    start = [row for row in found if not is_live(*row, library)]
    patterns = {
        "LIVE_RODATA": sections(live, ".rodata") + strings(found),
        "START_RODATA": sections(start, ".rodata"),
        "LIVE_TEXT": sections(live, ".text"),
        "START_TEXT": sections(start, ".text"),
        "OWN_BSS": zeroed(found),
    }
    for name, lines in patterns.items():
        if not lines:
            raise SystemExit(f"kubexit: the linker's map shows nothing for {name}: has its format changed?")
        template = template.replace(f"        {name}\n", "".join(f"        {line}\n" for line in lines))
    own = [*OWN_OBJECTS, *LIBRARIES]
    return re.sub(r" +OWN_FILES(\(.*\))\n", lambda m: "".join(f"        {file}{m[1]}\n" for file in own), template)


def main(map_file: str, template: str, out: str) -> None:
    """Write the script."""
    Path(out).write_text(fill(Path(template).read_text(), rows(Path(map_file).read_text())))


if __name__ == "__main__":
    main(*sys.argv[1:])
