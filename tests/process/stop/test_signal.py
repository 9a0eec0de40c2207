"""KUBEXIT_STOP_SIGNAL: by name or number, and what is refused."""

import signal

import pytest

from harness.kubexit import Kubexit

NAMES = {
    "TERM": 15, "SIGTERM": 15, "15": 15, "QUIT": 3, "SIGWINCH": 28, "INT": 2, "HUP": 1, "USR1": 10,
    # 34 is RTMIN in container runtimes and systemd, although the C library keeps some numbers for itself.
    "RTMIN": 34, "RTMIN+3": 37, "SIGRTMIN+3": 37, "RTMAX": 64, "RTMAX-14": 50, "SIGRTMAX-1": 63, "37": 37, "64": 64,
}  # fmt: skip


@pytest.mark.behaviour("other-stop-signals", "stop-signal-names")
def test_every_way_to_name_one(kubexit: Kubexit, actor: str) -> None:
    """Names with and without SIG, numbers, and real-time signals relative to both ends are understood."""
    running = {
        text: kubexit.start(
            actor, "ready-then-wait", "--exit", f"{number}=0",
            name=f"main-{number}-{index}", DEATH_DEPS="db", STOP_SIGNAL=text,
        )
        for index, (text, number) in enumerate(NAMES.items())
    }  # fmt: skip
    for supervised in running.values():
        supervised.wait_line("READY")
    kubexit.carve("db", Born=True, Died=True, ExitCode=0)

    assert {text: supervised.wait() for text, supervised in running.items()} == dict.fromkeys(NAMES, 0)


@pytest.mark.behaviour("other-stop-signals")
def test_only_that_signal_is_sent(kubexit: Kubexit, actor: str) -> None:
    """The stop signal takes the place of SIGTERM; there is no SIGTERM before the SIGKILL."""
    supervised = kubexit.start(actor, "ready-then-wait", DEATH_DEPS="db", STOP_SIGNAL="QUIT", GRACE_PERIOD="1s")
    supervised.wait_line("READY")
    kubexit.carve("db", Born=True, Died=True, ExitCode=0)

    assert supervised.wait() == 137
    assert supervised.stdout == "READY\nSIGNAL QUIT 3\n"


@pytest.mark.behaviour("other-stop-signals")
def test_the_kubelets_term_is_not_translated(kubexit: Kubexit, actor: str) -> None:
    """A SIGTERM from outside is forwarded as SIGTERM, with any stop signal of kubexit."""
    supervised = kubexit.start(actor, "ready-then-wait", STOP_SIGNAL="QUIT")
    supervised.wait_line("READY")
    supervised.signal(signal.SIGTERM)

    supervised.wait_line("SIGNAL TERM")
    assert "QUIT" not in supervised.stdout


@pytest.mark.behaviour("other-stop-signals")
def test_stop_signal_from_outside(kubexit: Kubexit, actor: str) -> None:
    """The stop signal from outside is forwarded, and a dependency's death after it does not send it again.

    Fails when the stop begins again: the grace period follows the second signal, and so does the line.
    """
    supervised = kubexit.start(actor, "ready-then-wait", DEATH_DEPS="db", STOP_SIGNAL="QUIT", GRACE_PERIOD="50ms")
    supervised.wait_line("READY")
    supervised.signal(signal.SIGQUIT)
    supervised.wait_line("SIGNAL QUIT")
    kubexit.carve("db", Born=True, Died=True, ExitCode=0)

    assert supervised.wait() == 137
    assert supervised.stdout == "READY\nSIGNAL QUIT 3\n"


@pytest.mark.behaviour("bad-setting-exits-with-2", "stop-signal-names")
@pytest.mark.parametrize("text", ["TERMINATE", "SIG", "0", "65", "-15", "15x", "RTMIN-1", "RTMIN+31", "RTMAX+1"])
def test_an_unknown_signal_exits_with_2(kubexit: Kubexit, actor: str, text: str) -> None:
    """A signal that does not exist is a settings error, and the command is not started."""
    finished = kubexit.run(actor, "exit", "0", STOP_SIGNAL=text)

    assert finished.code == 2
    assert "KUBEXIT_STOP_SIGNAL" in finished.stderr
    assert kubexit.tombstone()["ExitCode"] == 2
