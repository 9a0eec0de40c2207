"""Which test covers which statement of docs/develop/behaviours.md.

A statement is a line "12. `slug`: text" there, perhaps with continuation lines. One that belongs to a capability that
kubexit does not have yet ends in `*(not yet: reason)*`. A test names what it covers by
`@pytest.mark.behaviour("slug", "other-slug")`; the marks are gathered by collecting the tests, not by reading their
source.
"""

import contextlib
import io
import re
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "develop" / "behaviours.md"
STATEMENT = re.compile(r"^(\d+)\. (?:`([a-z0-9-]+)`: )?")
NOT_YET = re.compile(r"\*\(not yet: (.*)\)\*$")


class BehaviourError(Exception):
    """What is wrong with statements or marks, one problem a line."""


@dataclass
class Marks:
    """A pytest plugin that keeps the behaviour marks of what was collected: slug → file → test names."""

    tests: dict[str, dict[str, list[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Look at each test once, with any number of forms and parameters."""
        for item in session.items:
            path = str(item.path.relative_to(ROOT))
            name = item.nodeid.partition("::")[2].partition("[")[0].replace("::", ".")
            for mark in item.iter_markers("behaviour"):
                for slug in mark.args:
                    names = self.tests[slug][path]
                    if name not in names:
                        names.append(name)


def collect() -> dict[str, dict[str, list[str]]]:
    """The marks of all tests, the long ones and tests/build too. By itself pytest looks into no folder named build."""
    marks = Marks()
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        code = pytest.main(["--collect-only", "-qq", "-o", "norecursedirs=.*", str(ROOT / "tests")], plugins=[marks])
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        raise BehaviourError(f"the tests cannot be collected:\n{output.getvalue()}")
    return marks.tests


def statements(page: str) -> dict[str, str | None]:
    """Slug → None, or the reason why that statement does not apply yet."""
    found: dict[str, str] = {}
    numbers: list[str] = []
    slug = None
    for line in page.splitlines():
        if match := STATEMENT.match(line):
            number, slug = match.groups()
            if slug is None:
                raise BehaviourError(f"docs/develop/behaviours.md: statement {number} has no `slug`:")
            if slug in found or number in numbers:
                raise BehaviourError(f"docs/develop/behaviours.md: statement {number}, {slug}, is there twice")
            numbers.append(number)
            found[slug] = line.strip()
        elif not line.strip():
            slug = None
        elif slug is not None:
            found[slug] += " " + line.strip()
    return {slug: reason[1] if (reason := NOT_YET.search(text)) else None for slug, text in found.items()}


def problems(known: dict[str, str | None], tests: dict[str, dict[str, list[str]]]) -> list[str]:
    """What a newcomer could not rely on: marks without a statement, statements without a test."""
    strays = [
        f"{', '.join(tests[slug])}: behaviour {slug!r} is not in docs/develop/behaviours.md"
        for slug in tests
        if slug not in known
    ]
    bare = [slug for slug, reason in known.items() if reason is None and slug not in tests]
    if bare:
        strays.append(f"docs/develop/behaviours.md: no test is marked for {', '.join(bare)}")
    tested = [slug for slug, reason in known.items() if reason is not None and slug in tests]
    if tested:
        strays.append(f'docs/develop/behaviours.md: "not yet", but tested: {", ".join(tested)}')
    return strays


def table(known: dict[str, str | None], tests: dict[str, dict[str, list[str]]]) -> str:
    """The Markdown table."""
    lines = ["| statement | covered by |", "|---|---|"]
    for slug, reason in known.items():
        covered = [f"`{path}`: {', '.join(names)}" for path, names in sorted(tests.get(slug, {}).items())]
        if reason is not None:
            covered.append(f"*not yet: {reason}*")
        lines.append(f"| {slug} | {'<br>'.join(covered) or '**nothing**'} |")
    return "\n".join(lines)


def main() -> int:
    """Print what is wrong with the statements and the marks of all tests; exit code 1 if there is anything."""
    wrong = problems(statements(PAGE.read_text()), collect())
    print("\n".join(wrong), end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BehaviourError as error:
        sys.exit(str(error))
