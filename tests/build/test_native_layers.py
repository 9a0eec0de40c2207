"""Each folder of the native unit uses only the folders below it, and no files use each other in a circle.

One Cython unit has one namespace, so no compiler says so: the definitions and their uses are read from the sources.
"""

import re
from collections.abc import Iterator
from pathlib import Path

EXT = Path(__file__).parents[2] / "ext"
LAYERS = ("base", "settings", "graveyard", "options", "state", "children", "steps", "loop")
FUNCTION = re.compile(r"^cdef (?!extern|enum|class|packed).*?\b(\w+)\(", re.MULTILINE)
WORD = re.compile(r"\w+")


def layer(part: str) -> int:
    """How high a part is; the Python door is above all folders."""
    return len(LAYERS) if part == "bindings.pyx" else LAYERS.index(part.split("/")[0])


def code(part: Path) -> str:
    """A part without docstrings, strings and comments, in which a name is no use of it."""
    text = re.sub(r'"""[\s\S]*?"""', "", part.read_text())
    return re.sub(r'"(?:\\.|[^"\\\n])*"|#.*', "", text)


SOURCES = {str(part.relative_to(EXT)): code(part) for part in EXT.rglob("*.pyx") if part != EXT / "supervisor.pyx"}
DEFINED = {name: part for part, text in SOURCES.items() for name in FUNCTION.findall(text)}


def calls() -> Iterator[tuple[str, str, str]]:
    """(part, function, part that defines it) for each function that a part calls or names."""
    for part, text in SOURCES.items():
        for name in sorted(set(WORD.findall(text))):
            if DEFINED.get(name, part) != part:
                yield part, name, DEFINED[name]


def circle(graph: dict[str, set[str]]) -> list[str]:
    """Some circle in a graph, empty if there is none."""
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


def test_folders() -> None:
    """Every part is in a folder that has a place in the order of layers."""
    assert {part.split("/")[0] for part in SOURCES} == {*LAYERS, "bindings.pyx"}
    assert len(DEFINED) > 300


def test_calls_go_down() -> None:
    """No part calls a function of a folder above its own."""
    upward = [
        f"{part} calls {name} of {target.split('/')[0]}/"
        for part, name, target in calls()
        if layer(target) > layer(part)
    ]

    assert upward == []


def test_no_circle_of_files() -> None:
    """No part calls, through however many others, one that calls it: each can be read without those above it."""
    graph: dict[str, set[str]] = {part: set() for part in SOURCES}
    for part, _, target in calls():
        graph[part].add(target)

    assert circle(graph) == []


def test_only_the_loop_decides() -> None:
    """A step posts events; only the loop takes them out of the queue and asks the table."""
    deciders = sorted({part for part, name, _ in calls() if name in {"event_take", "events_dispatch", "decide"}})

    assert [part for part in deciders if not part.startswith("loop/") and part != "bindings.pyx"] == []
