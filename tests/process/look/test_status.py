"""`kubexit --status` shows the state of each container of a graveyard, in the order of birth."""

import fcntl
import os
import re
import shutil
import sys
import termios
from collections.abc import Callable
from pathlib import Path

import pytest

from harness import single_file
from harness.containers import born, running, waiting
from harness.kubexit import Kubexit
from harness.looks import containers, look, rows, states
from harness.stepper import Before, Stepper
from harness.waiting import eventually

pytestmark = pytest.mark.behaviour("status-shows-all-containers")

RECORDED = Path(__file__).parents[2] / "recorded"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def test_each_state_is_shown(kubexit: Kubexit) -> None:
    """Every state has its word, and a container that waits or is not ready says for what and why."""
    born(kubexit, "runs", READY_FILE=kubexit.folder / "never")
    born(kubexit, "ready", READY_EXEC="true")
    kubexit.wait_tombstone("ready", "Ready")
    waiting(kubexit, "waits", BIRTH_DEPS="runs", BIRTH_SOURCE="graveyard")
    kubexit.wait_tombstone("waits", "Waiting")
    kubexit.run("true", name="dead")
    crashed = born(kubexit, "crashed")
    crashed.kill()
    table = {name: rest for name, *rest in rows(look(kubexit, "--status"))}

    assert {name: row[0] for name, row in table.items()} == {
        "runs": "running",
        "ready": "ready",
        "waits": "waiting",
        "dead": "died",
        "crashed": "crashed",
    }
    assert table["waits"][3] == "waits for runs"
    # Behind it is the result of the first probe, if there was one already.
    assert re.fullmatch(rf"not ready: file {re.escape(str(kubexit.folder))}/never(: .+)?", table["runs"][3])


def test_a_container_without_tombstone_is_starting(kubexit: Kubexit) -> None:
    """A container whose FIFO is held and that has written nothing is starting, since it made the FIFO."""
    kubexit.graveyard.mkdir()
    os.mkfifo(kubexit.graveyard / ".app.alive")
    holder = os.open(kubexit.graveyard / ".app.alive", os.O_RDONLY | os.O_NONBLOCK)
    ((name, state, since, code, _),) = rows(look(kubexit, "--status"))

    assert (name, state, code) == ("app", "starting", "-")
    assert TIME.fullmatch(since)
    os.close(holder)
    assert states(kubexit) == {"app": "crashed"}


def test_rows_are_in_the_order_of_birth(kubexit: Kubexit) -> None:
    """The rows are in the order of birth, in any zone; what was never born comes last."""
    kubexit.carve("third", Born="2026-01-01T10:00:00.000000002Z")
    kubexit.carve("second", Born="2026-01-01T12:00:00.000000001+02:00")
    kubexit.carve("first", Born="2026-01-01T09:59:59.9Z", Died=True, ExitCode=0)
    kubexit.carve("unborn", Died="2020-01-01T00:00:00Z", ExitCode=2)

    assert list(states(kubexit)) == ["first", "second", "third", "unborn"]


def test_why_is_shown(kubexit: Kubexit) -> None:
    """The reason of a death is shown, and the code of the command where kubexit returned another one."""
    side = running(kubexit, "side", "TERM=7", DEATH_DEPS="main", EXIT_CODE_ON_STOP="zero")
    kubexit.run("sh", "-c", "exit 4", name="main")
    side.wait()
    table = {name: rest for name, *rest in rows(look(kubexit, "--status"))}

    assert table["main"][0::2] == ["died", "4"]
    assert table["side"][2:] == ["0", "dependency main died with exit code 4; the command exited with 7"]


def test_waits_and_failing_probes_are_explained(kubexit: Kubexit) -> None:
    """A waiting container shows what it waits for, and since when; one that is not ready shows why."""
    kubexit.carve("app", Waiting="2026-11-26T12:00:00.5Z", WaitsFor="db, migrate:succeeded", Probe="none")
    kubexit.carve("db", Born="2026-11-26T12:00:01Z", Probe="tcp 8080", ProbeError="8080: connection refused")

    assert rows(look(kubexit, "--status")) == [
        ["db", "running", "2026-11-26T12:00:01Z", "-", "not ready: 8080: connection refused"],
        ["app", "waiting", "2026-11-26T12:00:00Z", "-", "waits for db, migrate:succeeded"],
    ]


@pytest.mark.parametrize(
    ("stone", "code"),
    [
        ({"Born": True}, 0),
        ({"Born": True, "Died": True, "ExitCode": 0}, 0),
        ({"Born": True, "Died": True, "ExitCode": 1}, 3),
        ({"Born": True, "Died": True, "ExitCode": -1}, 3),
        ({"Born": True, "Died": True, "ExitCode": 143, "Reason": "dependency main died with exit code 0"}, 0),
    ],
    ids=["alive", "succeeded", "failed", "killed", "stopped"],
)
def test_a_failure_exits_with_3(kubexit: Kubexit, stone: dict[str, object], code: int) -> None:
    """The exit code is 3 if a container died with another code than 0 and nothing explains it, else 0."""
    kubexit.carve("other", Born=True)
    kubexit.carve("main", **stone)

    assert look(kubexit, "--status").code == code
    assert look(kubexit, "--status", "--output", "json").code == code


@pytest.mark.behaviour("no-crash-that-was-none")
def test_a_restart_between_the_looks_is_no_crash(kubexit: Kubexit, steps: Callable[..., Stepper]) -> None:
    """The FIFO has no owner when the row is made. Then main starts again, before its tombstone is read."""
    main = running(kubexit, "main", steps=steps(Before("unlinkat", ".main.alive", action="kill")))
    main.signal(15)
    main.wait()
    looks = steps(Before("openat,open", "main|.main.alive", count=4))  # the row is looked at again
    looking = kubexit.start(options=["--status"], name=None, steps=looks)
    looks.reached()
    born(kubexit, "main")
    looks.resume()

    assert looking.wait() == 0
    assert "main  running" in looking.stdout


@pytest.mark.behaviour("crash-seen-by-peers")
def test_a_crash_exits_with_3(kubexit: Kubexit) -> None:
    """The exit code is 3 if a container crashed; with KUBEXIT_LIVENESS=false no FIFO is looked at."""
    main = born(kubexit, "main")
    main.kill()

    assert look(kubexit, "--status").code == 3
    assert states(kubexit, LIVENESS=False) == {"main": "running"}


@pytest.mark.behaviour("look-changes-nothing")
def test_a_look_opens_no_fifo_for_reading(kubexit: Kubexit) -> None:
    """No file of the graveyard is made, written or locked, and no FIFO is opened for reading, dead or alive."""
    born(kubexit, "main")
    dead = born(kubexit, "dead")
    dead.kill()
    before = {file.name: os.stat(file).st_mtime_ns for file in kubexit.graveyard.iterdir()}
    trace = kubexit.folder / "trace"
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("OPENED FILES NOT TESTED: there is no strace")
    script = kubexit.folder / "traced"
    script.write_text(f'#!/bin/sh\nexec {strace} -o {trace} {kubexit.path} "$@"\n')
    script.chmod(0o755)
    for arguments in (["--status"], ["--status", "main:born"], ["--wait", "main:born"]):
        assert look(kubexit.under(script), *arguments).code in {0, 3}
        opened = re.findall(r'openat\(\d+, "\.\w+\.alive", (\S+)\)', trace.read_text())
        assert opened
        assert {flags.split("|")[0] for flags in opened} == {"O_WRONLY"}
        assert not re.search(r"O_CREAT|unlink|rename|mknod|flock|O_RDWR", trace.read_text())
    after = {file.name: os.stat(file).st_mtime_ns for file in kubexit.graveyard.iterdir()}
    assert before == after


@pytest.mark.behaviour("look-changes-nothing", "crash-seen-by-peers")
def test_a_look_hides_no_crash(kubexit: Kubexit) -> None:
    """A wait of another process that holds the FIFO open for writing delays no peer that watches for a crash."""
    main = born(kubexit, "main")
    side = running(kubexit, "side", DEATH_DEPS="main:failed")
    held = kubexit.start(options=["--wait", "main:died", "--timeout", "infinite"], name=None)
    states(kubexit)
    main.kill()

    assert side.wait() == 0
    assert held.wait() == 0
    assert kubexit.tombstone("side")["Reason"] == "dependency main crashed"


@pytest.mark.behaviour("look-changes-nothing")
def test_a_wrong_argument_writes_no_death(kubexit: Kubexit) -> None:
    """A probe with a mistake inherits its container's name, and still writes nothing into the graveyard."""
    kubexit.graveyard.mkdir()
    finished = look(kubexit, "--status", "--verbose", name="main")

    assert finished.code == 2
    assert " error kubexit: --status: unknown option; --status takes --output" in finished.stderr
    assert os.listdir(kubexit.graveyard) == []


def test_files_of_others_are_not_containers(kubexit: Kubexit) -> None:
    """The program itself, folders, links and hidden files are no containers, and cost no time; text gets a warning."""
    kubexit.carve("main", Born=True)
    shutil.copy(kubexit.path, kubexit.graveyard / "kubexit")
    (kubexit.graveyard / "folder").mkdir()
    (kubexit.graveyard / "link").symlink_to("main")
    os.mkfifo(kubexit.graveyard / "fifo")
    for name in (".hidden", ".main.tmp", ".kubexit.install-1", "a b"):
        (kubexit.graveyard / name).write_text("junk")
    quiet = look(kubexit, "--status")
    (kubexit.graveyard / "notes").write_text("junk\n")
    os.utime(kubexit.graveyard / "notes", (1, 1))
    noted = look(kubexit, "--status")

    assert [row[0] for row in rows(quiet)] == [row[0] for row in rows(noted)] == ["main"]
    assert quiet.stderr == ""
    (line,) = noted.stderr.splitlines()
    assert line.endswith(" warn kubexit: cannot read tombstone of notes: it is half-written or not a tombstone")


def test_hundreds_of_containers_are_shown(kubexit: Kubexit) -> None:
    """Hundreds of tombstones are all shown, and more than 1,024 with a warning."""
    for number in range(700):
        kubexit.carve(f"job-{number:04}", Born=f"2026-01-01T00:{number // 60:02}:{number % 60:02}Z")
    assert list(states(kubexit)) == [f"job-{number:04}" for number in range(700)]
    for number in range(700, 1030):
        kubexit.carve(f"job-{number:04}", Born=True)
    finished = look(kubexit, "--status")

    assert len(rows(finished)) == 1024
    assert "more than 1024 containers; the others are not shown" in finished.stderr


@pytest.mark.behaviour("original-and-kubexit-see-each-other")
@pytest.mark.parametrize("recorded", ["original", "foreign"])
def test_tombstones_of_others_are_read(kubexit: Kubexit, recorded: str) -> None:
    """What the original and other programs wrote is shown, each with a time."""
    shutil.copytree(RECORDED / recorded, kubexit.graveyard)
    shown = rows(look(kubexit, "--status"))

    assert {row[0] for row in shown} == set(os.listdir(RECORDED / recorded))
    assert all(TIME.fullmatch(row[2]) for row in shown)
    assert {row[1] for row in shown} <= {"running", "ready", "died"}


@pytest.mark.behaviour("junk-is-no-death")
def test_a_file_that_is_written_is_read_again(kubexit: Kubexit) -> None:
    """A tombstone that was cut for a moment, as the original leaves it, is read again until it is whole."""
    kubexit.graveyard.mkdir()
    (kubexit.graveyard / "main").write_text('Born: "2026-')
    looking = single_file.traced(kubexit, "read:delay_enter=1").start(options=["--status"], name=None)
    (kubexit.graveyard / "main").write_text('Born: "2026-01-01T00:00:00Z"\n')

    assert looking.wait() == 0
    assert "main  running" in looking.stdout


@pytest.mark.behaviour("codes-of-kubexit")
def test_a_missing_graveyard_exits_with_73(kubexit: Kubexit) -> None:
    """A graveyard that does not exist is not made: the code is 73, and the line says how to name another folder."""
    finished = look(kubexit, "--status")

    assert finished.code == 73
    assert f"graveyard {kubexit.graveyard} cannot be read: No such file or directory" in finished.stderr
    assert "--in DIR" in finished.stderr
    assert not kubexit.graveyard.exists()


def test_another_folder_is_named_by_an_option(kubexit: Kubexit) -> None:
    """`--in DIR` names the folder, also a relative one, and wins over KUBEXIT_GRAVEYARD."""
    kubexit.carve("main", Born=True)
    finished = look(kubexit, "--status", "--in", "graveyard", GRAVEYARD="/nowhere", cwd=kubexit.folder)

    assert [row[0] for row in rows(finished)] == ["main"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--status", "--output", "yaml"],
        ["--status", "--output"],
        ["--status", "--output", "json", "main"],
        ["--status", "--in", "a", "--in", "b"],
        ["--status", "--timeout", "1s"],
        ["--wait"],
        ["--wait", "--timeout", "1s"],
        ["--wait", "main", "--timeout", "1"],
        ["--wait", "main", "--output", "json"],
    ],
    ids=" ".join,
)
@pytest.mark.behaviour("bad-setting-exits-with-2")
def test_wrong_usage_exits_with_2(kubexit: Kubexit, arguments: list[str]) -> None:
    """A wrong option or value gives one line and exit code 2."""
    kubexit.graveyard.mkdir()
    finished = look(kubexit, *arguments)

    assert (finished.code, finished.stdout) == (2, "")
    (line,) = finished.stderr.splitlines()
    assert f" error kubexit: {'--timeout' if '1' in arguments else arguments[0]}" in line


def test_a_full_stdout_is_an_error(kubexit: Kubexit) -> None:
    """What cannot be written is an error with code 70; a reader that went away is not."""
    kubexit.carve("main", Born=True)
    with open("/dev/full", "w") as full:
        refused = look(kubexit, "--status", stdout=full)
    reading, writing = os.pipe()
    os.close(reading)
    gone = look(kubexit, "--status", stdout=writing)
    os.close(writing)

    assert refused.code == 70
    assert "cannot write to stdout: No space left on device" in refused.stderr
    assert (gone.code, gone.stderr) == (0, "")


@pytest.mark.parametrize("option", ["--status", "--timeline"])
def test_nothing_commands_the_terminal(kubexit: Kubexit, option: str) -> None:
    """What cannot be shown in a name or a reason becomes "?": control characters, also those beyond ASCII, and bytes
    that are not UTF-8. The columns stay."""
    kubexit.carve("main", Died=True, ExitCode=1, Reason="a \x9b31m\x1b[31m \u2028 é")
    for name in (b"c1\xc2\x9b31m", b"bad\xff\x9b", b"\xc3\xa9"):
        shutil.copy(kubexit.graveyard / "main", os.fsencode(kubexit.graveyard) + b"/" + name)
    shown = look(kubexit, option).stdout

    assert re.findall(r"[^\n -~é]", shown) == []
    assert {line.split()[0] for line in shown.splitlines()} >= {"main", "c1?31m", "bad??", "é"}
    assert "a ?31m?[31m ? é" in shown
    if option == "--status":
        assert len({line.index("died") for line in shown.splitlines()[1:]}) == 1


@pytest.mark.behaviour("status-as-json")
def test_json_is_quiet_too(kubexit: Kubexit) -> None:
    """In JSON such characters are escapes."""
    kubexit.carve("main\x9b", Died=True, ExitCode=1, Reason="a \x9b31m")
    shown = look(kubexit, "--status", "--output", "json").stdout

    assert "\x9b" not in shown
    assert containers(kubexit)["main\x9b"]["Reason"] == "a \x9b31m"


@pytest.mark.parametrize("born", ["1678-02-28T12:00:01Z", "1969-06-01T12:34:56Z", "1969-12-31T23:59:59Z"])
def test_a_clock_before_1970(kubexit: Kubexit, born: str) -> None:
    """A time before 1970 is shown like any other."""
    kubexit.carve("main", Born=born)

    assert rows(look(kubexit, "--status"))[0][2] == born


@pytest.mark.behaviour("failed-call-is-no-answer")
@pytest.mark.parametrize("option", ["--status", "--timeline"])
def test_a_folder_that_cannot_be_listed_is_an_error(kubexit: Kubexit, option: str) -> None:
    """If the system does not list the folder, that is no empty graveyard: 73."""
    kubexit.carve("main", Born=True, Died=True, ExitCode=1)
    finished = look(single_file.traced(kubexit, "getdents64:error=EIO"), option)

    assert (finished.code, finished.stdout) == (73, "")
    assert f"graveyard {kubexit.graveyard} cannot be read: " in finished.stderr


def unread(pipe: int) -> int:
    """How many bytes are in a pipe."""
    return int.from_bytes(fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)), sys.byteorder)


def test_a_full_pipe_is_waited_for(kubexit: Kubexit) -> None:
    """All is written to a pipe that is full for a while, even if its writer made it non-blocking."""
    for number in range(900):
        kubexit.carve(f"job-{number:04}", Died=True, ExitCode=1, Reason="x" * 100)
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    looking = kubexit.start(options=["--status"], name=None, stdout=writing)
    os.close(writing)
    eventually(lambda: unread(reading) > 60_000, "the pipe is full")
    with open(reading, "rb") as pipe:
        shown = pipe.read()

    assert looking.wait() == 0
    assert len(shown.splitlines()) == 901
