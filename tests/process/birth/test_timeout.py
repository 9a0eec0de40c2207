"""KUBEXIT_BIRTH_TIMEOUT and KUBEXIT_BIRTH_ON_TIMEOUT."""

import mmap
import time
from collections.abc import Callable

import pytest

from harness.containers import waiting
from harness.kubexit import Kubexit
from harness.stepper import Before, Stepper
from harness.waiting import eventually


@pytest.mark.behaviour("codes-of-kubexit", "readiness-wins-at-timeout", "timeout-names-the-missing")
@pytest.mark.parametrize("timeout", ["10ms", "0", "0s", "-5s"])
def test_the_timeout_exits_with_69(kubexit: Kubexit, timeout: str) -> None:
    """kubexit exits with 69 when time is up; 0 and less expire at once. One error line names what is missing."""
    kubexit.carve("cache", Born=True)
    kubexit.carve("migrate", Born=True, Died=True, ExitCode=4)
    kubexit.carve("there", Born=True)
    deps = "db,cache,migrate:succeeded,there:born"
    finished = kubexit.run("echo", "BORN", BIRTH_DEPS=deps, BIRTH_SOURCE="graveyard", BIRTH_TIMEOUT=timeout)

    assert finished.code == 69
    assert finished.stdout == ""
    (line,) = [line for line in finished.stderr.splitlines() if " error " in line and "not met" in line]
    assert "db (not born)" in line
    assert "cache (born, not ready)" in line
    assert "migrate (died with exit code 4)" in line
    assert "there" not in line


@pytest.mark.behaviour("readiness-wins-at-timeout")
@pytest.mark.parametrize("timeout", ["10ms", "0"])
def test_with_start_the_command_starts_at_the_timeout(kubexit: Kubexit, timeout: str) -> None:
    """With ON_TIMEOUT=start the command starts when time is up, with a warning."""
    finished = kubexit.run("echo", "BORN", BIRTH_DEPS="db:born", BIRTH_TIMEOUT=timeout, BIRTH_ON_TIMEOUT="start")

    assert finished.code == 0
    assert finished.stdout == "BORN\n"
    assert " warn " in finished.stderr


@pytest.mark.behaviour("readiness-wins-at-timeout")
@pytest.mark.parametrize("timeout", ["0", "1ns"])
def test_readiness_wins_over_a_timeout_of_zero(kubexit: Kubexit, timeout: str) -> None:
    """A dependency that is ready already counts before a timeout of 0."""
    kubexit.carve("db", Born=True)
    finished = kubexit.run("echo", "BORN", BIRTH_DEPS="db:born", BIRTH_TIMEOUT=timeout)

    assert (finished.code, finished.stdout) == (0, "BORN\n")


@pytest.mark.behaviour("dead-before-start", "readiness-wins-at-timeout")
@pytest.mark.parametrize("on_timeout", ["fail", "start"])
def test_an_earlier_death_wins_over_the_timeout(kubexit: Kubexit, on_timeout: str) -> None:
    """A death that is there already counts before both."""
    kubexit.carve("main", Died=True, ExitCode=0)
    settings = {"DEATH_DEPS": "main", "BIRTH_DEPS": "db:born", "BIRTH_TIMEOUT": "0"}
    finished = kubexit.run("echo", "BORN", name="app", BIRTH_ON_TIMEOUT=on_timeout, **settings)

    assert (finished.code, finished.stdout) == (0, "")


@pytest.mark.behaviour("settings-of-the-original")
@pytest.mark.parametrize("timeout", ["infinite", "2562047h47m16.854775807s", "1000000h"])
def test_a_long_timeout_does_not_expire_at_once(kubexit: Kubexit, timeout: str) -> None:
    """A timeout without a limit, or nearly so, does not expire at once. Shown to fail by any short one."""
    app = waiting(kubexit, BIRTH_DEPS="db:born", BIRTH_TIMEOUT=timeout)
    kubexit.carve("db")
    kubexit.carve("db", Born=True)

    assert app.wait() == 0
    assert app.stdout == "BORN\n"


@pytest.mark.behaviour("grace-clock-cannot-be-set")
def test_the_timeout_does_not_expire_early(kubexit: Kubexit) -> None:
    """The wait takes as long as its setting says. Shown to fail by a shorter setting."""
    begin = time.monotonic()
    kubexit.run("echo", BIRTH_DEPS="db:born", BIRTH_TIMEOUT="150ms")

    assert time.monotonic() - begin >= 0.15


@pytest.mark.behaviour("readiness-wins-at-timeout", "standstill-looks-first")
def test_a_last_look_finds_silent_readiness(kubexit: Kubexit, steps: Callable[..., Stepper]) -> None:
    """Readiness that came without an event is seen by a last look at the deadline: the command starts.

    The file is written through a memory map, which makes no event, and nothing polls. Shown to fail by not writing it.
    """
    text = b'Born: "2020-04-28T10:41:46Z"\n'
    kubexit.graveyard.mkdir()
    (kubexit.graveyard / "db").write_bytes(b"\n" * len(text))
    sleep = steps(Before("ppoll"))
    with (kubexit.graveyard / "db").open("r+b") as file, mmap.mmap(file.fileno(), len(text)) as memory:
        app = waiting(kubexit, steps=sleep, BIRTH_DEPS="db:born", BIRTH_TIMEOUT="100ms", POLL_INTERVAL="0")
        sleep.reached()  # it has taken the first look
        memory[:] = text
        sleep.resume()

        assert app.wait() == 0
    assert app.stdout == "BORN\n"


@pytest.mark.behaviour("standstill-looks-first")
def test_after_a_long_gap(kubexit: Kubexit, steps: Callable[..., Stepper]) -> None:
    """A kubexit that slept far past its deadline, as in a frozen cgroup, looks again before it gives up.

    kubexit is stopped before its sleep until long after its deadline, continues, is about to sleep again, and then db
    is born. Shown to fail by giving up at once.
    """
    sleep = steps(Before("ppoll", count=1), Before("ppoll", count=2))
    app = waiting(kubexit, steps=sleep, BIRTH_DEPS="db:born", BIRTH_TIMEOUT="50ms", POLL_INTERVAL="0")
    sleep.reached()
    begin = time.monotonic()
    eventually(lambda: time.monotonic() > begin + 1.2, "the deadline has long gone by")
    sleep.resume()
    sleep.reached()  # it has looked again
    kubexit.carve("db", Born=True)
    sleep.resume()

    assert app.wait() == 0
    assert app.stdout == "BORN\n"
