"""Log lines: to stderr, with time and level, one a line; never the command's arguments."""

import json
import re

import pytest

from harness.kubexit import Kubexit

pytestmark = pytest.mark.every_form

TEXT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z (debug|info|warn|error) kubexit\[main\]: \S.*")


@pytest.mark.behaviour("log-lines")
def test_a_text_line_has_four_parts(kubexit: Kubexit, actor: str) -> None:
    """A line has time, level, name and message."""
    finished = kubexit.run(actor, "exit", "3", LOG_LEVEL="debug", DEATH_DEPS="db")

    lines = finished.stderr.splitlines()
    assert lines
    assert [line for line in lines if not TEXT.fullmatch(line)] == []


@pytest.mark.behaviour("log-lines")
def test_a_json_line_has_the_same_parts(kubexit: Kubexit, actor: str) -> None:
    """As JSON each line is an object with the same four, with any arguments of the command."""
    finished = kubexit.run(actor, "dump-args", b'caf\xe9 "\\\n\x01', LOG_LEVEL="debug", LOG_FORMAT="json")

    objects = [json.loads(line) for line in finished.stderr.splitlines()]
    assert objects
    assert {tuple(line) for line in objects} == {("time", "level", "name", "message")}
    assert {line["name"] for line in objects} == {"main"}


@pytest.mark.behaviour("log-lines")
@pytest.mark.parametrize("level", ["info", "warn", "error"])
def test_arguments_are_not_logged(kubexit: Kubexit, actor: str, level: str) -> None:
    """Arguments may hold secrets: above debug they are not logged, neither when all is well nor when it is not."""
    ended = kubexit.run(actor, "exit", "0", "hunter2", LOG_LEVEL=level)
    missing = kubexit.run("/no/such/command", "hunter2", LOG_LEVEL=level)

    assert "hunter2" not in ended.stderr + missing.stderr


@pytest.mark.behaviour("log-lines")
def test_with_off_one_line_is_left(kubexit: Kubexit) -> None:
    """With `off` only the line is left that says why the command was not started."""
    ended = kubexit.run("sh", "-c", "exit 3", LOG_LEVEL="off", BIRTH_DEPS="db:born", BIRTH_TIMEOUT="0",
                        BIRTH_ON_TIMEOUT="start", POLL_INTERVAL="1ms")  # fmt: skip
    missing = kubexit.run("/no/such/command", LOG_LEVEL="off")
    waited = kubexit.run("true", LOG_LEVEL="off", BIRTH_DEPS="db:born", BIRTH_TIMEOUT="0")

    assert (ended.code, ended.stderr) == (3, "")
    assert (missing.code, len(missing.stderr.splitlines())) == (127, 1)
    assert " error kubexit[main]: cannot execute /no/such/command" in missing.stderr
    assert (waited.code, len(waited.stderr.splitlines())) == (69, 1)
    assert "the command will not start" in waited.stderr


@pytest.mark.behaviour("log-lines")
def test_a_text_line_commands_no_terminal(kubexit: Kubexit) -> None:
    """A line is UTF-8 without control characters, for any words, also where they are cut."""
    finished = kubexit.run("true", GRACE_PERIOD=b"\xc2\x9b31m\x1b\xff" + b"x" * 112 + "é".encode())

    assert finished.code == 2
    assert "KUBEXIT_GRACE_PERIOD=?31m??" in finished.stderr
    assert "x?: not a duration" in finished.stderr
