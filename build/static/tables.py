"""tables.py BOOTLOADER MODULES OUT — write OUT/linked.c: what the boot loader and the interpreter find in the file.

Two tables (ext/static/linked.h). The boot loader looks the interpreter's functions up by name in a shared object that
does not exist here: BOOTLOADER, its source, lists them. And the interpreter needs some modules before anything
could open an archive: the modules in the folder MODULES, as marshalled code, reach it by PyImport_FrozenModules.
"""

import re
import sys
from pathlib import Path

# Python 3.14's way to configure an interpreter. The boot loader takes the older one when it does not find the first.
NEWER = re.compile(r"PyInitConfig_|Py_InitializeFromInitConfig")

TOP = """\
/* Made by build/static/tables.py. */
#include <Python.h>
#include <marshal.h>

#include "linked.h"

const linked_function_t linked_functions[] = {
"""


def functions(bootloader: Path) -> list[str]:
    """The names that the boot loader asks for."""
    source = (bootloader / "pyi_dylib_python.c").read_text()
    names = re.findall(r"^\s*_IMPORT_FUNCTION\((\w+)\)", source, re.MULTILINE)
    if not names:
        raise SystemExit("kubexit: PyInstaller's boot loader looks up its functions in another way now")
    return [name for name in names if not NEWER.match(name)]


def modules(folder: Path) -> list[tuple[str, Path, bool]]:
    """Name, file and whether it is a package, sorted; a package's file is called __init__."""
    found = []
    for file in sorted(folder.iterdir()):
        name = file.name.removesuffix(".__init__")
        found.append((name, file, name != file.name))
    return found


def write(bootloader: Path, folder: Path) -> str:
    """The text of linked.c."""
    lines = [TOP.rstrip("\n")]
    lines += [f'    {{"{name}", (void *){name}}},' for name in functions(bootloader)]
    lines += ["    {NULL, NULL},", "};", ""]
    rows = []
    for number, (name, file, is_package) in enumerate(modules(folder)):
        lines += [f"static const unsigned char module_{number}[] = {{", f'#embed "{file.resolve()}"', "};"]
        rows.append(f'    {{"{name}", module_{number}, sizeof module_{number}, {int(is_package)}, NULL}},')
    lines += ["", "static const struct _frozen modules[] = {", *rows, "    {NULL, NULL, 0, 0, NULL},", "};", ""]
    lines += ["void linked_modules_offer(void)", "{", "    PyImport_FrozenModules = modules;"]
    lines += ['    PyImport_AppendInittab("_pages", pages_module);', "}"]
    return "\n".join(lines) + "\n"


def main(bootloader: str, folder: str, out: str) -> None:
    """Write the file."""
    Path(out, "linked.c").write_text(write(Path(bootloader), Path(folder)))


if __name__ == "__main__":
    main(*sys.argv[1:])
