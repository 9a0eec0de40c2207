"""The plan grammar of kubectl-kubexit and that of the native unit are one: held together by random texts."""

import os
import re
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kubectl_kubexit.plan.text import parse, write

EXAMPLES = int(os.environ.get("HYPOTHESIS_EXAMPLES", "400"))
PLACE = re.compile(r"KUBEXIT_PLAN line (\d+), column (\d+): (.*) \[.*\]", re.DOTALL)
WORDS = st.sampled_from(
    [
        *(
            "report",
            "proxy",
            "db",
            "a.alive",
            ".a",
            "a/b",
            "ä",
            ":",
            ":",
            ": ",
            "\n",
            "\n",
            "\r\n",
            " ",
            "\t",
            "#",
            " # x",
        ),
        *(
            "BIRTH_DEPS=db",
            "SIDECAR_OF=report",
            'READY_EXEC="pg_isready -q"',
            "READY_TCP=5432",
            "TERM_AFTER=",
            "GRACE_PERIOD",
        ),
        *(
            'STOP_DELAY="1s"x',
            'STOP_DELAY="',
            'STOP_DELAY=1"s"',
            'STOP_DELAY=""',
            "NAME=x",
            "KUBEXIT_MESH=istio",
            "=x",
            "X=1",
        ),
        *(
            "kubexit_mesh=istio",
            "KUBEXIT_=",
            "BRITH_DEPS=db",
            "birth_deps=db",
            "PLAN=x",
            "GRAVEYARD=/g",
            "LOG_LEVEL=debug",
        ),
        *('"', "=", "ä=1", "\u00a0", "\x0b", "\x01", "x" * 241),
    ]
)
PLANS = st.lists(WORDS, max_size=14).map("".join)


def same(supervisor: ModuleType, text: str) -> None:
    """Fail if the two readers do not agree about a plan."""
    ours, theirs = parse(text), supervisor.plan_read(text.encode(), check=False)
    lines = [{"name": line.name.encode(), "settings": line.settings} for line in ours.lines.values()]
    shown = [
        {"name": line["name"], "settings": {key: value.decode() for key, value in line["settings"].items()}}
        for line in theirs["lines"]
    ]
    places = [match.groups() for problem in theirs["problems"] if (match := PLACE.fullmatch(problem))]

    assert lines == shown
    assert len(ours.problems) == len(theirs["problems"])
    located = [problem for problem in ours.problems if not problem.reason.startswith(("too long", "is empty"))]
    assert [(problem.line, problem.column) for problem in located] == [(int(a), int(b)) for a, b, _ in places]
    # What is wrong is the same; which name was probably meant is a guess.
    assert [problem.reason.partition("; ")[0][:60] for problem in located] == [
        what.partition("; ")[0][:60] for _, _, what in places
    ]


@pytest.mark.behaviour("authoring-grammar")
@settings(max_examples=EXAMPLES, deadline=None)
@given(text=PLANS)
def test_a_plan_is_read_the_same_twice(supervisor: ModuleType, text: str) -> None:
    """Both readers find the same lines, the same settings, and the same problems at the same places."""
    same(supervisor, text)


@pytest.mark.behaviour("authoring-grammar")
@pytest.mark.parametrize(
    "text",
    [
        *('a: STOP_DELAY="1s"x', 'a: STOP_DELAY="1s"#'),
        *("", "\n", "# only\n", "a:", "a:\nb:", "a:\n a:\n", "a\n", ": X=1", " a : LIVENESS=false  # why\n", "a: X"),
        *(
            'a: READY_EXEC="x y" READY_PERIOD=1s',
            'a: READY_EXEC="x y"READY_PERIOD=1s',
            'a: READY_EXEC="x',
            "a: READY_TCP==1",
        ),
        *("a: READY_TCP=1 READY_TCP=2", "a: NAME=x DISABLED=true", "ä: MESH=istio", "a:MESH=istio", "a: ÄÖ=1 X=2\n b"),
        *("\n".join(f"c{number}:" for number in range(130)), "a: " + "x" * 40000, "a: LOG_LEVEL=debug\r\nb:\r\n"),
    ],
)
def test_a_corner_is_read_the_same_twice(supervisor: ModuleType, text: str) -> None:
    """Comments, quotes, repeats, limits and places of problems are the same for both readers."""
    same(supervisor, text)


@pytest.mark.behaviour("authoring-grammar")
@settings(max_examples=EXAMPLES, deadline=None)
@given(
    lines=st.dictionaries(
        st.sampled_from(["report", "proxy", "db-1"]),
        st.dictionaries(
            st.sampled_from(["READY_EXEC", "BIRTH_DEPS", "STOP_DELAY"]),
            st.text(st.sampled_from("ab :#=,.\t"), min_size=1),
        ),
        min_size=1,
    )
)
def test_what_is_written_is_read_again(lines: dict[str, dict[str, str]]) -> None:
    """A plan that is written has the same lines and settings when it is read."""
    plan = parse(write(lines, "a comment"))

    assert plan.problems == []
    assert {line.name: line.settings for line in plan.lines.values()} == lines
