"""Lines at warn and error that users meet are the ones that docs/use/messages.md lists."""

import re
from pathlib import Path
from typing import Any

import pytest

import messages
from harness.kubexit import Kubexit

pytestmark = [pytest.mark.behaviour("messages-are-listed"), pytest.mark.every_form]

PAGE = (Path(__file__).parents[3] / "docs" / "use" / "messages.md").read_text()
LISTED = [messages.matching(row.replace("\\|", "|")) for row in re.findall(r"^\| `(.*)` \|$", PAGE, re.MULTILINE)]
LINE = re.compile(r"\S+ (?:warn|error) kubexit(?:\[.*?\])?: (.*)")


def unlisted(text: str) -> list[str]:
    """The messages at warn and error in a log that no row of the page matches."""
    found = LINE.findall(text)
    return [line for line in found if not any(row.search(line) for row in LISTED)]


@pytest.mark.parametrize(
    ("command", "settings"),
    [
        (["true"], {"GRACE_PERIOD": "30", "STOP_SIGNAL": "SIGNOT", "DEATH_POLICY": "most"}),
        (["true"], {"NAME": "a b"}),
        (["true"], {"BIRTH_DEPS": "db:reddy", "READY_TCP": "nowhere"}),
        (["true"], {"BRITH_DEPS": "db"}),
        (["true"], {"BIRTH_DEPS": "db", "BIRTH_SOURCE": "graveyard", "BIRTH_TIMEOUT": "10ms"}),
        (["true"], {"BIRTH_DEPS": "db:born", "BIRTH_TIMEOUT": "10ms", "BIRTH_ON_TIMEOUT": "start"}),
        (["true"], {"BIRTH_DEPS": "dead:born", "DEATH_DEPS": "dead"}),
        (["/no/such/command"], {}),
        ([], {}),
        (["true"], {"GRAVEYARD": "/dev/null"}),
        (["true"], {"QUIT_POST": "http://127.0.0.1:1/quit"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_each_line_is_listed(kubexit: Kubexit, command: list[str], settings: dict[str, Any]) -> None:
    """Each line about a frequent mistake is a row of the page."""
    kubexit.carve("dead", Died=True, ExitCode=1)
    others = {name: value for name, value in settings.items() if name != "NAME"}
    finished = kubexit.run(*command, name=settings.get("NAME", "main"), **others)

    assert LINE.findall(finished.stderr)
    assert unlisted(finished.stderr) == []


@pytest.mark.parametrize(
    "options",
    [
        ["--status", "--verbose"],
        ["--wait", "db:reddy"],
        ["--wait"],
        ["--install", "/proc/no"],
        ["--clear", "/dev/null"],
    ],
    ids=" ".join,
)
def test_each_line_of_an_option_is_listed(kubexit: Kubexit, options: list[str]) -> None:
    """Each line about a wrong option is a row of the page."""
    kubexit.graveyard.mkdir()
    finished = kubexit.run(options=options, name=None)

    assert LINE.findall(finished.stderr)
    assert unlisted(finished.stderr) == []


def test_other_lines_are_not_listed() -> None:
    """A line that kubexit does not write is found: the patterns do not match everything."""
    lines = [
        "2026-01-01T00:00:00Z warn kubexit[main]: the moon is full",
        "2026-01-01T00:00:00Z error kubexit: odd: day",
    ]

    assert unlisted("\n".join(lines)) == ["the moon is full", "odd: day"]
