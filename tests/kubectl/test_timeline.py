"""`timeline` from saved logs, which real kubexits have written: moments, causes, and pictures of any width."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.cells import cell_len

from harness.real_pod import RealPod
from kubectl_kubexit.commands.sources import read_logs
from kubectl_kubexit.commands.timeline import command, saved
from kubectl_kubexit.draw.timeline import ASCII, LEAST, UNICODE, timeline
from kubectl_kubexit.draw.timeline_json import timeline as as_json
from kubectl_kubexit.draw.timeline_svg import timeline as as_svg
from kubectl_kubexit.errors import UserError
from kubectl_kubexit.lives.events import Event, events
from kubectl_kubexit.lives.life import History
from kubectl_kubexit.lives.logs import lines
from kubectl_kubexit.lives.moment import moment
from kubectl_kubexit.lives.story import STEPS

pytestmark = pytest.mark.behaviour("timeline-from-logs")

TOOL = Path(sys.executable).with_name("kubectl-kubexit")
SVG = "{http://www.w3.org/2000/svg}"
LATER = 1.0  # seconds; a line is written after what it reports


@pytest.fixture(scope="module", params=["text", "json"])
def pod(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> RealPod:
    """A pod that has ended: every way in which a life begins, stops and ends is in it."""
    folder = tmp_path_factory.mktemp("pod")
    with RealPod(folder, request.param) as made:
        made.start("proxy", "exec cat", SIDECAR_OF="main", READY_FILE=str(folder / "ready"))
        made.start("main", "cat; exit 3", BIRTH_DEPS="proxy")
        made.start("after", "exit 0", BIRTH_DEPS="main:died")
        made.start("late", "exec cat", DEATH_DEPS="main", STOP_DELAY="20ms")
        made.start("stubborn", "trap '' TERM; cat", DEATH_DEPS="main", GRACE_PERIOD="50ms")
        made.start("never", "true", BIRTH_DEPS="absent", BIRTH_TIMEOUT="50ms")
        made.start("held", "exec cat", TERM_AFTER="main")
        made.start("impatient", "exec cat", TERM_AFTER="proxy", GRACE_PERIOD="50ms")
        made.start("asked", "exec cat")
        made.start("delayed", "exec cat", TERM_DELAY="50ms")
        made.start("slow", "exec cat", TIMEOUT="50ms")
        made.start("crashed", "exec cat")
        made.start("twice", "exec cat")
        made.wait_for_line("twice", "command started")
        made.finish("twice")
        made.start("twice", "exit 7")
        made.wait_for_line("main", "waiting for birth dependencies")
        made.wait("proxy:born")  # a file that is older does not count
        (folder / "ready").touch()
        made.wait("main:born", "proxy:ready", "late:born", "stubborn:born")
        made.start("again", "exec cat")
        made.wait_for_line("again", "command started")
        made.signal("again", signal.SIGKILL)
        made.finish("again")
        made.start("again", "exit 0")
        made.wait("again:died")
        made.wait("held:born", "impatient:born", "asked:born", "crashed:born", "twice:died", "never:died")
        made.wait("delayed:born")
        for name in ("held", "impatient", "asked", "delayed"):
            made.signal(name, signal.SIGTERM)
        made.signal("crashed", signal.SIGKILL)
        made.wait_for_line("held", "waiting for main to exit first")
        made.wait("impatient:died", "asked:died", "delayed:died", "slow:died")
        made.finish("main")
        made.wait("proxy:died", "after:died", "late:died", "stubborn:died", "held:died")
    return made


@pytest.fixture(scope="module")
def history(pod: RealPod) -> History:
    """What the logs of that pod show."""
    return saved((str(pod.logs),))


def happened(history: History, name: str, kind: str) -> Event:
    """Return the only event of a kind of a container."""
    (found,) = (event for event in events(history) if (event.container, event.kind) == (name, kind))
    return found


def test_moments_are_those_of_the_tombstones(pod: RealPod, history: History) -> None:
    """Birth, readiness, death and exit codes of the last lives are what kubexit has written to the graveyard."""
    tombstones = pod.tombstones()

    assert sorted(one.name for one in history.containers) == sorted(tombstones)
    for one in history.containers:
        life, told = one.lives[-1], tombstones[one.name]
        for key in ("born", "ready", "died"):
            at, written = getattr(life, key), moment(told.get(key.capitalize()))
            assert (at is None) == (written is None), (one.name, key)
            assert at is None or written is None or abs(at - written) < LATER
        if one.name != "never":  # kubexit does not log its exit code then
            assert (life.exit_code, life.command_exit_code) == (told.get("ExitCode"), told.get("CommandExitCode"))
        assert (life.killed is not None) == told.get("Killed", False)


def test_each_line_that_counts_was_written_by_kubexit(pod: RealPod) -> None:
    """No pattern is left behind if a message changes: each one matches a line of these logs."""
    said = [line.message for _, text in read_logs([str(pod.logs)]) for line in lines(text)]

    assert [pattern.pattern for pattern, _ in STEPS if not any(map(pattern.match, said))] == []


@pytest.mark.parametrize(
    ("name", "kind", "words", "cause"),
    [
        ("main", "waits", "waits for proxy", ""),
        ("main", "born", "starts: proxy is ready", "proxy"),
        ("after", "born", "starts: main has exited", "main"),
        ("main", "died", "exits with 3", ""),
        ("proxy", "stop", "is asked to stop: dependency main died with exit code 3", "main"),
        ("proxy", "died", "exits with 0, by KUBEXIT_EXIT_CODE_ON_STOP; its command exited with 143", ""),
        ("late", "stop", "is asked to stop: dependency main died with exit code 3", "main"),
        ("stubborn", "killed", "gets SIGKILL: the grace period is over", ""),
        ("held", "held", ", which waits until main has exited", ""),
        ("held", "stop", "is asked to stop: SIGTERM, which waited until main had exited", "main"),
        ("impatient", "stop", "is asked to stop: not all of proxy exited in time", ""),
        ("asked", "stop", "is asked to stop: SIGTERM from pid ", ""),
        ("delayed", "held", ", which waits for 50ms", ""),
        ("delayed", "stop", "is asked to stop: SIGTERM, which waited for 50ms", ""),
        ("slow", "stop", "is asked to stop: the command ran longer than 50ms (KUBEXIT_TIMEOUT)", ""),
        ("never", "died", "is not started: birth dependencies not met after 50ms: absent (not born)", ""),
    ],
)
def test_cause_of_each_event_is_found(history: History, name: str, kind: str, words: str, cause: str) -> None:
    """What happened to a container is in words, with the container that caused it; it is not before its cause."""
    event = happened(history, name, kind)
    order = events(history)

    assert words in event.words
    assert (event.cause.container if event.cause else "") == cause
    if event.cause:
        assert event.cause.at <= event.at
        causes = [order.index(other) for other in order if other.container == cause and other.at == event.cause.at]
        assert min(causes) < order.index(event)


def test_second_life_and_a_life_without_an_end(history: History) -> None:
    """A container that was started twice has two lives; of a kubexit that was killed no end is invented.

    But if it was started again, the life before is over.
    """
    twice, crashed, again = (history.named(name) for name in ("twice", "crashed", "again"))

    assert twice is not None
    assert [life.exit_code for life in twice.lives] == [0, 7]
    assert again is not None
    assert [life.outcome(live=False) for life in again.lives] == ["crashed", "exit 0"]
    assert crashed is not None
    assert crashed.ending(live=False) == "no end"


@pytest.mark.parametrize("width", [1, LEAST, 33, 47, 60, 80, 113, 300])
@pytest.mark.parametrize("look", [UNICODE, ASCII])
def test_text_fits_any_width(history: History, width: int, look: object) -> None:
    """No line is wider than the terminal, and each container and each event is there."""
    found = [line.plain for line in timeline(history, width, look)]  # type: ignore[arg-type]
    text = " ".join(" ".join(found).split())

    assert max(map(cell_len, found)) <= max(width, LEAST)
    assert all(one.name in text for one in history.containers)
    assert text.count("is asked to") == sum(event.kind == "stop" for event in events(history))
    assert look is UNICODE or "".join(found).isascii()


def test_bars_show_the_parts_of_a_life(history: History) -> None:
    """main waits, then runs; proxy starts, is ready, then stops; the end of each is beside its bar."""
    rows = {line.plain.split()[0]: line for line in list(timeline(history, 120, ASCII))[4:18]}

    assert re.search(r"^main +\.+#+ +exit 3$", rows["main"].plain)
    assert re.search(r"^proxy +:+#+~+ +exit 0$", rows["proxy"].plain)
    assert re.search(r"^stubborn +#+~+ +exit 137$", rows["stubborn"].plain)
    assert re.search(r"^never +\.+ +not started$", rows["never"].plain)


def test_picture_can_be_read_alone(history: History) -> None:
    """The SVG has a title, an axis, a legend, all rows, all events, and an arrow from each cause; it loads nothing."""
    text = as_svg(history)
    root = ET.fromstring(text)
    words = [element.text or "" for element in root.iter(f"{SVG}text")]
    arrows = [path for path in root.iter(f"{SVG}path") if path.get("class") == "arrow"]

    assert root.find(f"{SVG}title") is not None
    assert "0s" in words
    assert {"waiting", "starting", "running (ready)", "stopping", "causes"} <= set(words)
    assert {one.name for one in history.containers} <= set(words)
    assert all(event.words[:40] in "\n".join(words) for event in events(history))
    assert len(arrows) == 1 + sum(
        event.kind in {"born", "stop"} and event.cause is not None for event in events(history)
    )
    assert "prefers-color-scheme:dark" in text
    assert not re.search(r"(href|src|url)\s*[=(]\s*[\"']?(?!#)", text)
    assert "@import" not in text


def test_json_has_all_of_it(history: History) -> None:
    """Programs get containers with their lives, and the events with their causes."""
    told = json.loads(json.dumps(as_json(history)))
    (stop,) = (one for one in told["events"] if (one["container"], one["kind"]) == ("proxy", "stop"))

    assert (told["version"], told["live"]) == (1, False)
    assert {one["name"] for one in told["containers"]} == {one.name for one in history.containers}
    assert stop["cause"]["container"] == "main"
    assert moment(stop["at"]) is not None


@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "[pod/report-x7/main] {}",
        "2026-11-26T12:00:00.123456789Z {}",
        "2026-11-26T12:00:00.123456789Z stderr F {}",
        "report-x7 main {}",
        "\x1b[32m{}\x1b[0m",
    ],
)
def test_what_tools_put_in_front_does_not_count(pod: RealPod, tmp_path: Path, around: str) -> None:
    """Prefixes of kubectl, stern and the container runtime; all containers can be in one file, with other lines."""
    told = [line for file in sorted(pod.logs.iterdir()) for line in file.read_text().splitlines()]
    (tmp_path / "all.log").write_text("hello {\n" + "\n".join(around.format(line) for line in told) + '\n{"a": 1}\n')

    assert events(saved((str(tmp_path / "all.log"),))) == events(saved((str(pod.logs),)))


def test_files_of_docker_are_read(pod: RealPod, tmp_path: Path) -> None:
    """json-file wraps each line into an object."""
    for file in pod.logs.iterdir():
        wrapped = [json.dumps({"log": f"{line}\n", "stream": "stderr", "time": "2026-11-26T12:00:00Z"})
                   for line in file.read_text().splitlines()]  # fmt: skip
        (tmp_path / file.name).write_text("\n".join(wrapped))

    assert events(saved((str(tmp_path),))) == events(saved((str(pod.logs),)))


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_log_cannot_write_to_the_terminal(tmp_path: Path, log_format: str) -> None:
    """Control characters of a log are replaced, also in the picture, which stays valid XML."""
    evil = "dependency main died with exit code \x1b]0;title\x07\x9b2J: sent SIGTERM to the command; SIGKILL in 30s"
    told = {"time": "2026-11-26T12:00:01Z", "level": "info", "name": "side\x08", "message": evil}
    born = "2026-11-26T12:00:00Z info kubexit[side\x08]: command started, pid 7\n"
    text = f"2026-11-26T12:00:01Z info kubexit[side\x08]: {evil}"
    (tmp_path / "a.log").write_text(born + (text if log_format == "text" else json.dumps(told)))
    found = saved((str(tmp_path),))
    shown = "".join(line.plain for line in timeline(found, 80, UNICODE))

    assert "is asked to stop" in shown
    assert shown.isprintable()
    assert "is asked to stop" in "".join(ET.fromstring(as_svg(found)).itertext())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "name a pod, for example timeline job/report, or saved logs, -f FILE"),
        (["pod", "-f", "x"], "name a pod"),
        (["-f", "/nowhere/x.log"], "/nowhere/x.log: No such file or directory"),
        (["--logs", "empty"], "empty: no file in this folder"),
        (["-f", "other.log"], "other.log: no line of kubexit here; it logs to stderr"),
    ],
)
def test_what_cannot_be_drawn_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
) -> None:
    """The reason and the remedy are one line."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "other.log").write_bytes(b"hello\n\xff\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError) as error:
        CliRunner().invoke(command, arguments, catch_exceptions=False)

    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_colours_are_for_terminals(pod: RealPod) -> None:
    """On a terminal the bars are coloured; in a pipe, and with NO_COLOR, no escape is written."""
    words = [TOOL, "timeline", "-f", pod.logs]
    environment = {"PATH": "/usr/bin:/bin", "TERM": "xterm-256color", "LANG": "C.UTF-8"}
    piped = subprocess.run(words, env=environment, capture_output=True, timeout=60, check=True).stdout

    assert b"\x1b" not in piped
    assert b"\x1b[35m" in on_terminal(words, environment)
    assert b"\x1b[35m" not in on_terminal(words, {**environment, "NO_COLOR": "1"})


def on_terminal(words: list[object], environment: dict[str, str]) -> bytes:
    """Return what a program writes to a terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(words, env=environment, stdout=theirs, stdin=theirs) as process:  # type: ignore[arg-type]
        os.close(theirs)
        found = b""
        while part := read(ours):
            found += part
        process.wait(60)
    os.close(ours)
    assert process.returncode == 0
    return found


def read(terminal: int) -> bytes:
    """Return the next bytes of a terminal; b"" if the other side is closed."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""
