"""layout.py MAP TEMPLATE OUT — write the linker script: TEMPLATE (layout.ld) with the supervisor's sections.

Which of the C library's functions the supervisor needs is known from linking it alone: MAP is the linker's map of that.
For code, constants and zeroed memory a section in the wrong place costs a page. For data that holds pointers, where it
would cost a crash, there is no list: all of the C library's belongs to the supervisor's part.
"""

import re
import sys
from pathlib import Path

ROW = re.compile(r"\s*(?:[0-9a-f]+\s+){2}([0-9a-f]+)\s+\d+\s{9}(\S.*):\((\.[\w.$-]+)\)$")
LIBRARIES = ("*libc.a:*", "*libzigc.a:*", "*libcompiler_rt.a:*")
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


def strings(found: list[tuple[str, str]]) -> list[str]:
    """Return the patterns of merged constants, which have no file in the map: of all files."""
    return [f"{file}(.rodata.str* .rodata.cst*)" for file in dict.fromkeys(file for file, _ in found)]


def fill(template: str, found: list[tuple[str, str]]) -> str:
    """The linker script."""
    patterns = {
        "OWN_RODATA": sections(found, ".rodata") + strings(found),
        "OWN_TEXT": sections(found, ".text"),
        "OWN_BSS": sections(found, ".bss"),
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
