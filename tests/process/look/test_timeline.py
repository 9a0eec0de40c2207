"""`kubexit --timeline` draws the lives of all containers, as `make demo` does, for any width."""

import contextlib
import fcntl
import os
import re
import signal
import struct
import subprocess
import termios
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from demo.life import read
from demo.timeline import ASCII, UNICODE, draw
from harness.containers import born, lines, running
from harness.graveyard import carve, now
from harness.kubexit import Kubexit
from harness.looks import look

pytestmark = pytest.mark.behaviour("timeline-shows-lives")

COLOUR = re.compile(r"\033\[\d*m")
BEGIN = 1_767_225_600_000  # milliseconds


def chart(kubexit: Kubexit, columns: int = 80, **environment: str) -> list[str]:
    """The lines of the chart."""
    finished = look(kubexit, "--timeline", env={"COLUMNS": str(columns), **environment})
    assert finished.code == 0, finished.stderr
    return finished.stdout.splitlines()


def moment(milliseconds: int) -> str:
    """A time of a tombstone."""
    return datetime.fromtimestamp((BEGIN + milliseconds) / 1000, UTC).isoformat(timespec="milliseconds")


def dead(kubexit: Kubexit, name: str, born: int, ready: int | None, died: int, **keys: object) -> None:
    """A container that has died; times in milliseconds."""
    times = {"Born": moment(born), "Ready": None if ready is None else moment(ready), "Died": moment(died)}
    carve(kubexit.graveyard / name, **times, ExitCode=0, **keys)


def between(moments: set[int], columns: int) -> bool:
    """Return whether a moment, or a label of the axis, is exactly between two columns: there either one is right."""
    span = max(max(moments) - min(moments), 1)
    places = {moment - min(moments) for moment in moments} | set(range(0, span + 1, 100))
    halves = (divmod(2 * place * columns, span) for place in places)
    return any(rest == 0 and half % 2 == 1 for half, rest in halves) or 8 * span % (100 * columns) == 0


@given(
    st.lists(st.tuples(*[st.integers(0, 2_000_000)] * 3, st.booleans()), min_size=1, max_size=5),
    st.integers(40, 160),
    st.booleans(),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_draws_what_the_demo_draws(
    kubexit: Kubexit, lives: list[tuple[int, int, int, bool]], width: int, unicode: bool
) -> None:
    """Axis, bars and legend are the ones that the demo draws from the same tombstones, at any width."""
    kubexit.graveyard.mkdir(exist_ok=True)
    assume(not between({time for *times, _ in lives for time in times}, width - 14))
    for old in kubexit.graveyard.iterdir():
        old.unlink()
    for number, (one, two, three, ready) in enumerate(lives):
        first, second, last = sorted((one, two, three))
        reason = {"Reason": f"dependency c{number - 1} died with exit code 0"} if number else {}
        dead(kubexit, f"c{number}", first, second if ready else None, last, **reason)
    stones = [read(file.name, file.read_bytes()) for file in kubexit.graveyard.iterdir()]
    stones.sort(key=lambda life: (life.born, life.name))
    drawn = draw(stones, width, UNICODE if unicode else ASCII)
    shown = chart(kubexit, width, LANG="C.UTF-8" if unicode else "C")
    parts = 2 + len(lives)

    assert [line.rstrip() for line in shown[:parts]] == [line.rstrip() for line in drawn[:parts]]


def test_a_pod_in_the_middle_of_its_life(kubexit: Kubexit) -> None:
    """Living containers are drawn up to now, waiting ones with what they wait for, crashed ones as such."""
    born(kubexit, "db")
    crashed = born(kubexit, "crashed")
    crashed.kill()
    kubexit.carve("app", Waiting=now(), WaitsFor="db, migrate:succeeded")
    shown = chart(kubexit)
    ends = {line.split()[0]: line.split()[-1] for line in shown[2:5]}

    assert ends == {"db": "alive", "crashed": "crashed", "app": "waiting"}
    assert shown[-1] == "app      waits for db, migrate:succeeded"


def test_notes_say_what_ended_a_life(kubexit: Kubexit) -> None:
    """Below the chart is why a life ended, whether SIGKILL was needed, and that a command was never started."""
    reason = "dependency main died with exit code 0"
    dead(kubexit, "side", 0, None, 900, CommandExitCode=137, Killed="true", Reason=reason)
    kubexit.carve("never", Died=moment(500), ExitCode=69, Reason="birth dependencies not met after 5s: db (not born)")
    notes = chart(kubexit, 200)[5:]

    assert notes == [
        f"side   {reason}; the command exited with 137; SIGKILL after the grace period",
        "never  birth dependencies not met after 5s: db (not born); the command was not started",
    ]


@pytest.mark.parametrize("width", [1, 20, 40, 79, 80, 300])
def test_long_notes_are_wrapped(kubexit: Kubexit, width: int) -> None:
    """No line is wider than the terminal, if that has room for a name and a bar at all."""
    dead(kubexit, "side", 0, 100, 900, Reason="a reason of many words " * 20)
    shown = chart(kubexit, width)

    assert max(len(line) for line in shown) <= max(width, 30)
    assert " ".join(" ".join(line.split()) for line in shown[4:]).count("a reason of many words") == 20


def on_a_terminal(kubexit: Kubexit, **environment: str) -> list[str]:
    """The lines of the chart on a terminal with 61 columns. The kernel brings them to its screen in pieces."""
    screen, terminal = os.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 61, 0, 0))
    look(kubexit, "--timeline", stdout=terminal, env=environment)
    os.close(terminal)
    text = b""
    with contextlib.suppress(OSError):  # EIO: no process has the terminal any longer, and all was read
        while piece := os.read(screen, 65536):
            text += piece
    os.close(screen)
    return text.decode().splitlines()


def test_the_width_is_that_of_the_terminal(kubexit: Kubexit) -> None:
    """Lines are as wide as the terminal, in colour unless NO_COLOR is set; elsewhere they have 80 columns."""
    dead(kubexit, "side", 0, 100, 900)
    kubexit.carve("main", Born=moment(0), Died=moment(800), ExitCode=143)
    shown, plain = on_a_terminal(kubexit), on_a_terminal(kubexit, NO_COLOR="1")

    assert COLOUR.search("".join(shown))
    assert not COLOUR.search("".join(plain))
    assert [COLOUR.sub("", line) for line in shown] == plain
    assert max(len(line) for line in plain) == 61
    assert max(len(line) for line in look(kubexit, "--timeline").stdout.splitlines()) == 80


def test_an_empty_graveyard_says_so(kubexit: Kubexit) -> None:
    """Without any container there is one line and no chart."""
    kubexit.graveyard.mkdir()

    assert chart(kubexit) == ["no container has been here"]


@pytest.mark.behaviour("last-one-logs-the-timeline")
def test_the_last_to_end_logs_it(kubexit: Kubexit) -> None:
    """At debug the container that ends last logs the timeline, before its FIFO is gone; the others do not."""
    side = running(kubexit, "side", "USR1=0", DEATH_DEPS="main", STOP_DELAY="1m", LOG_LEVEL="debug")
    main = kubexit.run("true", name="main", LOG_LEVEL="debug")
    side.signal(signal.SIGUSR1)
    side.wait()
    drawn = [line.partition("]: timeline: ")[2] for line in lines(side.stderr, "debug")]

    assert [line for line in drawn if re.match(r"(side|main)  .*#.*exit 0$", line)]
    assert any("running (ready)" in line for line in drawn)
    assert "exit 0" not in "".join(lines(main.stderr, "debug"))


@pytest.mark.behaviour("last-one-logs-the-timeline")
def test_at_info_nothing_is_drawn(kubexit: Kubexit) -> None:
    """At the default level nothing of it is logged, and the graveyard is not read."""
    finished = kubexit.run("true", name="main")

    assert "running (ready)" not in finished.stderr


@pytest.mark.behaviour("look-changes-nothing", "runs-anywhere-unprivileged")
def test_it_needs_no_environment(kubexit: Kubexit) -> None:
    """Without any environment it draws /graveyard, or what --in names."""
    dead(kubexit, "side", 0, 100, 900)
    drawn = subprocess.run(
        [kubexit.path, "--timeline", "--in", kubexit.graveyard], env={}, capture_output=True, text=True, timeout=20
    )

    assert drawn.returncode == 0
    assert "side  " in drawn.stdout


def test_centuries_are_between_two_lives(kubexit: Kubexit) -> None:
    """Times that are further apart than 63 bits of nanoseconds are in their order on the axis."""
    kubexit.carve("old", Born="1678-01-01T00:00:00Z", Died="1970-01-01T00:00:00Z", ExitCode=0)
    kubexit.carve("new", Born="1970-01-01T00:00:00Z", Died="2261-12-31T23:59:59Z", ExitCode=0)
    labels, _, old, new, *_ = chart(kubexit, 53)

    assert labels.split()[0] == "0s"
    assert old == "old  " + "#" * 19 + " " * 19 + "  exit 0"
    assert new == "new  " + " " * 19 + "#" * 19 + "  exit 0"
