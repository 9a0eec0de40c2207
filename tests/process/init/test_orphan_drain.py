"""KUBEXIT_ORPHAN_GRACE_PERIOD: what the command leaves behind gets SIGTERM, time, SIGKILL.

All of it happens in PID namespaces: a kubexit that signals too many processes reaches none outside.
"""

import os
import signal
import subprocess
import time

import pytest

from harness import processes
from harness.kubexit import PID_NAMESPACE, Kubexit, pid_namespace_refused
from harness.supervised import Supervised
from harness.waiting import eventually
from harness.world import namespaces

both_sessions = pytest.mark.parametrize("session", [[], ["--session"]], ids=["shared-session", "own-session"])


@pytest.mark.behaviour("left-over-processes-stopped")
def test_off_by_default(kubexit: Kubexit, actor: str) -> None:
    """By default kubexit exits at once, as tini does, and signals no process."""
    finished = kubexit.run(actor, "leave", "2", "--exit", "3", fence=True)

    assert finished.code == 3
    assert finished.stdout == "READY\nFENCE SOMEBODY IS LEFT\n"


@both_sessions
@pytest.mark.behaviour("left-over-processes-stopped")
def test_term_ends_them(kubexit: Kubexit, actor: str, session: list[str]) -> None:
    """All orphans get SIGTERM, also one with its own session; kubexit exits when the last is gone."""
    finished = kubexit.run(actor, "leave", "3", *session, "--exit", "3", fence=True, ORPHAN_GRACE_PERIOD="1h")

    assert finished.code == 3
    assert finished.stdout.count("left SIGNAL TERM") == 3
    assert "FENCE NOBODY IS LEFT" in finished.stdout


@both_sessions
@pytest.mark.behaviour("left-over-processes-stopped")
def test_kill_after_the_time_limit(kubexit: Kubexit, actor: str, session: list[str]) -> None:
    """Orphans that ignore SIGTERM are killed when the time is over, not before."""
    begin = time.monotonic()
    finished = kubexit.run(
        actor, "leave", "2", "--ignore", *session, "--exit", "3", fence=True, ORPHAN_GRACE_PERIOD="1s"
    )

    assert finished.code == 3
    assert time.monotonic() - begin >= 1
    assert finished.stdout.count("left SIGNAL TERM") == 2
    assert "FENCE NOBODY IS LEFT" in finished.stdout


@pytest.mark.behaviour("left-over-processes-stopped")
def test_after_a_stop_of_ours_it_counts_into_the_grace_period(kubexit: Kubexit, actor: str) -> None:
    """After a stop by kubexit the drain ends with the grace period, even if its own limit is longer."""
    supervised = kubexit.start(
        actor, "leave", "1", "--ignore",
        fence=True, DEATH_DEPS="db", GRACE_PERIOD="200ms", ORPHAN_GRACE_PERIOD="1h",
    )  # fmt: skip
    supervised.wait_line("READY")
    kubexit.carve("db", Born=True, Died=True, ExitCode=0)

    assert supervised.wait() == 143
    assert "FENCE NOBODY IS LEFT" in supervised.stdout


@pytest.mark.behaviour("exit-after-death-is-written", "left-over-processes-stopped")
def test_death_is_carved_with_the_commands_code(kubexit: Kubexit, actor: str) -> None:
    """The tombstone has the command's code, with any codes of the orphans."""
    kubexit.run(actor, "leave", "2", "--ignore", "--exit", "9", fence=True, ORPHAN_GRACE_PERIOD="50ms")

    assert kubexit.tombstone()["ExitCode"] == 9


@pytest.mark.behaviour("left-over-processes-stopped")
def test_as_pid_1(kubexit: Kubexit, actor: str) -> None:
    """Orphans get the same under PID 1."""
    finished = kubexit.run(actor, "leave", "2", "--session", "--exit", "3", pid1=True, ORPHAN_GRACE_PERIOD="1h")

    assert finished.code == 3
    assert finished.stdout.count("left SIGNAL TERM") == 2


def end_beside_stopped(kubexit: Kubexit, actor: str, limit: str) -> Supervised:
    """Send SIGTERM to a container in which a process that the command will leave behind is stopped."""
    supervised = kubexit.start(actor, "leave", "1", fence=True, ORPHAN_GRACE_PERIOD=limit)
    supervised.wait_line("READY")
    _, left = processes.children(supervised.pid)
    os.kill(left, signal.SIGSTOP)
    eventually(lambda: processes.state(left) == "T", "the left-over stopped")
    supervised.signal(signal.SIGTERM)
    return supervised


@pytest.mark.behaviour("left-over-processes-stopped")
def test_stopped_left_over(kubexit: Kubexit, actor: str) -> None:
    """An orphan that is stopped is killed when the time is over."""
    supervised = end_beside_stopped(kubexit, actor, "100ms")

    assert supervised.wait() == 143
    assert "FENCE NOBODY IS LEFT" in supervised.stdout


@pytest.mark.behaviour("only-descendants-signalled")
def test_strangers_in_the_pid_namespace(kubexit: Kubexit, actor: str) -> None:
    """In a shared PID namespace kubexit signals only its own descendants.

    Fails when kill(2) is called with -1, or when a process is not asked for its ancestors: the bystander prints the
    SIGTERM, or is dead.
    """
    if not kubexit.is_native:
        pytest.skip("BYSTANDERS NOT TESTED in this form: the gate form has the same native code and is easier to start")
    if refused := pid_namespace_refused():
        pytest.skip(f"PID NAMESPACES NOT TESTED: none can be made here: {refused}")
    script = f"""
        {actor} ready-then-wait --exit USR1=42 &
        bystander=$!
        {kubexit.path} {actor} leave 2 --ignore --exit 3
        echo kubexit $?
        kill -USR1 $bystander
        wait $bystander
        echo bystander $?
    """
    done = subprocess.run(
        [*PID_NAMESPACE, "sh", "-c", script],
        env={
            "PATH": os.environ["PATH"],
            "KUBEXIT_NAME": "main",
            "KUBEXIT_GRAVEYARD": str(kubexit.graveyard),
            "KUBEXIT_ORPHAN_GRACE_PERIOD": "1s",
            "KUBEXIT_LOG_LEVEL": "off",
        },
        capture_output=True,
        text=True,
        timeout=30,
    )

    assert "kubexit 3\n" in done.stdout
    assert "bystander 42\n" in done.stdout
    assert done.stdout.count("left SIGNAL TERM") == 2
    assert "\nSIGNAL TERM" not in done.stdout


@pytest.mark.behaviour("left-over-processes-stopped", "stopped-command-continues")
def test_stopped_left_over_can_react(kubexit: Kubexit, actor: str) -> None:
    """A stopped orphan is continued after its SIGTERM, and ends by it. Fails by a grace period of an hour."""
    supervised = end_beside_stopped(kubexit, actor, "1h")

    assert supervised.wait() == 143
    assert "left SIGNAL TERM" in supervised.stdout


@pytest.mark.behaviour("left-over-processes-stopped", "refused-signal-does-not-count")
@pytest.mark.parametrize(("count", "words"), [("1", "1 process that"), ("2", "2 processes that")])
def test_left_over_of_another_user(kubexit: Kubexit, actor: str, count: str, words: str) -> None:
    """Orphans that kubexit may not signal are counted in a warning, and do not delay it."""
    namespaces.require_root()
    finished = kubexit.run(
        actor, "as-user", "10003", "leave", count, "--ignore", "--exit", "3",
        preexec_fn=namespaces.no_capability_to_signal, fence=True, ORPHAN_GRACE_PERIOD="100ms",
    )  # fmt: skip

    assert finished.code == 3
    assert f"cannot signal {words} the command left behind; kubexit needs CAP_KILL" in finished.stderr
    assert "left SIGNAL" not in finished.stdout
