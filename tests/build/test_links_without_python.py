"""The supervisor is code that runs before, and without, an interpreter: the gate program is the proof."""

import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

ROOT = Path(__file__).parents[2]
GATE = ROOT / ".build" / "gate" / "kubexit"


@pytest.fixture
def unstripped() -> Iterator[ELFFile]:
    """The gate program as the linker left it."""
    with GATE.with_suffix(".debug").open("rb") as file:
        yield ELFFile(file)


def symbols(elf: ELFFile) -> set[str]:
    """The names of everything in the program."""
    return {
        symbol.name
        for section in elf.iter_sections()
        if isinstance(section, SymbolTableSection)
        for symbol in section.iter_symbols()
    }


def test_no_python_symbol_is_left(unstripped: ELFFile) -> None:
    """Nothing that kubexit_run can reach refers to libpython.

    Fails when any native function calls a Python one: the linker then either refuses or keeps the name.
    """
    names = symbols(unstripped)

    assert "kubexit_run" in names
    assert not {name for name in names if re.match(r"_?Py[A-Z_]|PyInit_", name)}


def test_needs_no_loader_and_no_library(unstripped: ELFFile) -> None:
    """The file is static: no interpreter to load it, nothing to be loaded with it."""
    kinds = {segment["p_type"] for segment in unstripped.iter_segments()}

    assert "PT_LOAD" in kinds
    assert "PT_INTERP" not in kinds
    assert "PT_DYNAMIC" not in kinds


def test_stack_is_not_executable(unstripped: ELFFile) -> None:
    """No object file asked for an executable stack."""
    flags = [segment["p_flags"] for segment in unstripped.iter_segments() if segment["p_type"] == "PT_GNU_STACK"]

    assert flags == [6]


def test_no_segment_is_writable_and_executable(unstripped: ELFFile) -> None:
    """What can be written cannot be run."""
    assert not [segment for segment in unstripped.iter_segments() if segment["p_flags"] & 3 == 3]


def test_version_is_that_of_the_project() -> None:
    """The native unit prints the version that pyproject.toml names."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]

    printed = subprocess.run([GATE, "--version"], check=True, capture_output=True, text=True, env={}).stdout

    assert printed.split() == ["kubexit", version]
