"""The waiter at the deadline, and waiters that die before it."""

import os
import signal
import time
from collections.abc import Callable
from typing import Any

import pytest

from harness import processes
from harness.kubexit import Kubexit
from harness.stepper import Before, Stepper
from harness.supervised import Supervised
from harness.waiters import Waiter

MOMENT = "400ms"

Steps = Callable[..., Stepper]


def acting(kubexit: Kubexit, *exits: str) -> Waiter:
    """Make a waiter that writes READY and its signals to stderr, and exits at the signals that it is given."""
    options = " ".join(f"--exit {pair}" for pair in exits)
    return Waiter(kubexit.folder, f"exec {kubexit.program()} ready-then-wait {options} >&2")


def start(kubexit: Kubexit, waiter: Waiter, timeout: str, **settings: Any) -> Supervised:
    settings = {"BIRTH_DEPS": "db", "POD_NAME": "pod-1", "NAMESPACE": "ns-1", **settings}
    return kubexit.start("echo", "BORN", name="app", waiter=waiter, BIRTH_TIMEOUT=timeout, **settings)


def runs_to_its_deadline(kubexit: Kubexit, steps: Steps, waiter: Waiter, **settings: Any) -> tuple[Supervised, Stepper]:
    """Start a container whose waiter has said READY when kubexit first sleeps. It is stopped again before a kill(2)."""
    moments = steps(Before("ppoll"), Before("kill"))
    app = start(kubexit, waiter, MOMENT, steps=moments, **settings)
    moments.reached()
    app.wait_line("^READY", stream="stderr")
    moments.resume()
    return app, moments


def expired(kubexit: Kubexit, steps: Steps, waiter: Waiter, **settings: Any) -> Supervised:
    """The same, and let kubexit send the waiter its SIGTERM."""
    app, moments = runs_to_its_deadline(kubexit, steps, waiter, **settings)
    moments.reached()
    moments.resume()
    return app


@pytest.mark.behaviour("readiness-wins-at-timeout", "timeout-names-the-missing")
def test_a_deadline_gives_the_waiter_a_last_word(kubexit: Kubexit, steps: Steps) -> None:
    """At the deadline the waiter gets SIGTERM and a moment to say what it last saw; kubexit exits with 69."""
    body = "trap 'echo LAST WORDS >&2; exit 69' TERM\necho READY >&2\nwhile :; do sleep 0.01; done"
    app = expired(kubexit, steps, Waiter(kubexit.folder, body))

    assert app.wait() == 69
    assert app.stderr.count("LAST WORDS") == 1


@pytest.mark.behaviour("readiness-wins-at-timeout")
def test_ready_as_last_word_starts_the_command(kubexit: Kubexit, steps: Steps) -> None:
    """If the waiter's last word is that all is ready, the command starts."""
    app = expired(kubexit, steps, acting(kubexit, "TERM=0"))

    assert app.wait() == 0
    assert app.stdout == "BORN\n"


@pytest.mark.behaviour("codes-of-kubexit", "readiness-wins-at-timeout")
@pytest.mark.parametrize(("last_word", "code"), [(69, 69), (70, 69), (2, 2), (77, 77)])
def test_a_verdict_as_last_word_replaces_69(kubexit: Kubexit, steps: Steps, last_word: int, code: int) -> None:
    """A last verdict that explains more than the deadline replaces 69."""
    app = expired(kubexit, steps, acting(kubexit, f"TERM={last_word}"))

    assert app.wait() == code
    assert app.stdout == ""


@pytest.mark.behaviour("readiness-wins-at-timeout")
@pytest.mark.parametrize("last_word", [69, 70])
def test_start_all_the_same(kubexit: Kubexit, steps: Steps, last_word: int) -> None:
    """With ON_TIMEOUT=start the command starts when the waiter has gone."""
    app = expired(kubexit, steps, acting(kubexit, f"TERM={last_word}"), BIRTH_ON_TIMEOUT="start")

    assert app.wait() == 0
    assert app.stdout == "BORN\n"


@pytest.mark.behaviour("readiness-wins-at-timeout")
def test_a_waiter_that_ignores_sigterm_is_killed(kubexit: Kubexit, steps: Steps) -> None:
    """A waiter that ignores SIGTERM gets SIGKILL 500 ms later."""
    begin = time.monotonic()
    app = expired(kubexit, steps, acting(kubexit))

    assert app.wait() == 69
    assert time.monotonic() - begin >= 0.9
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
def test_signal_after_the_deadline(kubexit: Kubexit, steps: Steps) -> None:
    """A SIGTERM from outside while the waiter says its last words decides how the wait ends."""
    app, moments = runs_to_its_deadline(kubexit, steps, acting(kubexit), BIRTH_ON_TIMEOUT="start")
    moments.reached()
    app.signal(signal.SIGTERM)
    moments.resume()

    assert app.wait() == 143
    assert "SIGNAL TERM" in app.stderr
    assert app.stdout == ""


@pytest.mark.behaviour("death-during-birth-wait", "readiness-wins-at-timeout")
def test_death_after_the_deadline(kubexit: Kubexit, steps: Steps) -> None:
    """A death while the waiter says its last words decides how the wait ends, too."""
    app, moments = runs_to_its_deadline(kubexit, steps, acting(kubexit), BIRTH_ON_TIMEOUT="start", DEATH_DEPS="main")
    moments.reached()
    kubexit.carve("main", Died=True, ExitCode=0)
    moments.resume()

    assert app.wait() == 0
    assert "SIGNAL TERM" in app.stderr
    assert app.stdout == ""


@pytest.mark.behaviour("sigkill-always-reaches")
def test_a_stopped_waiter_does_not_delay_the_deadline(kubexit: Kubexit, steps: Steps) -> None:
    """A waiter that is stopped does not delay the deadline."""
    app, moments = runs_to_its_deadline(kubexit, steps, acting(kubexit))
    moments.reached()
    (waiter,) = processes.children(app.pid)
    os.kill(waiter, signal.SIGSTOP)
    moments.resume()

    assert app.wait() == 69
