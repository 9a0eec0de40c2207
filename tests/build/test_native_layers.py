"""Each folder of the native unit uses only the folders below it, and no files use each other in a circle.

One Cython unit has one namespace, so no compiler says so: the definitions and their uses are read from the sources.
"""

import re
from collections.abc import Iterator
from pathlib import Path

EXT = Path(__file__).parents[2] / "ext"
LAYERS = ("base", "settings", "graveyard", "options", "state", "children", "steps", "loop", "bindings")
FUNCTION = re.compile(r"^cdef (?!extern|enum|class|packed).*?\b(\w+)\(", re.MULTILINE)
TYPE = re.compile(r"^(?:ctypedef|    ctypedef) struct (\w+)", re.MULTILINE)
BLOCK = re.compile(r"^cdef (?:enum|extern)\b.*:\n((?:[ ]+.*\n|\n)+)", re.MULTILINE)
CONSTANT = re.compile(r"^ {4,8}(?:const \w+ \*?)?([A-Z][A-Z0-9_]+)\b|, ([A-Z][A-Z0-9_]+)\b", re.MULTILINE)
WORD = re.compile(r"\w+")


def layer(part: str) -> int:
    """How high a part is; the Python door is above all folders."""
    return len(LAYERS) if part == "bindings.pyx" else LAYERS.index(part.split("/")[0])


def code(part: Path) -> str:
    """A part without docstrings, strings and comments, in which a name is no use of it."""
    text = re.sub(r'"""[\s\S]*?"""', "", part.read_text())
    return re.sub(r'"(?:\\.|[^"\\\n])*"|#.*', "", text)


SOURCES = {str(part.relative_to(EXT)): code(part) for part in EXT.rglob("*.pyx") if part != EXT / "supervisor.pyx"}
FUNCTIONS = {name: part for part, text in SOURCES.items() for name in FUNCTION.findall(text)}
TYPES = {name: part for part, text in SOURCES.items() for name in TYPE.findall(text)}
CONSTANTS = {
    name: part
    for part, text in SOURCES.items()
    for block in BLOCK.findall(text)
    for names in CONSTANT.findall(block)
    for name in names
    if name
}


def uses(defined: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    """(part, name, part that defines it) for each name that a part takes from another."""
    for part, text in SOURCES.items():
        for name in sorted(set(WORD.findall(text))):
            if defined.get(name, part) != part:
                yield part, name, defined[name]


def upward(verb: str, defined: dict[str, str]) -> list[str]:
    """The uses that go to a folder above, one sentence each."""
    found = ((part, name, target) for part, name, target in uses(defined) if layer(target) > layer(part))
    return [f"{part} {verb} {name} of {target.split('/')[0]}/" for part, name, target in found]


def circle(graph: dict[str, set[str]]) -> list[str]:
    """Return a circle in a graph, empty without a circle."""
    left = {part: set(targets) for part, targets in graph.items()}
    while free := [part for part, targets in left.items() if not targets & left.keys()]:
        for part in free:
            del left[part]
    path: list[str] = []
    part = next(iter(left), None)
    while part is not None:
        if part in path:
            return [*path[path.index(part) :], part]
        path.append(part)
        part = min(left[part] & left.keys())
    return []


def test_every_part_is_in_a_layer() -> None:
    """Every part is in a folder that has a place in the order of layers, and the definitions are found."""
    assert {part.split("/")[0] for part in SOURCES} == {*LAYERS, "bindings.pyx"}
    assert FUNCTIONS["events_dispatch"] == "loop/actions.pyx"
    assert TYPES["supervisor_t"] == "state/state.pyx"
    assert CONSTANTS["PHASE_END"] == "state/transition.pyx"
    assert CONSTANTS["MAX_POLL"] == "steps/observe.pyx"
    assert len(FUNCTIONS) > 300


def test_calls_go_down() -> None:
    """No part calls a function of a folder above its own."""
    assert upward("calls", FUNCTIONS) == []


def test_names_come_from_below() -> None:
    """No part needs a constant of a folder above its own; of the types, only the struct that all steps share."""
    shared = {name: part for name, part in TYPES.items() if name != "supervisor_t"}

    assert upward("uses", {**CONSTANTS, **shared}) == []


def test_no_circle_of_files() -> None:
    """No part calls, through any number of others, one that calls it: each can be read without those above it."""
    graph: dict[str, set[str]] = {part: set() for part in SOURCES}
    for part, _, target in uses(FUNCTIONS):
        graph[part].add(target)

    assert circle(graph) == []


def test_only_the_loop_decides() -> None:
    """A step posts events; only the loop takes them out of the queue and asks the table."""
    deciders = {"event_take", "events_dispatch", "transition_decide", "transition_exists", "transition_is_end"}
    parts = {part for part, name, _ in uses(FUNCTIONS) if name in deciders}

    assert sorted(part for part in parts if not part.startswith(("loop/", "bindings"))) == []


def test_only_the_table_knows_phases() -> None:
    """No part outside of state/ names a phase: what happens in which phase is a row of the table."""
    phase = re.compile(r"\bPHASE_(?!NAMES|MEANINGS|COUNT)\w+")

    named = {part: phase.findall(text) for part, text in SOURCES.items() if phase.search(text)}

    assert {part: names for part, names in named.items() if not part.startswith("state/")} == {}
