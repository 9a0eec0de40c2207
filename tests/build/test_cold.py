"""Code that is not used while a command runs is kept apart from the event loop's."""

import re
import subprocess
from pathlib import Path

import pytest

import cold

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / ".build/native/supervisor.c"
GATE = ROOT / ".build/gate/kubexit.debug"
USED_WHILE_WAITING = (
    "event_post",
    "events_dispatch",
    "tombstone_write",
    "peer_look",
    "quit_is_wanted",
    "birth_is_ready",
)
DECLARATION = r"_supervisor_(\w+)\(.*\) __attribute__\(\((.*)\)\); /\*proto\*/"


def test_each_function_of_these_files_is_marked() -> None:
    """Each declaration of a function of a list has its attribute, and no other one has one."""
    assert dict(re.findall(DECLARATION, SOURCE.read_text())) == cold.attributes(ROOT / "ext")


def test_no_function_of_a_wait_is_marked() -> None:
    """What each wait, or each end of a command, calls stays with the rest."""
    declared = set(re.findall(r"_supervisor_(\w+)\(.*\); /\*proto\*/", SOURCE.read_text()))

    assert set(USED_WHILE_WAITING) <= declared
    assert cold.attributes(ROOT / "ext").keys() & set(USED_WHILE_WAITING) == set()


def addresses() -> dict[str, int]:
    """Return where the gate form has each of its functions, marks included."""
    table = subprocess.run(["nm", GATE], check=True, capture_output=True, text=True).stdout
    rows = re.findall(r"^(\w+) \w (?:\w+_supervisor_)?(\S+)$", table, re.MULTILINE)
    return {name.partition(".")[0]: int(start, 16) for start, name in rows}


@pytest.mark.parametrize("name", ["status_run", "plan_parse", "settings_collect", "claim_name", "command_spawn"])
def test_marked_functions_are_let_go(name: str) -> None:
    """Commands that look, the reader of plans and the start are between the marks; the event loop is not."""
    if "musl" not in (GATE.parent / "how").read_text():
        pytest.skip("NOT TESTED: where functions are; the gate is linked with glibc here, without a linker script")
    at = addresses()

    assert at["start_code_begin"] <= at[name] < at["start_code_end"]
    assert not at["start_code_begin"] <= at["events_dispatch"] < at["start_code_end"]
    assert at["start_code_begin"] % 4096 == 0


def test_a_text_of_the_event_loop_stays() -> None:
    """A text that Cython names is marked if only marked functions use it."""
    source = (
        'static const char __pyx_k_a[] = "a";\nstatic const char __pyx_k_b[] = "b";\n'
        "  static void __pyx_f_7kubexit_11_supervisor_start_it(int x) {\n    log(__pyx_k_a); log(__pyx_k_b);\n  }\n"
        "static int __pyx_f_7kubexit_11_supervisor_end_it(int x) {\n    log(__pyx_k_b);\n}\n"
    )

    marked = cold.mark_texts(source, {"start_it"})

    assert 'static const char __pyx_k_a[] __attribute__((section(".rodata.start.__pyx_k_a"))) = "a";' in marked
    assert 'static const char __pyx_k_b[] = "b";' in marked


def test_a_pattern_without_a_file_is_refused(tmp_path: Path) -> None:
    """A file that was renamed is reported, not forgotten."""
    with pytest.raises(ValueError, match="no file ext/"):
        cold.attributes(tmp_path)


def test_a_name_that_a_file_lacks_is_refused(tmp_path: Path) -> None:
    """A function that was renamed or moved is reported, not forgotten."""
    (tmp_path / "one.pyx").write_text("cdef void start_it() noexcept nogil:\n    pass\n")

    assert cold.functions(tmp_path, ("one.pyx:start_it",)) == {"start_it"}
    with pytest.raises(ValueError, match=r"one\.pyx: begin_it"):
        cold.functions(tmp_path, ("one.pyx:begin_it",))


def test_a_function_without_a_declaration_is_refused() -> None:
    """A change of Cython's output is reported, not ignored."""
    with pytest.raises(ValueError, match="not declared in the C source: help_write"):
        cold.mark("static void other(void); /*proto*/\n", {"help_write": "cold"})


def test_a_function_without_a_caller_is_missing() -> None:
    """A function of the lists that is not declared is an error; in a mutant, which may have lost a call, not."""
    with pytest.raises(ValueError, match="not declared in the C source: lost"):
        cold.mark("int x;", {"lost": "cold"})

    assert cold.mark("int x;", {"lost": "cold"}, complete=False) == "int x;"
