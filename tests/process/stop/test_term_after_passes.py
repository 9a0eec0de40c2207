"""KUBEXIT_TERM_AFTER: the signals and the moments for which nothing is held."""

import signal
from typing import Any

import pytest

from harness.containers import born, running, waiting
from harness.kubexit import Kubexit
from harness.supervised import Supervised

pytestmark = pytest.mark.behaviour("term-after")


def shipper(kubexit: Kubexit, exits: str = "TERM=9", **settings: Any) -> Supervised:
    """Start a container that must end after main, and wait until its command runs."""
    return born(kubexit, "shipper", exits, **{"TERM_AFTER": "main", "GRACE_PERIOD": "1h", **settings})


def hold(container: Supervised, number: int = signal.SIGTERM) -> None:
    """Send it a SIGTERM that it holds."""
    container.signal(number)
    container.wait_line("to exit first, at most", "stderr")


@pytest.mark.behaviour("signals-forwarded")
@pytest.mark.parametrize("name", ["INT", "QUIT", "HUP", "USR1", "WINCH"])
def test_other_signals_are_not_deferred(kubexit: Kubexit, name: str) -> None:
    """Every other signal is forwarded at once, before a hold and during it."""
    born(kubexit)
    held = shipper(kubexit, f"{name}=5 TERM=9")
    if name in ("INT", "USR1"):
        hold(held)
    held.signal(getattr(signal, f"SIG{name}"))

    assert held.wait() == 5
    assert "SIGNAL TERM" not in held.stdout


def test_no_grace_period(kubexit: Kubexit) -> None:
    """Without a grace period nothing is held."""
    born(kubexit)
    held = shipper(kubexit, GRACE_PERIOD="0")
    held.signal(signal.SIGTERM)

    assert held.wait() == 9


@pytest.mark.parametrize(
    "stone",
    [None, {"Died": True, "ExitCode": 2}, {"Born": True, "Died": True, "ExitCode": 0}],
    ids=["never seen", "never born", "dead"],
)
def test_nobody_to_wait_for(kubexit: Kubexit, stone: dict[str, Any] | None) -> None:
    """A container that is not born, or dead already, is not waited for: the SIGTERM is forwarded at once."""
    if stone is not None:
        kubexit.carve("main", **stone)
    held = shipper(kubexit)
    held.signal(signal.SIGTERM)

    assert held.wait() == 9
    assert "to exit first, at most" not in held.stderr


@pytest.mark.behaviour("signal-during-birth-wait")
def test_main_waits_for_birth(kubexit: Kubexit) -> None:
    """A container that waits for its own birth is not born, and is not waited for."""
    waiting(kubexit, "main", BIRTH_DEPS="db:born")
    held = shipper(kubexit)
    held.signal(signal.SIGTERM)

    assert held.wait() == 9


def test_of_the_command_itself(kubexit: Kubexit, actor: str) -> None:
    """A SIGTERM that the command sends to kubexit is no request from outside: the command gets it back at once."""
    born(kubexit)
    settings = {"TERM_AFTER": "main", "GRACE_PERIOD": "1h"}

    assert kubexit.run(actor, "signal-parent", "TERM", "--exit", "TERM=5", name="shipper", **settings).code == 5


@pytest.mark.behaviour("signal-during-birth-wait")
def test_before_the_birth(kubexit: Kubexit) -> None:
    """While kubexit waits for its own birth, it has nothing to hold."""
    born(kubexit)
    app = waiting(kubexit, "shipper", TERM_AFTER="main", BIRTH_DEPS="db:born")
    app.signal(signal.SIGTERM)

    assert app.wait() == 143


@pytest.mark.behaviour("name-already-alive")
def test_second_of_a_name(kubexit: Kubexit) -> None:
    """A second supervisor of a living name holds nothing: it acts as a plain init."""
    born(kubexit)
    shipper(kubexit)
    second = running(kubexit, "shipper", "TERM=5", TERM_AFTER="main", GRACE_PERIOD="1h")
    second.signal(signal.SIGTERM)

    assert second.wait() == 5


def test_another_stop_signal(kubexit: Kubexit) -> None:
    """KUBEXIT_STOP_SIGNAL from outside is forwarded while a SIGTERM is held, and does not replace the SIGTERM."""
    born(kubexit)
    held = shipper(kubexit, "TERM=9", STOP_SIGNAL="USR1")
    hold(held)
    held.signal(signal.SIGUSR1)
    held.wait_line("SIGNAL USR1")
    kubexit.carve("main", Born=True, Died=True, ExitCode=0)

    assert held.wait() == 9
