"""The container runtime sends the STOPSIGNAL of the image, which kubexit cannot know.

As PID 1 of its namespace kubexit sees the test as it sees a runtime: a sender without a pid. Without a namespace
the test is another process of the container, as with `kubectl exec`.
"""

import os
import signal
import time
from typing import Any

import pytest

from harness.containers import born, running
from harness.kubexit import Kubexit
from harness.processes import next_look
from harness.supervised import Supervised
from harness.terminal import Terminal
from harness.waiting import eventually

pytestmark = [pytest.mark.every_form, pytest.mark.behaviour("stop-signal-of-the-image")]

HARMLESS = [signal.SIGCHLD, signal.SIGCONT, signal.SIGURG, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU]
WAIT = {"BIRTH_DEPS": "db:born", "BIRTH_TIMEOUT": "infinite"}


def waiting(kubexit: Kubexit, *command: str, **keywords: Any) -> Supervised:
    """Start kubexit as PID 1, in its birth wait."""
    supervised = kubexit.start(*(command or ("echo", "BORN")), pid1=True, **WAIT, **keywords)
    supervised.wait_line("waiting for birth", "stderr")
    return supervised


def die(kubexit: Kubexit, name: str = "db") -> None:
    """Write a dependency's death."""
    kubexit.carve(name, Born=True, Died=True, ExitCode=0)


@pytest.mark.behaviour("other-stop-signals", "signal-during-birth-wait")
@pytest.mark.parametrize("name", ["USR1", "WINCH", "QUIT", "USR2", "PWR", "ALRM", "37"])
def test_ends_the_wait(kubexit: Kubexit, name: str) -> None:
    """Any signal that the runtime sends before the command starts ends the wait, and nothing is started."""
    number = int(name) if name.isdigit() else getattr(signal, f"SIG{name}")
    supervised = waiting(kubexit)
    supervised.signal(number)

    assert supervised.wait() == 128 + number
    assert supervised.stdout == ""
    assert (kubexit.tombstone() or {})["ExitCode"] == 128 + number


@pytest.mark.behaviour("signal-during-birth-wait")
@pytest.mark.parametrize("number", HARMLESS)
def test_does_not_end_the_wait(kubexit: Kubexit, number: int) -> None:
    """Signals that stop no process are no STOPSIGNAL."""
    supervised = waiting(kubexit)
    supervised.signal(number)
    kubexit.carve("db", Born=True)

    assert supervised.wait() == 0
    assert supervised.stdout == "BORN\n"


@pytest.mark.behaviour("signal-during-birth-wait", "terminal-job-control")
def test_a_window_change_does_not_end_the_wait(kubexit: Kubexit, terminal: Terminal) -> None:
    """The resize of a terminal has no sender either, but does not end the wait."""
    supervised = kubexit.start("echo", "BORN", stdin=terminal.inside, preexec_fn=terminal.session, **WAIT)
    supervised.wait_line("waiting for birth", "stderr")
    terminal.resize(40, 100)
    kubexit.carve("db", Born=True)

    assert supervised.wait() == 0


@pytest.mark.behaviour("signal-during-birth-wait")
def test_of_another_process(kubexit: Kubexit) -> None:
    """SIGUSR1 of a process in the namespace does not end the wait: it does not come from the runtime."""
    supervised = kubexit.start("echo", "BORN", **WAIT)
    supervised.wait_line("waiting for birth", "stderr")
    supervised.signal(signal.SIGUSR1)
    kubexit.carve("db", Born=True)

    assert supervised.wait() == 0


@pytest.mark.behaviour("term-after")
@pytest.mark.parametrize(("name", "settings"), [("QUIT", {}), ("USR1", {"STOP_SIGNAL": "USR1"})])
def test_sigquit_and_stop_signal_are_deferred(kubexit: Kubexit, name: str, settings: dict[str, str]) -> None:
    """KUBEXIT_TERM_AFTER holds SIGQUIT of the runtime, and the stop signal."""
    born(kubexit)
    held = running(kubexit, "shipper", f"{name}=9 WINCH=3", pid1=True, TERM_AFTER="main", GRACE_PERIOD="1h", **settings)
    held.signal(getattr(signal, f"SIG{name}"))
    held.wait_line(": waiting for main to exit first", "stderr")
    assert "SIGNAL" not in held.stdout
    die(kubexit, "main")

    assert held.wait() == 9


@pytest.mark.behaviour("signals-forwarded", "term-after")
@pytest.mark.parametrize("name", ["HUP", "USR1"])
def test_a_reload_is_forwarded_at_once(kubexit: Kubexit, name: str) -> None:
    """SIGHUP and SIGUSR1 may be reloads: they are forwarded at once, and count as no request to stop."""
    born(kubexit)
    settings = {"TERM_AFTER": "main", "DEATH_DEPS": "db", "GRACE_PERIOD": "1h"}
    sidecar = running(kubexit, "shipper", "TERM=9", pid1=True, **settings)
    sidecar.signal(getattr(signal, f"SIG{name}"))
    sidecar.wait_line(f"SIGNAL {name}")
    die(kubexit)

    assert sidecar.wait() == 9


@pytest.mark.behaviour("outside-sigterm-no-deadline", "one-sigterm-not-two")
def test_a_death_after_sigquit_sends_no_sigterm(kubexit: Kubexit) -> None:
    """After SIGQUIT of the runtime a dependency's death only starts the grace period: no SIGTERM on top.

    Fails when the death sends SIGTERM: WINCH is sent after it, and is never printed before it.
    """
    sidecar = running(kubexit, "main", "WINCH=9", pid1=True, DEATH_DEPS="db", GRACE_PERIOD="1h")
    sidecar.signal(signal.SIGQUIT)
    sidecar.wait_line("SIGNAL QUIT")
    die(kubexit)
    sidecar.wait_line("the command already has a stop signal", "stderr")
    sidecar.signal(signal.SIGWINCH)

    assert sidecar.wait() == 9
    assert "SIGNAL TERM" not in sidecar.stdout


@pytest.mark.behaviour("outside-sigterm-no-deadline")
def test_a_death_after_a_thread_dump_sends_sigterm(kubexit: Kubexit) -> None:
    """SIGQUIT may have been a request for a thread dump: after a grace period a death sends SIGTERM again."""
    settings = {"DEATH_DEPS": "db", "GRACE_PERIOD": "1s", "LOG_LEVEL": "debug"}
    sidecar = running(kubexit, "main", "TERM=9", pid1=True, **settings)
    sidecar.signal(signal.SIGQUIT)
    sidecar.wait_line("TIME_UP: ASKED to LIFE", "stderr")
    die(kubexit)

    assert sidecar.wait() == 9


@pytest.mark.behaviour("outside-sigterm-no-deadline", "one-sigterm-not-two")
def test_term_after_quit(kubexit: Kubexit) -> None:
    """SIGTERM after SIGQUIT counts without a limit. Fails when the end of SIGQUIT's time takes it back."""
    sidecar = running(kubexit, "main", "", pid1=True, GRACE_PERIOD="1h")
    sidecar.signal(signal.SIGQUIT)
    sidecar.wait_line("SIGNAL QUIT")
    eventually(lambda: next_look(sidecar.pid) > 0, "SIGQUIT counts for a time")
    sidecar.signal(signal.SIGTERM)
    sidecar.wait_line("SIGNAL TERM")

    eventually(lambda: next_look(sidecar.pid) == 0, "SIGTERM counts without a limit")


@pytest.mark.behaviour("outside-sigterm-no-deadline", "signals-forwarded")
def test_quit_of_another_process(kubexit: Kubexit) -> None:
    """SIGQUIT of a process in the container (`kubectl exec`) is forwarded, and does not count as a request."""
    sidecar = running(kubexit, "main", "TERM=9", DEATH_DEPS="db", GRACE_PERIOD="1h")
    sidecar.signal(signal.SIGQUIT)
    sidecar.wait_line("SIGNAL QUIT")
    die(kubexit)

    assert sidecar.wait() == 9


@pytest.mark.behaviour("stop-times-do-not-change", "one-sigterm-not-two")
def test_quit_after_our_own(kubexit: Kubexit) -> None:
    """SIGQUIT of the runtime after kubexit's stop signal is not forwarded: the command was asked already."""
    sidecar = running(kubexit, "main", "WINCH=9", pid1=True, DEATH_DEPS="db", GRACE_PERIOD="1h")
    die(kubexit)
    sidecar.wait_line("SIGNAL TERM")
    sidecar.signal(signal.SIGQUIT)
    sidecar.signal(signal.SIGWINCH)

    assert sidecar.wait() == 9
    assert "SIGNAL QUIT" not in sidecar.stdout


def test_stop_signal_quit(kubexit: Kubexit) -> None:
    """With KUBEXIT_STOP_SIGNAL=QUIT, SIGQUIT is the stop signal, from any sender, without a time limit."""
    sidecar = running(
        kubexit, "main", "WINCH=9", STOP_SIGNAL="QUIT", DEATH_DEPS="db", GRACE_PERIOD="1h", LOG_LEVEL="debug"
    )
    sidecar.signal(signal.SIGQUIT)
    sidecar.wait_line("SIGNAL_STOP: LIFE to ASKED", "stderr")
    sidecar.wait_line("SIGNAL QUIT")
    die(kubexit)
    sidecar.wait_line("the command already has a stop signal", "stderr")
    os.kill(sidecar.pid, signal.SIGWINCH)

    assert sidecar.wait() == 9


@pytest.mark.behaviour("outside-sigterm-no-deadline", "stop-signal-of-the-image")
def test_another_sigquit_counts_for_another_grace_period(kubexit: Kubexit) -> None:
    """The last SIGQUIT counts for a whole grace period. Fails when the first one's time is not renewed."""
    settings = {"DEATH_DEPS": "db", "GRACE_PERIOD": "2s", "LOG_LEVEL": "debug"}
    sidecar = running(kubexit, "main", "TERM=9", pid1=True, **settings)
    sidecar.signal(signal.SIGQUIT)
    sidecar.wait_line("SIGNAL QUIT")
    time.sleep(0.2)  # the second must be later than the first, by any length
    begin = time.monotonic()
    sidecar.signal(signal.SIGQUIT)
    sidecar.wait_line("TIME_UP: ASKED to LIFE", "stderr")

    assert time.monotonic() - begin >= 2
    assert sidecar.stdout.count("SIGNAL QUIT") == 2


@pytest.mark.behaviour("term-after", "stop-signal-of-the-image")
def test_sigterm_after_a_kept_sigquit_is_kept_instead(kubexit: Kubexit) -> None:
    """A SIGTERM while SIGQUIT is deferred shows that SIGQUIT was for a thread dump: it is forwarded, SIGTERM waits."""
    born(kubexit)
    shipper = running(kubexit, "shipper", "TERM=9", pid1=True, TERM_AFTER="main", GRACE_PERIOD="1h")
    shipper.signal(signal.SIGQUIT)
    shipper.wait_line(": waiting for main to exit first", "stderr")
    shipper.signal(signal.SIGTERM)
    shipper.wait_line("SIGNAL QUIT")
    shipper.wait_line("which waits instead", "stderr")
    assert "SIGNAL TERM" not in shipper.stdout
    die(kubexit, "main")

    assert shipper.wait() == 9
    assert shipper.stdout.count("SIGNAL QUIT") == 1
