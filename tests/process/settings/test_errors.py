"""At a bad setting kubexit exits with 2, names the variable in one line, and writes a tombstone for waiting peers."""

import json
import re

import pytest

from harness.containers import running
from harness.kubexit import Kubexit

_supervisor = pytest.importorskip("kubexit._supervisor", reason="SETTINGS NOT TESTED: kubexit is not installed")

# A bad value for each text that the table has for values; a list of words has WRONG_WORD.
WRONG = {
    "BOOL": "perhaps",
    "DURATION": "5 s",
    "DURATION|infinite": "forever",
    "SIGNAL": "NONE",
    "keep|zero|dependency|0-255": "256",
    "keep|zero|0-255": "dependency",
    "istio|linkerd|istio-native|linkerd-native|STATUS": "consul",
    "NAME[:died|:failed|:succeeded],...": "a/b",
    "NAME[?][:born|:died|:succeeded],...": "db:alive",
    "NAME,...": "db:died",
    "[ADDRESS:]PORT": "db:80",
    "URL": "https://localhost/",
    "URL,...": "http://localhost:65536/quit",
    "COMMAND": " ",
    "URL,...[;URL,...]": "http://localhost:65536/quit",
    "PROCESS,...[;PROCESS,...]": "bin/envoy",
    "SIGNAL:[SIGNAL],...": "TERM",
    "0-255,...": "256",
}
WRONG_WORD = "nonsense"
WORDS = re.compile(r"[a-z-]+(\|[a-z-]+)*")
# Settings without such a value: a name has its test below, for the others any short text is good without the API.
OTHERS = {"NAME", "GRAVEYARD", "PLAN", "READY_FILE", "POD_NAME", "NAMESPACE"}
VALUES = {row["name"].removeprefix("KUBEXIT_"): row["values"] for row in _supervisor.settings_table()}
BAD = {
    variable: WRONG_WORD if WORDS.fullmatch(values) else WRONG[values]
    for variable, values in VALUES.items()
    if variable not in OTHERS
}


def in_order_of_help(*variables: str) -> list[str]:
    """Return settings in the order in which --help lists them."""
    return sorted(variables, key=list(VALUES).index)


@pytest.mark.behaviour("bad-setting-exits-with-2", "every-exit-writes-a-death")
@pytest.mark.parametrize("variable", BAD)
def test_a_bad_value_exits_with_2(kubexit: Kubexit, variable: str) -> None:
    """A bad value causes one line with variable and value; the command does not start; the death is written."""
    finished = kubexit.run("echo", "BORN", pid1=variable == "ORPHAN_GRACE_PERIOD", **{variable: BAD[variable]})

    assert (finished.code, finished.stdout) == (2, "")
    (line,) = finished.stderr.splitlines()
    assert " error " in line
    assert f"KUBEXIT_{variable}" in line
    assert BAD[variable] in line
    stone = kubexit.tombstone() or {}
    assert stone["ExitCode"] == 2
    assert f"KUBEXIT_{variable}" in stone["Reason"]


@pytest.mark.behaviour("bad-setting-exits-with-2")
@pytest.mark.parametrize(
    "name",
    [None, "", ".", "..", ".hidden", "a/b", "a b", "a,b", "a:b", "x" * 241, "a\nb"],
    ids=lambda name: repr(name)[:20],
)
def test_a_bad_name_writes_nothing(kubexit: Kubexit, name: str | None) -> None:
    """Without a valid name nothing is written."""
    finished = kubexit.run("echo", "BORN", name=name)

    assert (finished.code, finished.stdout) == (2, "")
    (line,) = finished.stderr.splitlines()
    assert "KUBEXIT_NAME" in line
    assert not kubexit.graveyard.exists()


@pytest.mark.behaviour("bad-setting-exits-with-2")
@pytest.mark.parametrize("options", [[], ["--"]], ids=str)
def test_a_missing_command_exits_with_2(kubexit: Kubexit, options: list[str]) -> None:
    """Without a command kubexit exits with 2 and a line, and a death is written."""
    finished = kubexit.run(options=options)

    assert finished.code == 2
    assert len(finished.stderr.splitlines()) == 1
    assert (kubexit.tombstone() or {})["ExitCode"] == 2


@pytest.mark.behaviour("bad-setting-exits-with-2")
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("NAME", "GRACE_PERIOD"),
        ("QUIT_POLICY", "DEATH_DEPS"),
        in_order_of_help("DEATH_DEPS", "GRACE_PERIOD"),
        in_order_of_help("DEATH_DEPS", "BIRTH_TIMEOUT"),
        in_order_of_help("GRACE_PERIOD", "READY_TCP"),
        ("BIRTH_TIMEOUT", "POD_NAME"),
        ("POD_NAME", "NAMESPACE"),
    ],
)
def test_both_errors_are_reported(kubexit: Kubexit, first: str, second: str) -> None:
    """Two errors are two lines, in this order: name, quit requests, the others in the order of the table, the pod."""
    bad = {**BAD, "NAME": "", "POD_NAME": None, "NAMESPACE": None}
    settings = {variable: bad[variable] for variable in (first, second)}
    if "POD_NAME" in settings:
        settings = {"NAMESPACE": "default", **settings, "BIRTH_DEPS": "db"}
    name = settings.pop("NAME", "main")
    finished = kubexit.run("echo", "BORN", name=name, **settings)

    assert finished.code == 2
    one, other = finished.stderr.splitlines()
    assert f"KUBEXIT_{first}" in one
    assert f"KUBEXIT_{second}" in other
    stone = kubexit.tombstone()
    assert stone is None if first == "NAME" else f"KUBEXIT_{first}" in (stone or {})["Reason"]


@pytest.mark.behaviour("all-settings-errors-are-reported")
def test_every_error_has_a_line(kubexit: Kubexit) -> None:
    """With every setting bad at once each has its line; the reason is the first one and the number of the others."""
    bad = {variable: value for variable, value in BAD.items() if variable != "ORPHAN_GRACE_PERIOD"}
    finished = kubexit.run("echo", "BORN", **bad)

    named = [line for line in finished.stderr.splitlines() if " error " in line]
    assert (finished.code, finished.stdout) == (2, "")
    assert [variable for variable in bad if not any(f"KUBEXIT_{variable}=" in line for line in named)] == []
    assert len(named) == len(bad)
    assert f"(and {len(bad) - 1} more errors; the log has them all)" in (kubexit.tombstone() or {})["Reason"]


@pytest.mark.behaviour("all-settings-errors-are-reported")
def test_every_bad_element_has_a_line(kubexit: Kubexit) -> None:
    """Each bad element of a list has its line."""
    finished = kubexit.run("echo", "BORN", DEATH_DEPS="a/b,good,c:often", QUIT_GET="ftp://x/,http://localhost:0/")

    assert finished.code == 2
    said = [line.split("]: ")[1].split(":")[0] for line in finished.stderr.splitlines()]
    assert said == ["KUBEXIT_QUIT_GET=ftp", "KUBEXIT_QUIT_GET=http", "KUBEXIT_DEATH_DEPS=a/b", "KUBEXIT_DEATH_DEPS=c"]


@pytest.mark.behaviour("all-settings-errors-are-reported")
@pytest.mark.parametrize("options", [[], ["-c"]], ids=str)
def test_the_command_line_is_one_error_of_several(kubexit: Kubexit, options: list[str]) -> None:
    """A bad setting does not hide that the command is missing or wrong, and the other way round."""
    first, second = kubexit.run(options=options, GRACE_PERIOD="30").stderr.splitlines()

    assert "KUBEXIT_GRACE_PERIOD=30" in first
    assert ("option -c" if options else "no command") in second


@pytest.mark.behaviour("all-settings-errors-are-reported")
def test_one_mistake_is_one_line(kubexit: Kubexit) -> None:
    """A bad BIRTH_SOURCE causes no second line about the pod's name, which only the API would need."""
    (line,) = kubexit.run("echo", "BORN", BIRTH_DEPS="db,cache?", BIRTH_SOURCE="graves").stderr.splitlines()

    assert "KUBEXIT_BIRTH_SOURCE=graves" in line


@pytest.mark.behaviour("all-settings-errors-are-reported")
def test_the_number_of_lines_is_limited(kubexit: Kubexit) -> None:
    """More than 64 errors are counted."""
    finished = kubexit.run("true", DEATH_DEPS=",".join(f"a/{number}" for number in range(100)))

    *shown, last = finished.stderr.splitlines()
    assert (finished.code, len(shown)) == (2, 64)
    assert last.endswith("36 more errors")


@pytest.mark.behaviour("bad-setting-exits-with-2")
@pytest.mark.parametrize("variable", ["GRAVEYARD", "LOG_LEVEL", "LIVENESS"])
def test_the_log_format_holds_for_every_error(kubexit: Kubexit, variable: str) -> None:
    """A missing name, and a bad value before or after the log format in the table, are logged in this format."""
    bad = {"GRAVEYARD": "x" * 5000, "LOG_LEVEL": "loud", "LIVENESS": "perhaps"}[variable]
    for settings in ({variable: bad}, {"name": None}):
        finished = kubexit.run("echo", "BORN", LOG_FORMAT="json", **settings)

        assert finished.code == 2
        (line,) = finished.stderr.splitlines()
        assert "KUBEXIT_" in json.loads(line)["message"]


@pytest.mark.behaviour("bad-setting-exits-with-2")
def test_peers_are_not_kept_waiting(kubexit: Kubexit) -> None:
    """A bad setting of main does not leave its sidecars waiting."""
    sidecar = running(kubexit, DEATH_DEPS="main", POLL_INTERVAL="0")
    main = kubexit.run("echo", "BORN", GRACE_PERIOD="30")

    assert main.code == 2
    assert sidecar.wait() == 0
    assert (kubexit.tombstone("sidecar") or {})["Reason"] == "dependency main died with exit code 2"


@pytest.mark.behaviour("bad-setting-exits-with-2", "crash-seen-by-peers")
def test_after_a_crash(kubexit: Kubexit) -> None:
    """The FIFO of a crashed predecessor is removed with the write: peers see the code, not the crash."""
    crashed = running(kubexit, "main")
    crashed.kill()
    kubexit.run("echo", GRACE_PERIOD="30")
    sidecar = kubexit.run("echo", "BORN", name="sidecar", DEATH_DEPS="main")

    assert sidecar.stdout == ""
    assert "died with exit code 2" in (kubexit.tombstone("sidecar") or {})["Reason"]


@pytest.mark.behaviour("bad-setting-exits-with-2", "graveyard-not-a-folder")
def test_without_a_graveyard(kubexit: Kubexit) -> None:
    """If no tombstone can be written either, the error stays the same one."""
    kubexit.graveyard.write_text("")
    finished = kubexit.run("echo", GRACE_PERIOD="30")

    assert finished.code == 2
    assert "KUBEXIT_GRACE_PERIOD" in finished.stderr


@pytest.mark.behaviour("settings-of-the-original")
@pytest.mark.parametrize("variable", BAD)
def test_empty_is_unset(kubexit: Kubexit, variable: str) -> None:
    """An empty value is the same as no value."""
    assert kubexit.run("true", pid1=variable == "ORPHAN_GRACE_PERIOD", **{variable: ""}).code == 0


@pytest.mark.behaviour("bad-setting-exits-with-2", "log-lines")
def test_a_long_value_is_still_one_line(kubexit: Kubexit) -> None:
    """A bad value of any length and content is still one line."""
    finished = kubexit.run("echo", GRACE_PERIOD=b"x\ny\x1b[31m\xff" * 1000)

    assert finished.code == 2
    assert len(finished.stderr.splitlines()) == 1
    assert len(finished.stderr) < 4096
    assert "\x1b" not in finished.stderr
    assert (kubexit.tombstone() or {})["ExitCode"] == 2


@pytest.mark.behaviour("environment-bytes-unchanged")
def test_foreign_variables_are_ignored(kubexit: Kubexit) -> None:
    """Variables of other programs are not looked at, with any value."""
    env = {b"X": b"\xff", b"KUBEXITNAME": b"x", b"LC_ALL": b"\xfe", b"A" * 10_000: b"B" * 10_000}

    assert kubexit.run("true", env=env).code == 0


@pytest.mark.behaviour("bad-setting-exits-with-2", "every-exit-writes-a-death")
@pytest.mark.parametrize(
    "options",
    [["-c"], ["--unknown"], ["--clear", "a", "b"], ["--version", "--help"], ["-"]],
    ids=" ".join,
)
def test_an_unknown_option_exits_with_2(kubexit: Kubexit, options: list[str]) -> None:
    """For an unknown or wrong option the code is 2, and one line quotes it; a death is written as for other faults."""
    finished = kubexit.run("echo", "BORN", options=options) if len(options) == 1 else kubexit.run(options=options)

    assert (finished.code, finished.stdout) == (2, "")
    (line,) = finished.stderr.splitlines()
    assert f"option {options[0]} " in line
    stone = kubexit.tombstone() or {}
    assert stone["ExitCode"] == 2
    assert options[0] in stone["Reason"]


@pytest.mark.behaviour("bad-setting-exits-with-2")
def test_unknown_option_without_a_name(kubexit: Kubexit) -> None:
    """No peer waits for a container without a name: nothing is written."""
    finished = kubexit.run("echo", "BORN", options=["-c"], name=None)

    assert (finished.code, finished.stdout) == (2, "")
    assert not kubexit.graveyard.exists()
