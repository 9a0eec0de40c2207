"""What is asked of the tests themselves."""

import ast
from pathlib import Path

TESTS = Path(__file__).parents[1]


def test_each_test_says_its_rule() -> None:
    """The docstring of a test is the rule that it checks."""
    silent = [
        f"{path.relative_to(TESTS)}: {node.name}"
        for path in sorted(TESTS.rglob("test_*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and not ast.get_docstring(node)
    ]

    assert silent == []
