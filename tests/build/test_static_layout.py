"""The parts of the static file: the supervisor and the interpreter."""

from pathlib import Path

import pytest

import relocations
from layout import fill, rows
from tables import functions

MAP = """\
             VMA              LMA     Size Align Out     In      Symbol
             810              810     51a0    16 .rodata
             810              810      1b0    16         <internal>:(.rodata.cst16)
             9c0              9c0       80     4         .build/objects/supervisor.o:(.rodata.kubexit_run)
            7000             7000    12d1f    16 .text
            7000             7000       20    16         /cache/o/085f/rcrt1.o:(.text)
            7000             7000        0     1                 _start
            7020             7020       30    16         /cache/o/ff1f/libc.a(/cache/o/e193/getcwd.o):(.text.getcwd)
            7050             7050        0     1         /cache/o/ff1f/libc.a(/cache/o/e193/getcwd.o):(.text.nothing)
            7080             7080       20    16         .build/objects/supervisor.o:(.text.start.claim_name)
            70a0             70a0       20    16         /cache/libzigc.a(/zigc_zcu.o):(.text.c.unistd.unlinkatLinux)
            a000             a000       20    16         .build/objects/supervisor.o:(.rodata.start.text)
           1c000            1c000        8     8         .build/objects/main.o:(.bss.word)
"""
TEMPLATE = """\
    .own.rodata : {
        LIVE_RODATA
    }
    .own.rodata.start : {
        START_RODATA
    }
    .own.text : {
        LIVE_TEXT
    }
    .own.text.start : {
        START_TEXT
    }
    .own.data : {
        OWN_FILES(.data .data.*)
    }
    .bss : {
        OWN_BSS
    }
"""


def test_map_is_read() -> None:
    """Each section with a size has the last part of its file's name; symbols and merged strings are not sections."""
    assert rows(MAP) == [
        ("*supervisor.o", ".rodata.kubexit_run"),
        ("*rcrt1.o", ".text"),
        ("*getcwd.o", ".text.getcwd"),
        ("*supervisor.o", ".text.start.claim_name"),
        ("*zigc_zcu.o", ".text.c.unistd.unlinkatLinux"),
        ("*supervisor.o", ".rodata.start.text"),
        ("*main.o", ".bss.word"),
    ]


def test_template_is_filled() -> None:
    """Code, constants and zeroed memory section by section; data that hold pointers by file, the whole C library."""
    script = fill(TEMPLATE, rows(MAP))

    assert "*getcwd.o(.text.getcwd)" in script
    assert "*supervisor.o(.rodata.str* .rodata.cst*)" in script
    assert "*libc.a:*(.data .data.*)" in script
    assert not any(word in script for word in ("OWN_", "LIVE_", "START_"))


def test_what_only_the_start_uses_is_apart() -> None:
    """The start's code, and what only it calls of the C library, is not among what a waiting supervisor uses."""
    script = fill(TEMPLATE, rows(MAP))
    live, _, start = script.partition(".own.text.start")

    assert "*zigc_zcu.o(.text.c.unistd.unlinkatLinux)" in live
    assert "*supervisor.o(.text.start.claim_name)" in start
    assert "*getcwd.o(.text.getcwd)" in start
    assert live.index(".own.rodata.start") < live.index("*supervisor.o(.rodata.start.text)")


def test_map_that_is_not_understood() -> None:
    """A map in another format ends the build: an empty list would only make the file slow."""
    with pytest.raises(SystemExit, match="format"):
        fill(TEMPLATE, rows(MAP.replace("(.text", "[.text")))


@pytest.mark.parametrize(
    ("entries", "own"),
    [
        ([0x1000, 0x2000], [0x1000]),
        ([0x1000, 0b1011, 0x2000, 0b11], [0x1000, 0b1011]),
        ([0x1000, (1 << 63) | 1, 0b11, 0x3000], [0x1000, (1 << 63) | 1, 0b11]),
    ],
)
def test_list_is_divided(entries: list[int], own: list[int]) -> None:
    """The beginning of a packed list: addresses below the limit, and the bitmaps that follow them."""
    assert relocations.beginning(entries, 0x2000) == own


def test_bitmap_over_the_limit() -> None:
    """A bitmap that is for both sides cannot be divided: the build ends."""
    with pytest.raises(SystemExit, match="at once"):
        relocations.beginning([0x1FF0, 0b101], 0x2000)


def test_functions_of_the_boot_loader(tmp_path: Path) -> None:
    """The names that it looks up, without the names of a later Python; another way to look up stops the build."""
    source = tmp_path / "pyi_dylib_python.c"
    source.write_text(
        "    #define _IMPORT_FUNCTION(name) \\\n    _IMPORT_FUNCTION(Py_DecRef)\n"
        "        _IMPORT_FUNCTION(PyInitConfig_Free)\n    _IMPORT_FUNCTION(PyErr_Clear) /* a */\n"
    )

    assert functions(tmp_path) == ["Py_DecRef", "PyErr_Clear"]

    source.write_text("")
    with pytest.raises(SystemExit):
        functions(tmp_path)
