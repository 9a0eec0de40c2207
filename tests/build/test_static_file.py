"""The static file as the linker and PyInstaller left it, read without running it."""

import marshal
import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import CodeType

import pytest
from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

ROOT = Path(__file__).parents[2]
MACHINES = {"amd64": "EM_X86_64", "arm64": "EM_AARCH64"}
SIZE_MOST = int(10.5 * 2**20)
OWN_RELOCATIONS_MOST = 100  # words of the packed list that is gone through at each start
DF_1_NOW, DF_1_PIE = 0x1, 0x08000000


@pytest.fixture(params=MACHINES, scope="module")
def arch(request: pytest.FixtureRequest) -> str:
    """Each architecture for which there is a file."""
    if not (ROOT / "dist" / f"kubexit-linux-{request.param}").exists():
        pytest.skip(f"NOT TESTED: no dist/kubexit-linux-{request.param} (make static ARCH={request.param})")
    return str(request.param)


@pytest.fixture(scope="module")
def path(arch: str) -> Path:
    """The file."""
    return ROOT / "dist" / f"kubexit-linux-{arch}"


@pytest.fixture
def elf(path: Path) -> Iterator[ELFFile]:
    """Its ELF."""
    with path.open("rb") as file:
        yield ELFFile(file)


@pytest.fixture
def symbols(arch: str) -> set[str]:
    """The names of everything in it, from the copy that is not stripped."""
    with (ROOT / ".build" / "static" / arch / "kubexit.debug").open("rb") as file:
        tables = [part for part in ELFFile(file).iter_sections() if isinstance(part, SymbolTableSection)]
        return {symbol.name for table in tables for symbol in table.iter_symbols()}


@pytest.fixture(scope="module")
def modules(path: Path) -> dict[str, CodeType]:
    """The modules in the archive of the file, by name."""
    data = path.read_bytes()
    start = data.rindex(b"PYZ\0")
    (toc,) = struct.unpack_from("!i", data, start + 8)
    entries = marshal.loads(data[start + toc :])
    return {
        name: marshal.loads(zlib.decompress(data[start + offset : start + offset + length]))
        for name, (_, offset, length) in entries
        if length
    }


def segments(elf: ELFFile, kind: str) -> list[ELFFile]:
    """The program headers of one kind."""
    return [segment for segment in elf.iter_segments() if segment["p_type"] == kind]


@pytest.mark.behaviour("starts-fast-and-small")
def test_the_file_is_at_most_10_mib(path: Path) -> None:
    """10.5 MiB at most: it is copied into every container."""
    assert path.stat().st_size <= SIZE_MOST


@pytest.mark.behaviour("one-file-for-all-images")
def test_the_file_needs_no_library(elf: ELFFile, arch: str) -> None:
    """For this machine, no loader named in it, and no library."""
    dynamic = elf.get_section_by_name(".dynamic")

    assert elf["e_machine"] == MACHINES[arch]
    assert segments(elf, "PT_INTERP") == []
    assert isinstance(dynamic, DynamicSection)
    assert list(dynamic.iter_tags("DT_NEEDED")) == []


def test_the_file_is_position_independent(elf: ELFFile) -> None:
    """A static PIE: the kernel loads it at a random address."""
    (flags,) = elf.get_section_by_name(".dynamic").iter_tags("DT_FLAGS_1")

    assert elf["e_type"] == "ET_DYN"
    assert flags["d_val"] & DF_1_PIE


def test_no_memory_is_writable_and_executable(elf: ELFFile) -> None:
    """No memory may be written and executed, the stack not executed, and what holds pointers alone can be sealed."""
    (stack,) = segments(elf, "PT_GNU_STACK")
    (relro,) = segments(elf, "PT_GNU_RELRO")
    (flags,) = elf.get_section_by_name(".dynamic").iter_tags("DT_FLAGS_1")

    assert stack["p_flags"] & 1 == 0
    assert [part for part in segments(elf, "PT_LOAD") if part["p_flags"] & 3 == 3] == []
    assert flags["d_val"] & DF_1_NOW
    for name in (".own.data.rel.ro", ".data.rel.ro", ".got"):
        section = elf.get_section_by_name(name)
        assert relro["p_vaddr"] <= section["sh_addr"]
        assert section["sh_addr"] + section["sh_size"] <= relro["p_vaddr"] + relro["p_memsz"]


def test_functions_with_buffers_check_their_stack(symbols: set[str]) -> None:
    """Functions with buffers check their stack."""
    assert "__stack_chk_fail" in symbols


def test_nothing_can_be_loaded(symbols: set[str]) -> None:
    """Neither the C library's way to load an object is in it, nor the interpreter's to load a module, nor our own."""
    assert "Py_InitializeFromConfig" in symbols
    assert "kubexit_run" in symbols
    assert symbols & {"dlopen", "dlsym", "_PyImport_LoadDynamicModuleWithSpec", "PyInit__supervisor"} == set()


def test_start_is_short(elf: ELFFile) -> None:
    """At start only the supervisor's pointers are put right, not the interpreter's, and no constructor runs.

    Fails when relocations.py does not divide the list: it is 30 times as long.
    """
    dynamic = {tag["d_tag"]: tag["d_val"] for tag in elf.get_section_by_name(".dynamic").iter_tags()}
    whole = elf.get_section_by_name(".relr.dyn")["sh_size"]

    assert 0 < dynamic["DT_RELRSZ"] // 8 <= OWN_RELOCATIONS_MOST
    assert whole > 10 * dynamic["DT_RELRSZ"]
    assert "DT_RELA" not in dynamic
    assert dynamic.get("DT_INIT_ARRAYSZ", 0) == 0


def test_the_library_has_a_real_vfork(arch: str) -> None:
    """The C library has a real vfork(2): parent and child share memory to report a failed exec.

    Where musl had none, a fork would take its place, and each command that cannot be executed be 127 without a word.
    """
    call = {"amd64": bytes.fromhex("b83a000000"), "arm64": bytes.fromhex("202288d2")}[arch]  # the number; the flags
    with (ROOT / ".build" / "static" / arch / "kubexit.debug").open("rb") as file:
        elf = ELFFile(file)
        (symbol,) = elf.get_section_by_name(".symtab").get_symbol_by_name("vfork")
        section = elf.get_section(symbol["st_shndx"])
        offset = symbol["st_value"] - section["sh_addr"]

        assert call in section.data()[offset : offset + 16]


def test_supervisor_is_apart(elf: ELFFile) -> None:
    """The supervisor's pages are separate segments, in front, and few."""
    sizes = [segment["p_memsz"] for segment in segments(elf, "PT_LOAD")]

    assert len(sizes) == 7
    # 204 KiB on amd64, and 263 KiB on arm64, whose linker pads to larger pages; the interpreter has 10 MiB.
    assert sum(sizes[:3]) < 288 * 1024


def test_archive_unpacks_nothing(path: Path) -> None:
    """Not one entry is of a kind that the boot loader would write to a disk, nor an option that it does not know."""
    data = path.read_bytes()
    magic, length, toc, toc_length = struct.unpack_from("!8sIII", data, len(data) - 88)
    entries = data[len(data) - length + toc :][:toc_length]
    kinds = set()
    while entries:
        (size,) = struct.unpack_from("!I", entries)
        kinds.add(chr(entries[17]))
        entries = entries[size:]

    assert magic == b"MEI\014\013\012\013\016"
    assert kinds == {"m", "s", "z", "o"}


def test_no_path_of_the_building_machine(path: Path, modules: dict[str, CodeType]) -> None:
    """Neither the tree nor a home folder is named in the file, compressed or not."""
    places = [str(ROOT).encode(), str(Path.home()).encode() + b"/", b"/.cache/", b"/ziglang/"]
    code = [*modules.values()]
    for one in code:
        code += [constant for constant in one.co_consts if isinstance(constant, CodeType)]

    assert [place for place in places if place in path.read_bytes()] == []
    assert {one.co_filename for one in code if one.co_filename.startswith(("/", "<"))} == set()


def test_modules_are_all_there(path: Path, modules: dict[str, CodeType]) -> None:
    """All of the waiter is in the interpreter, where the first look finds it; nothing that is forbidden is in it."""
    parts = {f"kubexit.waiter.{file.stem}" for file in (ROOT / "kubexit/waiter").glob("[a-z]*.py")}
    parts -= {"kubexit.waiter.public"}  # what `private` has without the standard library
    data = path.read_bytes()

    assert [name for name in parts | {"kubexit", "kubexit.waiter"} if f"{name}\0".encode() not in data] == []
    assert {name for name in modules if name.startswith("kubexit")} == set()
    assert "urllib3" in modules
    assert [
        name for name in modules if re.match(r"inotify|kubernetes\.client\.models\.|demo\b|kubexit\.cli", name)
    ] == []
