"""KUBEXIT_EXIT_CODE_ON_TERM and _ON_KILL: which code kubexit exits with after other stops than its own."""

import signal
from typing import Any

import pytest

from harness.containers import running, waiting
from harness.kubexit import Kubexit
from harness.supervised import Supervised


def asked(kubexit: Kubexit, exits: str = "TERM=7", **settings: Any) -> Supervised:
    """A container whose running command got SIGTERM from outside."""
    container = running(kubexit, "main", exits, **settings)
    container.signal(signal.SIGTERM)
    container.wait_line("SIGNAL TERM")
    return container


@pytest.mark.behaviour("exit-code-on-term", "tombstone-has-exit-code")
@pytest.mark.parametrize(("value", "code"), [("keep", 7), ("zero", 0), ("0", 0), ("42", 42)])
def test_after_a_sigterm_from_outside(kubexit: Kubexit, value: str, code: int) -> None:
    """After a SIGTERM that reached the command the setting decides; the tombstone has the command's code too."""
    container = asked(kubexit, EXIT_CODE_ON_TERM=value, EXIT_CODE_ON_STOP="99")

    assert container.wait() == code
    stone = kubexit.tombstone() or {}
    assert (stone["ExitCode"], stone.get("CommandExitCode", 7)) == (code, 7)
    replaced = f"command exited with 7; exiting with {code} (KUBEXIT_EXIT_CODE_ON_TERM)"
    assert (replaced in container.stderr) == (code != 7)


@pytest.mark.behaviour("exit-code-on-term", "stop-signal-names")
def test_the_stop_signal_counts_as_well(kubexit: Kubexit) -> None:
    """The stop signal of the image is such a request too, if KUBEXIT_STOP_SIGNAL names it."""
    container = running(kubexit, "main", "USR2=7", EXIT_CODE_ON_TERM="zero", STOP_SIGNAL="USR2")
    container.signal(signal.SIGUSR2)

    assert container.wait() == 0


@pytest.mark.behaviour("exit-code-on-term")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGQUIT])
def test_other_signals_keep_the_code(kubexit: Kubexit, number: signal.Signals) -> None:
    """Another signal is no request to stop: the command's code is kept."""
    container = running(kubexit, "main", f"{int(number)}=7", EXIT_CODE_ON_TERM="zero")
    container.signal(number)

    assert container.wait() == 7


@pytest.mark.behaviour("exit-code-on-term")
def test_without_a_request_the_code_is_kept(kubexit: Kubexit, actor: str) -> None:
    """A command that fails by itself keeps its code."""
    assert kubexit.run(actor, "exit", "3", EXIT_CODE_ON_TERM="zero").code == 3


@pytest.mark.behaviour("exit-code-on-term")
def test_an_ended_birth_wait_keeps_its_code(kubexit: Kubexit) -> None:
    """A SIGTERM during the wait for birth ends it with 143: no command ran."""
    container = waiting(kubexit, BIRTH_DEPS="db:born", EXIT_CODE_ON_TERM="zero")
    container.wait_line("waiting for birth dependencies", "stderr")
    container.signal(signal.SIGTERM)

    assert container.wait() == 143


@pytest.mark.behaviour("exit-code-on-term")
def test_a_sigterm_of_the_command_itself(kubexit: Kubexit) -> None:
    """A SIGTERM that the command sends to its process group, kubexit included, is no request from outside."""
    finished = kubexit.run("sh", "-c", "kill -TERM $PPID; sleep 1000", EXIT_CODE_ON_TERM="zero", timeout=20)

    assert finished.code == 143


@pytest.mark.behaviour("exit-code-on-kill", "exit-code-on-stop")
@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({}, 137),
        ({"EXIT_CODE_ON_STOP": "zero"}, 0),
        ({"EXIT_CODE_ON_STOP": "zero", "EXIT_CODE_ON_KILL": "keep"}, 137),
        ({"EXIT_CODE_ON_STOP": "zero", "EXIT_CODE_ON_KILL": "9"}, 9),
        ({"EXIT_CODE_ON_KILL": "dependency"}, 3),
    ],
    ids=str,
)
def test_when_sigkill_was_needed(kubexit: Kubexit, settings: dict[str, str], code: int) -> None:
    """ON_KILL decides if SIGKILL ended the grace period; without it, ON_STOP does."""
    container = running(kubexit, "sidecar", "", DEATH_DEPS="main", GRACE_PERIOD="50ms", **settings)
    kubexit.carve("main", Born=True, Died=True, ExitCode=3)

    assert container.wait() == code


@pytest.mark.behaviour("exit-code-on-kill", "exit-code-on-term")
@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"EXIT_CODE_ON_STOP": "zero"}, 137),
        ({"EXIT_CODE_ON_TERM": "zero"}, 0),
        ({"EXIT_CODE_ON_TERM": "zero", "EXIT_CODE_ON_KILL": "keep"}, 137),
        ({"EXIT_CODE_ON_KILL": "9"}, 9),
    ],
    ids=str,
)
def test_when_sigkill_came_after_a_request(kubexit: Kubexit, settings: dict[str, str], code: int) -> None:
    """The same if the request to stop came from outside; without ON_KILL, ON_TERM decides."""
    container = asked(kubexit, "", DEATH_DEPS="db", GRACE_PERIOD="50ms", **settings)
    kubexit.carve("db", Born=True, Died=True, ExitCode=3)

    assert container.wait() == code


@pytest.mark.behaviour("exit-code-on-kill")
def test_a_command_that_exits_in_time(kubexit: Kubexit) -> None:
    """ON_KILL has no effect on a command that exits within the grace period."""
    container = running(kubexit, "sidecar", "TERM=7", DEATH_DEPS="main", EXIT_CODE_ON_KILL="9")
    kubexit.carve("main", Born=True, Died=True, ExitCode=3)

    assert container.wait() == 7
