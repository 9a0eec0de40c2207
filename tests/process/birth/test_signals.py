"""Signals during the birth wait end it if they ask to stop."""

import signal

import pytest

from harness.containers import waiting
from harness.kubexit import Kubexit

pytestmark = pytest.mark.every_form

SIGNALS = ["SIGUSR1", "SIGUSR2", "SIGWINCH", "SIGURG", "SIGCONT", "SIGPIPE", "SIGALRM", "SIGRTMIN", "SIGRTMAX"]


@pytest.mark.behaviour("other-stop-signals", "signal-during-birth-wait")
@pytest.mark.parametrize("stop", ["WINCH", "USR1", "RTMIN+3"])
def test_the_stop_signal_ends_the_wait(kubexit: Kubexit, stop: str) -> None:
    """The image's stop signal ends the wait as SIGTERM does."""
    number = {"WINCH": signal.SIGWINCH, "USR1": signal.SIGUSR1, "RTMIN+3": signal.SIGRTMIN + 3}[stop]
    app = waiting(kubexit, BIRTH_DEPS="db:born", STOP_SIGNAL=stop)
    app.signal(number)

    assert app.wait() == 128 + number
    assert app.stdout == ""


@pytest.mark.behaviour("signal-during-birth-wait")
@pytest.mark.parametrize("number", SIGNALS)
def test_others_are_dropped(kubexit: Kubexit, number: str) -> None:
    """Other signals are dropped: they neither end the wait nor reach the command, which would die of most of them.

    Shown to fail by sending SIGTERM.
    """
    settings = {"BIRTH_DEPS": "db:born", "BIRTH_TIMEOUT": "infinite"}
    app = kubexit.start(kubexit.program(), "mask", name="app", **settings)
    app.wait_line("waiting for birth", stream="stderr")
    app.signal(getattr(signal, number))
    kubexit.carve("db", Born=True)

    assert app.wait() == 0
    assert "pending" not in app.stdout


@pytest.mark.behaviour("signal-during-birth-wait")
def test_the_tombstone_names_the_signal(kubexit: Kubexit) -> None:
    """The tombstone says which signal it was."""
    app = waiting(kubexit, BIRTH_DEPS="db:born")
    app.signal(signal.SIGTERM)
    app.wait()

    assert (kubexit.tombstone("app") or {})["Reason"].startswith("SIGTERM from pid ")


@pytest.mark.behaviour("dead-before-start", "signal-during-birth-wait")
def test_together_with_a_death(kubexit: Kubexit) -> None:
    """A death and a signal at the same moment have one outcome, the outcome of one of the two."""
    app = waiting(kubexit, DEATH_DEPS="main", BIRTH_DEPS="db:born")
    app.signal(signal.SIGSTOP)
    kubexit.carve("main", Died=True, ExitCode=0)
    app.signal(signal.SIGTERM)
    app.signal(signal.SIGCONT)
    code = app.wait()

    assert code in (0, 143)
    assert app.stdout == ""
    assert (kubexit.tombstone("app") or {})["ExitCode"] == code


@pytest.mark.behaviour("signal-during-birth-wait", "pid-1-exits")
def test_as_pid_1(kubexit: Kubexit) -> None:
    """PID 1 handles them too, although the kernel protects it from signals without a handler."""
    app = kubexit.start("echo", "BORN", pid1=True, BIRTH_DEPS="db:born", BIRTH_TIMEOUT="infinite")
    app.wait_line("waiting for birth", stream="stderr")
    app.signal(signal.SIGTERM)

    assert app.wait() == 143
    assert app.stdout == ""
