"""A command that cannot be signalled, since it runs as another user and kubexit lacks CAP_KILL: what was not
delivered is not claimed, and kubexit ends all the same."""

import os
import signal
from typing import Any

import pytest

from harness.containers import born
from harness.kubexit import Kubexit
from harness.supervised import Supervised
from harness.world import namespaces

pytestmark = pytest.mark.behaviour("refused-signal-does-not-count")

OTHER_USER = "10003"
PLACES = pytest.mark.parametrize("pid1", [True, False], ids=["pid1", "subreaper"])


def started(kubexit: Kubexit, *exits: str, **settings: Any) -> Supervised:
    """Start kubexit as root without CAP_KILL, with a command of another user."""
    namespaces.require_root()
    command = [kubexit.program(), "as-user", OTHER_USER, "ready-then-wait"]
    for pair in exits:
        command += ["--exit", pair]
    settings = {"DEATH_DEPS": "db", "GRACE_PERIOD": "100ms", **settings}
    supervised = kubexit.start(*command, preexec_fn=namespaces.no_capability_to_signal, **settings)
    supervised.wait_line("READY")
    return supervised


def die(kubexit: Kubexit) -> None:
    """Write the dependency's death."""
    kubexit.carve("db", Born=True, Died=True, ExitCode=0)


@PLACES
@pytest.mark.parametrize("own_group", [False, True], ids=["shared-group", "own-group"])
@pytest.mark.parametrize("code_on_stop", ["keep", "zero"])
def test_refused_signals_exit_with_70(kubexit: Kubexit, pid1: bool, own_group: bool, code_on_stop: str) -> None:
    """If neither the stop signal nor SIGKILL arrives, kubexit exits with 70 and the reason, at any exit code policy."""
    supervised = started(kubexit, pid1=pid1, SIGNAL_GROUP=own_group, EXIT_CODE_ON_STOP=code_on_stop)
    die(kubexit)

    assert supervised.wait() == 70
    stone = kubexit.tombstone() or {}
    assert stone["ExitCode"] == 70
    assert "Killed" not in stone
    assert "dependency db died with exit code 0; SIGKILL cannot be sent" in stone["Reason"]
    assert "CAP_KILL" in stone["Reason"]
    assert "sent SIGTERM" not in supervised.stderr
    assert "sent SIGKILL" not in supervised.stderr
    assert "SIGNAL" not in supervised.stdout


@PLACES
def test_ends_by_itself(kubexit: Kubexit, pid1: bool) -> None:
    """A command that ends by itself meanwhile keeps its code: it was not stopped.

    Fails when a stop signal counts that was refused: then the code is 0.
    """
    supervised = started(kubexit, "USR1=9", pid1=pid1, GRACE_PERIOD="1h", EXIT_CODE_ON_STOP="zero")
    die(kubexit)
    supervised.wait_line("SIGTERM cannot be sent to the command", "stderr")
    os.kill(supervised.command_pid(), signal.SIGUSR1)

    assert supervised.wait() == 9
    stone = kubexit.tombstone() or {}
    assert stone["ExitCode"] == 9
    assert "Reason" not in stone


def test_the_command_may_still_end_by_itself(kubexit: Kubexit) -> None:
    """If kubexit is not PID 1, the command may still end by itself after SIGKILL was refused."""
    supervised = started(kubexit, "USR1=9", EXIT_CODE_ON_STOP="zero")
    die(kubexit)
    supervised.wait_line("SIGKILL cannot be sent", "stderr")
    os.kill(supervised.command_pid(), signal.SIGUSR1)

    assert supervised.wait() == 9
    assert "Reason" not in (kubexit.tombstone() or {})


@pytest.mark.behaviour("outside-sigterm-no-deadline", "one-sigterm-not-two")
def test_a_refused_request_does_not_replace_sigterm(kubexit: Kubexit) -> None:
    """After a SIGTERM from outside that could not be forwarded, a dependency's death still sends one.

    Fails when it counts: then the death would only start the grace period.
    """
    supervised = started(kubexit, "USR1=9", GRACE_PERIOD="1h")
    supervised.signal(signal.SIGTERM)
    supervised.wait_line("SIGTERM cannot be sent to the command", "stderr")
    die(kubexit)
    supervised.wait_line("SIGTERM cannot be sent to the command", "stderr", count=2)
    os.kill(supervised.command_pid(), signal.SIGUSR1)

    assert supervised.wait() == 9
    assert "the command already has a stop signal" not in supervised.stderr


@pytest.mark.behaviour("term-after")
def test_refused_after_others(kubexit: Kubexit) -> None:
    """The log does not say that a held SIGTERM was forwarded if the kernel refused it."""
    born(kubexit)
    supervised = started(kubexit, "USR1=9", name="shipper", TERM_AFTER="main", GRACE_PERIOD="1h")
    supervised.signal(signal.SIGTERM)
    supervised.wait_line(": waiting for main to exit first", "stderr")
    kubexit.carve("main", Born=True, Died=True, ExitCode=0)
    supervised.wait_line("could not forward SIGTERM to the command", "stderr")
    os.kill(supervised.command_pid(), signal.SIGUSR1)

    assert supervised.wait() == 9


def test_part_of_the_group(kubexit: Kubexit) -> None:
    """A signal that reached only other processes of the command's group does not count as delivered.

    Fails when kill(2) of a group is believed, which reports success if it reached any process.
    """
    namespaces.require_root()
    script = f"{kubexit.program()} ready-then-wait & exec {kubexit.program()} as-user {OTHER_USER} ready-then-wait"
    supervised = kubexit.start(
        "sh", "-c", script,
        preexec_fn=namespaces.no_capability_to_signal,
        SIGNAL_GROUP=True, DEATH_DEPS="db", GRACE_PERIOD="100ms", EXIT_CODE_ON_STOP="zero",
    )  # fmt: skip
    supervised.wait_line("READY", count=2)
    die(kubexit)

    assert supervised.wait() == 70
    assert "SIGNAL TERM" in supervised.stdout
    assert "Killed" not in (kubexit.tombstone() or {})
