"""The timeline draws lives correctly, at any width, with or without Unicode and colour."""

import re
from dataclasses import replace

import pytest

pytest.importorskip("kubexit._supervisor", reason="NATIVE UNIT NOT TESTED: kubexit is not installed (make dev)")

from demo.life import Life, read
from demo.timeline import ASCII, UNICODE, Look, draw

REASON = "dependency client died with exit code 0"
WEB = Life("web", started=100, born=100, ready=102, died=107, exit_code=0, command_exit_code=143, reason=REASON)
CLIENT = Life("client", started=100, born=102, died=106, exit_code=0)
TOMBSTONE = b"""\
Born: "2026-11-21T11:32:28.5Z"
Ready: "2026-11-21T11:32:29.123456789Z"
Died: "2026-11-21T13:32:30+02:00"
ExitCode: 0
CommandExitCode: 137
Killed: true
Reason: "dependency \\"odd\\" crashed"
"""


def rows(lives: list[Life], columns: int) -> dict[str, str]:
    """The bars by name, drawn in ASCII with `columns` columns each."""
    label = max(len(life.name) for life in lives)
    lines = draw(lives, columns + label + 12, ASCII)[2 : 2 + len(lives)]
    return {line[:label].rstrip(): line[label + 2 : label + 2 + columns] for line in lines}


def test_segments_stand_at_their_times() -> None:
    """Each part of a life covers its share of the width."""
    assert rows([WEB, CLIENT], 70) == {
        "web": ":" * 20 + "#" * 40 + "~" * 10,
        "client": "." * 20 + "#" * 40 + " " * 10,
    }


def test_stopping_begins_with_the_death_of_the_dependency() -> None:
    """A life that a dependency ended has a stopping part; one that ended by itself has none."""
    alone = replace(WEB, reason=None)

    assert "~" not in rows([alone, CLIENT], 70)["web"]
    assert "~" in rows([WEB, CLIENT], 70)["web"]


def test_a_life_without_birth_is_waiting() -> None:
    """A container that only waited is waiting until its death, and the note says that nothing was started."""
    lives = [
        CLIENT,
        Life("proxy", started=100, died=103, exit_code=0, reason="dependency client died with exit code 0"),
    ]

    assert rows(lives, 60)["proxy"] == "." * 30 + " " * 30
    assert "the command was not started" in draw(lives, 120, ASCII)[-1]


def test_short_end_is_seen() -> None:
    """A part that is shorter than a column still gets one."""
    quick = replace(WEB, died=106.001)

    assert rows([quick, replace(CLIENT, died=106)], 20)["web"].endswith("~")


def test_a_life_without_death_has_no_code() -> None:
    """A life without a death runs to the right edge and has no exit code."""
    lives = [Life("db", born=100), CLIENT]

    assert rows(lives, 30)["db"] == "#" * 30
    assert draw(lives, 80, ASCII)[2].endswith("alive")


def test_nothing_is_known() -> None:
    """A container without any times is an empty row, not an error."""
    assert rows([Life("db")], 30)["db"] == " " * 30


@pytest.mark.parametrize("width", [40, 60, 80, 200])
@pytest.mark.parametrize("look", [ASCII, UNICODE, replace(UNICODE, colour=True)], ids=["ascii", "unicode", "colour"])
def test_lines_fit_the_terminal(width: int, look: Look) -> None:
    """No line is wider than the terminal, in any drawing."""
    lines = draw([WEB, CLIENT], width, look)

    assert max(len(re.sub(r"\033\[\d*m", "", line)) for line in lines) <= width


def test_ascii_is_ascii() -> None:
    """The plain form has only ASCII characters."""
    assert "\n".join(draw([WEB, CLIENT], 80, ASCII)).isascii()


@pytest.mark.parametrize(("seconds", "label"), [(3, "0.5s"), (45, "5s"), (600, "2m"), (50000, "2h")])
def test_axis_has_round_labels(seconds: float, label: str) -> None:
    """The labels of the axis are round numbers, far enough apart to be read."""
    axis = draw([Life("db", born=0, died=seconds, exit_code=0)], 90, ASCII)[0]

    assert axis.split()[:2] == ["0s", label]


def test_reads_a_tombstone() -> None:
    """A tombstone is read with kubexit's own reader; the extra keys are read too."""
    life = read("web", TOMBSTONE, started=1.0)

    assert (life.name, life.started, life.exit_code, life.command_exit_code) == ("web", 1.0, 0, 137)
    assert life.killed
    assert life.reason == 'dependency "odd" crashed'
    assert (life.born, life.died) == (1795260748.5, 1795260750.0)


def test_half_a_tombstone_is_refused() -> None:
    """A file that kubexit does not accept as a tombstone is refused here too."""
    with pytest.raises(ValueError, match="tombstone"):
        read("web", b'Born: "2026-11-')
