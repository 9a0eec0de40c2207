"""KUBEXIT_SIGNAL_MAP: the command gets another signal than the one that came from outside, or none."""

import signal

import pytest

from harness.containers import born, fenced_off, running
from harness.kubexit import Kubexit

pytestmark = [pytest.mark.every_form, pytest.mark.behaviour("signal-map")]


def test_the_command_gets_the_other_signal(kubexit: Kubexit) -> None:
    """A signal on the left becomes the one on the right; the others stay; the map is applied once."""
    container = running(kubexit, exits="INT=4", SIGNAL_MAP=" SIGTERM:QUIT , 3:USR1,RTMIN+2:WINCH,USR2:INT")
    for count, number in enumerate((signal.SIGTERM, signal.SIGQUIT, signal.SIGRTMIN + 2, signal.SIGHUP), 1):
        container.signal(number)
        container.wait_line("SIGNAL", count=count)
    container.signal(signal.SIGUSR2)

    assert container.wait() == 4
    got = [line.split()[1] for line in container.stdout.splitlines() if line.startswith("SIGNAL")]
    assert got == ["QUIT", "USR1", "WINCH", "HUP", "INT"]
    assert "SIGTERM from pid" in container.stderr
    assert "forwarded to the command as SIGQUIT" in container.stderr


def test_nothing_on_the_right_drops_it(kubexit: Kubexit) -> None:
    """A dropped signal does not reach the command, and is no request to stop: a death still sends the stop signal.

    Fails when the dropped SIGTERM counts: then kubexit sends no stop signal after it.
    """
    container = running(kubexit, DEATH_DEPS="fence", SIGNAL_MAP="TERM:,HUP:")
    container.signal(signal.SIGHUP)
    container.signal(signal.SIGTERM)
    container.wait_line("SIGTERM from .*: not forwarded", "stderr")

    stone = fenced_off(kubexit, container)
    assert container.stdout == "READY\nSIGNAL TERM 15\n"
    assert stone["ExitCode"] == 0
    assert "cannot be sent" not in container.stderr


@pytest.mark.behaviour("one-sigterm-not-two")
@pytest.mark.parametrize(
    ("mapping", "number", "sent"),
    [("TERM:USR1", signal.SIGTERM, "USR1"), ("INT:TERM", signal.SIGINT, "TERM"), ("HUP:QUIT", signal.SIGHUP, "QUIT")],
)
def test_a_request_to_stop_stays_one(kubexit: Kubexit, mapping: str, number: int, sent: str) -> None:
    """SIGTERM is a request to stop also as another signal, and so is what becomes SIGTERM or the stop signal.

    Fails when it does not count: the death would send a second request before SIGKILL.
    """
    stop_signal = "QUIT" if sent == "QUIT" else "TERM"
    container = running(
        kubexit, exits="", DEATH_DEPS="main", SIGNAL_MAP=mapping, STOP_SIGNAL=stop_signal, GRACE_PERIOD="50ms"
    )
    container.signal(number)
    container.wait_line(f"SIGNAL {sent}")
    kubexit.carve("main", Born=True, Died=True, ExitCode=0)

    assert container.wait() == 137
    assert container.stdout.count("SIGNAL") == 1


def test_the_stop_signal_is_sent_as_it_is(kubexit: Kubexit) -> None:
    """What kubexit sends by itself is not mapped."""
    container = running(kubexit, exits="TERM=6", DEATH_DEPS="main", SIGNAL_MAP="TERM:QUIT")
    kubexit.carve("main", Born=True, Died=True, ExitCode=0)

    assert container.wait() == 6
    assert container.stdout == "READY\nSIGNAL TERM 15\n"


@pytest.mark.behaviour("term-after")
def test_a_kept_signal_is_mapped_too(kubexit: Kubexit) -> None:
    """A SIGTERM that waited for another container is forwarded as the map says."""
    kubexit.carve("main", Born=True)
    container = born(kubexit, "shipper", "QUIT=9", TERM_AFTER="main", GRACE_PERIOD="1h", SIGNAL_MAP="TERM:QUIT")
    container.signal(signal.SIGTERM)
    container.wait_line("to exit first", "stderr")
    kubexit.carve("main", Born=True, Died=True, ExitCode=0)

    assert container.wait() == 9
    assert container.stdout == "READY\nSIGNAL QUIT 3\n"


@pytest.mark.behaviour("outside-end-has-a-reason")
def test_reason_of_a_mapped_signal(kubexit: Kubexit) -> None:
    """The reason names the signal that came, if the command died of what it got."""
    container = kubexit.start("sleep", "1000", SIGNAL_MAP="USR1:KILL")
    kubexit.wait_tombstone("main", "Born")
    container.signal(signal.SIGUSR1)

    assert container.wait() == 137
    assert (kubexit.tombstone() or {})["Reason"].startswith("SIGUSR1 from pid")


@pytest.mark.behaviour("signal-during-birth-wait")
def test_nothing_is_mapped_before_the_start(kubexit: Kubexit) -> None:
    """While the command does not run, a SIGTERM ends the wait, also if the map drops it."""
    container = kubexit.start(
        "echo", "BORN", BIRTH_DEPS="db:born", BIRTH_SOURCE="graveyard", BIRTH_TIMEOUT="infinite", SIGNAL_MAP="TERM:"
    )
    container.wait_line("waiting for birth dependencies", "stderr")
    container.signal(signal.SIGTERM)

    assert container.wait() == 143
    assert container.stdout == ""


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("TERM", "no colon; use FROM:TO"),
        ("TERM:NONE", "unknown signal"),
        (":TERM", "unknown signal"),
        ("KILL:TERM", "never forwarded"),
        ("STOP:TERM", "never forwarded"),
        ("CHLD:", "never forwarded"),
        ("15:QUIT,TERM:INT", "twice; write it once"),
    ],
)
@pytest.mark.behaviour("bad-setting-exits-with-2")
def test_a_bad_pair_is_refused(kubexit: Kubexit, value: str, why: str) -> None:
    """A bad pair is one line that says what is right."""
    finished = kubexit.run("echo", "BORN", SIGNAL_MAP=value)

    assert (finished.code, finished.stdout) == (2, "")
    (line,) = finished.stderr.splitlines()
    assert f"KUBEXIT_SIGNAL_MAP={value.split(',')[-1]}: " in line
    assert why in line
