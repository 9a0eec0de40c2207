"""Which folder imports which: build/ knows nothing of the tests, the harness knows no test, and there is no circle."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
# What is on the path of the tests, most special first: the folder of a module is the longest of these, and a package.
PLACES = ("tests", "build/static", "build", "examples")
Graph = dict[str, dict[str, str]]


def homes() -> dict[str, str]:
    """The first word of each import of our code → the folder of that code."""
    found = {}
    for place in PLACES:
        for path in sorted((ROOT / place).iterdir()):
            if path.is_dir() and list(path.glob("*.py")):
                found[path.name] = f"{place}/{path.name}"
            elif path.suffix == ".py":
                found[path.stem] = place
    return {name: home for name, home in found.items() if name not in sys.stdlib_module_names and name != "__init__"}


def imported(path: Path) -> Iterator[str]:
    """The modules that a file imports by their whole names."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module


@cache
def graph() -> Graph:
    """Folder → the folders that it imports, each with one file that does so."""
    known = homes()
    edges: Graph = {}
    for place in PLACES:
        for path in sorted((ROOT / place).rglob("*.py")):
            folder = home(path)
            for name in imported(path):
                target = known.get(name.partition(".")[0], folder)
                if target != folder:
                    edges.setdefault(folder, {})[target] = f"{path.relative_to(ROOT)} imports {name}"
    return edges


def home(path: Path) -> str:
    """The folder that a file counts for: the first one below a place, or the place itself."""
    place = next(place for place in sorted(PLACES, key=len, reverse=True) if path.is_relative_to(ROOT / place))
    below = path.relative_to(ROOT / place).parts[:-1]
    return f"{place}/{below[0]}" if below else place


def reached(edges: Graph, start: str) -> set[str]:
    """All folders that a folder imports, directly or not."""
    found: set[str] = set()
    waiting = [*edges.get(start, {})]
    while waiting:
        folder = waiting.pop()
        if folder not in found:
            found.add(folder)
            waiting += edges.get(folder, {})
    return found


def test_build_imports_no_test() -> None:
    """What builds and checks does without the tests and their harness."""
    edges = graph()
    wrong = [why for folder in edges if folder.startswith("build") for why in below(edges[folder], "tests")]

    assert wrong == []


def test_harness_imports_no_test() -> None:
    """The harness is below everything that is written with it."""
    edges = graph()

    assert "tests/harness" in edges["tests/process"]
    assert list(edges.get("tests/harness", {}).values()) == []


def test_folders_import_in_no_circle() -> None:
    """No folder is reached from what it imports."""
    edges = graph()
    circles = [
        [why for target, why in edges[folder].items() if folder in reached(edges, target)]
        for folder in edges
        if folder in reached(edges, folder)
    ]

    assert {"tests/bench", "tests/harness"} <= reached(edges, "tests/latency")
    assert circles == []


def below(targets: dict[str, str], place: str) -> list[str]:
    """Why a folder imports something of a place."""
    return [why for target, why in targets.items() if target.startswith(place)]
