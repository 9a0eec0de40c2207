"""What is asked of the tests themselves."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]


def asserts(node: ast.stmt) -> bool:
    """Whether a statement is an assertion: assert, raise, or an exception that is expected."""
    if isinstance(node, ast.With):
        return any("raises" in ast.unparse(item.context_expr) for item in node.items)
    return isinstance(node, ast.Assert | ast.Raise)


def always_asserts(body: list[ast.stmt]) -> bool:
    """Whether each way through the statements meets an assertion."""
    return any(
        asserts(node)
        or (isinstance(node, ast.If) and always_asserts(node.body) and always_asserts(node.orelse))
        or (isinstance(node, ast.With | ast.For | ast.While) and always_asserts(node.body))
        or (isinstance(node, ast.Try) and always_asserts([*node.body, *node.orelse, *node.finalbody]))
        for node in body
    )


def may_assert_nothing(test: ast.FunctionDef) -> bool:
    """Whether a test asserts in a branch, and has a way through that meets no assertion."""
    branches = (node for node in ast.walk(test) if isinstance(node, ast.If))
    conditional = any(isinstance(inner, ast.stmt) and asserts(inner) for node in branches for inner in ast.walk(node))
    return conditional and not always_asserts(test.body)


def is_statement(test: ast.FunctionDef) -> bool:
    """Whether the name of a test can say what is right: at least three words after `test_`."""
    return len([word for word in test.name.removeprefix("test_").split("_") if word]) >= 3


def names_of(fails: Callable[[ast.FunctionDef], bool]) -> list[str]:
    """Return file and name of each test that a check fails."""
    return [
        f"{path.relative_to(TESTS)}: {node.name}"
        for path in sorted(TESTS.rglob("test_*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and fails(node)
    ]


def test_each_test_says_its_rule() -> None:
    """The docstring of a test is the rule that it checks."""
    assert names_of(lambda test: not ast.get_docstring(test)) == []


def test_no_test_asserts_only_in_a_branch() -> None:
    """A parameter that no branch is for would be a test that cannot fail."""
    assert names_of(may_assert_nothing) == []


def skips(node: ast.AST) -> Iterator[str]:
    """Return the reasons of a call of skip, skipif or importorskip that are written in the call itself."""
    if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in {"skip", "skipif", "importorskip"}:
        named = [keyword.value for keyword in node.keywords if keyword.arg == "reason"]
        texts = named or (node.args[:1] if ast.unparse(node.func).endswith("pytest.skip") else [])
        yield from (ast.unparse(text) for text in texts if isinstance(text, ast.Constant | ast.JoinedStr))


def test_each_skip_says_what_is_not_tested() -> None:
    """pytest prints such reasons at the end of a run (tests/conftest.py), so that a test that did not run is seen."""
    found = [
        f"{path.relative_to(TESTS)}: {reason}"
        for path in sorted(TESTS.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        for reason in skips(node)
        if "NOT TESTED" not in reason
    ]

    assert found == []


def test_each_name_is_a_statement() -> None:
    """The name of a test says what is right, so a list of names reads as a specification: at least three words."""
    assert names_of(lambda test: not is_statement(test)) == []


def test_each_test_is_annotated() -> None:
    """All tests and their parameters have types, so that a reader sees what a fixture is."""
    assert (
        names_of(lambda test: test.returns is None or None in [argument.annotation for argument in test.args.args])
        == []
    )


def test_each_parameter_has_a_word() -> None:
    """The identifiers of parameters are words: `[gate-]` in a report says nothing."""
    empty = [
        f"{path.relative_to(TESTS)}:{node.value.lineno}"
        for path in sorted(TESTS.rglob("test_*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.keyword) and node.arg == "ids" and isinstance(node.value, ast.List)
        if any(isinstance(word, ast.Constant) and word.value == "" for word in node.value.elts)
    ]

    assert empty == []


@pytest.mark.parametrize(
    ("body", "doubtful"),
    [
        ("if x: assert a\n elif x is False: assert b", True),
        ("if x:\n  with pytest.raises(ValueError): f()", True),
        ("if x: assert a\n else: assert b", False),
        ("if x: a = 1\n assert a", False),
        ("check(x)", False),
    ],
)
def test_an_assertion_in_a_branch_is_found(body: str, doubtful: bool) -> None:
    """An `if` without an `else` that asserts, and nothing else, is reported; a helper that asserts is not."""
    (test,) = ast.parse(f"def test():\n {body}").body

    assert isinstance(test, ast.FunctionDef)
    assert may_assert_nothing(test) == doubtful


@pytest.mark.parametrize(
    ("name", "accepted"), [("test_no", False), ("test_no_wait", False), ("test_a_wait_ends", True)]
)
def test_a_short_name_is_found(name: str, accepted: bool) -> None:
    """One or two words after `test_` are too few."""
    (test,) = ast.parse(f"def {name}(): pass").body

    assert isinstance(test, ast.FunctionDef)
    assert is_statement(test) == accepted
