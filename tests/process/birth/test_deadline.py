"""The waiter at the deadline, and waiters that die before it."""

import os
import signal
import time

import pytest

from harness import processes
from harness.kubexit import Kubexit
from harness.supervised import Supervised
from harness.waiters import Waiter

MOMENT = "1s"  # in which a waiter has started, even on a busy machine


def acting(kubexit: Kubexit, *exits: str) -> Waiter:
    """Make a waiter that writes READY and its signals to stderr, and exits at the signals that it is given."""
    options = " ".join(f"--exit {pair}" for pair in exits)
    return Waiter(kubexit.folder, f"exec {kubexit.program()} ready-then-wait {options} >&2")


def start(kubexit: Kubexit, waiter: Waiter, timeout: str, **settings: str) -> Supervised:
    settings = {"BIRTH_DEPS": "db", "POD_NAME": "pod-1", "NAMESPACE": "ns-1", **settings}
    return kubexit.start("echo", "BORN", name="app", waiter=waiter, BIRTH_TIMEOUT=timeout, **settings)


@pytest.mark.behaviour("readiness-wins-at-timeout", "timeout-names-the-missing")
def test_a_deadline_gives_the_waiter_a_last_word(kubexit: Kubexit) -> None:
    """At the deadline the waiter gets SIGTERM and a moment to say what it last saw; kubexit exits with 69."""
    body = "trap 'echo LAST WORDS >&2; exit 69' TERM\nwhile :; do sleep 0.01; done"
    app = start(kubexit, Waiter(kubexit.folder, body), MOMENT)

    assert app.wait() == 69
    assert app.stderr.count("LAST WORDS") == 1


@pytest.mark.behaviour("readiness-wins-at-timeout")
def test_ready_as_last_word_starts_the_command(kubexit: Kubexit) -> None:
    """If the waiter's last word is that all is ready, the command starts."""
    app = start(kubexit, acting(kubexit, "TERM=0"), MOMENT)

    assert app.wait() == 0
    assert app.stdout == "BORN\n"


@pytest.mark.behaviour("codes-of-kubexit", "readiness-wins-at-timeout")
@pytest.mark.parametrize(("last_word", "code"), [(69, 69), (70, 69), (2, 2), (77, 77)])
def test_a_verdict_as_last_word_replaces_69(kubexit: Kubexit, last_word: int, code: int) -> None:
    """A last verdict that explains more than the deadline replaces 69."""
    app = start(kubexit, acting(kubexit, f"TERM={last_word}"), MOMENT)

    assert app.wait() == code
    assert app.stdout == ""


@pytest.mark.behaviour("readiness-wins-at-timeout")
@pytest.mark.parametrize("last_word", [69, 70])
def test_start_all_the_same(kubexit: Kubexit, last_word: int) -> None:
    """With ON_TIMEOUT=start the command starts when the waiter has gone."""
    app = start(kubexit, acting(kubexit, f"TERM={last_word}"), MOMENT, BIRTH_ON_TIMEOUT="start")

    assert app.wait() == 0
    assert app.stdout == "BORN\n"


@pytest.mark.behaviour("readiness-wins-at-timeout")
def test_a_waiter_that_ignores_sigterm_is_killed(kubexit: Kubexit) -> None:
    """A waiter that ignores SIGTERM gets SIGKILL 500 ms later."""
    begin = time.monotonic()
    app = start(kubexit, acting(kubexit), MOMENT)

    assert app.wait() == 69
    assert time.monotonic() - begin >= 0.58
    assert "SIGNAL TERM" in app.stderr


@pytest.mark.behaviour("readiness-wins-at-timeout")
@pytest.mark.parametrize("timeout", ["0", "-1s"])
def test_a_timeout_of_zero_expires_at_once(kubexit: Kubexit, timeout: str) -> None:
    """A timeout of 0 expires at once, as in the original."""
    app = start(kubexit, Waiter(kubexit.folder, "exit 0"), timeout)

    assert app.wait() == 69
    assert app.stdout == ""


@pytest.mark.behaviour("broken-streams-reopened")
@pytest.mark.parametrize("number", ["KILL", "SEGV", "TERM"])
def test_a_killed_waiter_is_started_again(kubexit: Kubexit, number: str) -> None:
    """A waiter that is ended by a signal is started again, with a warning."""
    done = kubexit.folder / "done"
    waiter = Waiter(kubexit.folder, f"if [ -e {done} ]; then exit 0; fi\ntouch {done}\nkill -{number} $$")
    app = start(kubexit, waiter, "infinite")

    assert app.wait() == 0
    assert app.stdout == "BORN\n"
    assert len(waiter.starts) == 2
    assert len(set(waiter.starts)) == 1
    assert number in app.stderr


@pytest.mark.behaviour("broken-streams-reopened", "readiness-wins-at-timeout")
def test_killed_until_the_deadline(kubexit: Kubexit) -> None:
    """A waiter that dies again and again is started again more slowly each time, and the deadline holds."""
    waiter = Waiter(kubexit.folder, "kill -KILL $$")
    app = start(kubexit, waiter, "2s")

    assert app.wait() == 69
    assert 2 <= len(waiter.starts) <= 6  # after pauses of 50, 100, 200, 400 and 800 ms


@pytest.mark.behaviour("readiness-wins-at-timeout")
def test_signal_after_the_deadline(kubexit: Kubexit) -> None:
    """A SIGTERM from outside while the waiter says its last words decides how the wait ends."""
    app = start(kubexit, acting(kubexit), MOMENT, BIRTH_ON_TIMEOUT="start")
    app.wait_line("SIGNAL TERM", stream="stderr")
    app.signal(signal.SIGTERM)

    assert app.wait() == 143
    assert app.stdout == ""


@pytest.mark.behaviour("death-during-birth-wait", "readiness-wins-at-timeout")
def test_death_after_the_deadline(kubexit: Kubexit) -> None:
    """A death while the waiter says its last words decides how the wait ends, too."""
    app = start(kubexit, acting(kubexit), MOMENT, BIRTH_ON_TIMEOUT="start", DEATH_DEPS="main")
    app.wait_line("SIGNAL TERM", stream="stderr")
    kubexit.carve("main", Died=True, ExitCode=0)

    assert app.wait() == 0
    assert app.stdout == ""


@pytest.mark.behaviour("sigkill-always-reaches")
def test_a_stopped_waiter_does_not_delay_the_deadline(kubexit: Kubexit) -> None:
    """A waiter that is stopped does not delay the deadline."""
    app = start(kubexit, acting(kubexit), MOMENT)
    app.wait_line("^READY", stream="stderr")
    (waiter,) = processes.children(app.pid)
    os.kill(waiter, signal.SIGSTOP)

    assert app.wait() == 69
