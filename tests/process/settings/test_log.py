"""KUBEXIT_LOG_LEVEL and KUBEXIT_LOG_FORMAT select the lines and their form."""

import json
import os
import re
import signal

import pytest

from harness.containers import running
from harness.kubexit import Kubexit

pytestmark = pytest.mark.every_form

LEVELS = ["debug", "info", "warn", "error", "off"]
LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z (debug|info|warn|error) kubexit\[main\]: \S.*")


def eventful(kubexit: Kubexit, **settings: str) -> str:
    """The log of a run that logs something at each level."""
    finished = kubexit.run("/no/such/command", DEATH_DEPS="db", env={"KUBEXIT_UNKNOWN": "1"}, **settings)
    assert finished.code == 127
    assert finished.stdout == ""
    return finished.stderr


@pytest.mark.behaviour("log-lines")
@pytest.mark.parametrize("level", LEVELS)
def test_the_level_selects_lines(kubexit: Kubexit, level: str) -> None:
    """Lines of this level and above appear, others do not; each has a time, its level and the container's name."""
    log = eventful(kubexit, LOG_LEVEL=level).splitlines()
    assert [line for line in log if not LINE.fullmatch(line)] == []
    seen = {line.split()[1] for line in log}
    silent = set(LEVELS[: LEVELS.index(level)]) - {"error"}

    assert seen & silent == set()
    if level in ("debug", "info", "warn"):
        assert {"warn", "error"} <= seen
    if level == "debug":
        assert "debug" in seen
    if level == "error":
        assert seen == {"error"}
    if level == "off":
        (line,) = log
        assert "cannot execute /no/such/command" in line


@pytest.mark.behaviour("log-lines")
def test_json_logs_the_same_story(kubexit: Kubexit) -> None:
    """As JSON each line is an object with time, level, name and message, and the content is the same."""
    text = eventful(kubexit, LOG_LEVEL="debug").splitlines()
    lines = [json.loads(line) for line in eventful(kubexit, LOG_LEVEL="debug", LOG_FORMAT="json").splitlines()]

    assert all(set(line) == {"time", "level", "name", "message"} for line in lines)
    assert {line["name"] for line in lines} == {"main"}
    assert [line["level"] for line in lines][-2:] == [line.split()[1] for line in text][-2:]


@pytest.mark.behaviour("log-lines")
@pytest.mark.parametrize(
    "name", ["größe", 'q"uote', "back\\slash", "%s%n%d", "\U0001f480", os.fsdecode(b"\xff\xfe"), "'"]
)
def test_hostile_names_in_json(kubexit: Kubexit, name: str) -> None:
    """With any names, a line stays valid JSON in UTF-8."""
    finished = kubexit.run("true", name=name, LOG_FORMAT="json", LOG_LEVEL="debug", DEATH_DEPS=f"x{name}")

    for line in finished.stderr.splitlines():
        record = json.loads(line)
        assert record["name"] == (name if "\udcff" not in name else "\ufffd\ufffd")


@pytest.mark.behaviour("log-lines")
@pytest.mark.parametrize("style", ["text", "json"])
def test_control_characters_are_escaped(kubexit: Kubexit, style: str) -> None:
    """Control characters in quoted text neither break a line nor reach a terminal."""
    finished = kubexit.run("/no/such\n\x1b[31m\r\x07command", LOG_FORMAT=style)

    assert not set("\x1b\r\x07") & set(finished.stderr)
    for line in finished.stderr.splitlines():
        assert line.startswith("{") if style == "json" else LINE.fullmatch(line)


@pytest.mark.behaviour("log-lines")
@pytest.mark.parametrize("level", ["info", "debug"])
def test_arguments_are_logged_at_debug_only(kubexit: Kubexit, level: str) -> None:
    """Arguments of the command, which may be secrets, are logged only at debug."""
    finished = kubexit.run("true", "--password=hunter2", LOG_LEVEL=level)

    assert ("hunter2" in finished.stderr) == (level == "debug")


@pytest.mark.behaviour("log-lines")
def test_stdout_is_the_commands(kubexit: Kubexit) -> None:
    """kubexit writes nothing to stdout, at any level."""
    finished = kubexit.run("printf", "a\\0b", LOG_LEVEL="debug")

    assert finished.stdout == "a\0b"


@pytest.mark.behaviour("log-lines")
def test_one_write_a_line(kubexit: Kubexit) -> None:
    """Each line is one write: a packet pipe, which keeps writes apart, gets one packet for each line."""
    reader, writer = os.pipe2(os.O_DIRECT)
    container = running(kubexit, "main", stderr=writer, LOG_LEVEL="debug", DEATH_DEPS="db")
    container.signal(signal.SIGHUP)
    container.signal(signal.SIGTERM)
    container.wait()
    os.close(writer)
    packets = []
    while packet := os.read(reader, 4096):
        packets.append(packet)
    os.close(reader)

    assert len(packets) > 5
    assert all(packet.count(b"\n") == 1 and packet.endswith(b"\n") for packet in packets)


@pytest.mark.behaviour("full-stderr-does-not-delay", "log-lines")
@pytest.mark.parametrize("how", ["closed", "full device", "closed pipe"])
def test_without_stderr_the_command_runs(kubexit: Kubexit, how: str) -> None:
    """If stderr cannot be written to, the command runs and its code stays."""
    stderr: int | None = None
    if how == "full device":
        stderr = os.open("/dev/full", os.O_WRONLY)
    elif how == "closed pipe":
        reader, stderr = os.pipe()
        os.close(reader)
    closing = (lambda: os.close(2)) if how == "closed" else None
    finished = kubexit.run("sh", "-c", "exit 3", stderr=stderr, preexec_fn=closing, LOG_LEVEL="debug", DEATH_DEPS="db")

    assert finished.code == 3
    if stderr is not None:
        os.close(stderr)


@pytest.mark.behaviour("log-lines")
def test_bad_level_is_told(kubexit: Kubexit) -> None:
    """A bad level is itself logged, although no level is known."""
    finished = kubexit.run("true", LOG_LEVEL="loud", LOG_FORMAT="json")

    assert finished.code == 2
    assert "KUBEXIT_LOG_LEVEL" in finished.stderr


@pytest.mark.behaviour("log-lines")
def test_off_does_not_hide_a_refusal(kubexit: Kubexit) -> None:
    """With off a settings error is logged all the same: nothing else would say why there is no command."""
    finished = kubexit.run("true", LOG_LEVEL="off", GRACE_PERIOD="30")

    (line,) = finished.stderr.splitlines()
    assert finished.code == 2
    assert " error kubexit[main]: KUBEXIT_GRACE_PERIOD=30" in line


@pytest.mark.behaviour("log-lines")
def test_off_does_not_hide_an_unusable_graveyard(kubexit: Kubexit) -> None:
    """The same holds for a graveyard that cannot be used."""
    kubexit.graveyard.write_text("")
    finished = kubexit.run("true", LOG_LEVEL="off")

    (line,) = finished.stderr.splitlines()
    assert finished.code == 73
    assert " error " in line


@pytest.mark.behaviour("bad-setting-exits-with-2", "log-lines")
def test_an_unknown_level_is_refused_at_the_default_level(kubexit: Kubexit) -> None:
    """For an unknown level the default is used: the refusal is logged, debug lines are not."""
    finished = kubexit.run("true", LOG_LEVEL="bogus", QUIT_GET="http://127.0.0.1:1/", QUIT_TIMEOUT="100ms")

    assert finished.code == 2
    assert "KUBEXIT_LOG_LEVEL=bogus" in finished.stderr
    assert " debug " not in finished.stderr
