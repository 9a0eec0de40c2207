"""Whole lives of pods as a kubelet leads them: containers that end, and are started again in either order."""

import os
import signal

import pytest

from harness.containers import running
from harness.kubexit import Kubexit
from harness.supervised import Supervised

ORDERS = [("main", "proxy"), ("proxy", "main")]


def started(kubexit: Kubexit, name: str, **settings: str) -> Supervised:
    """Start a container as PID 1; its command exits with 0 at SIGTERM, with 9 at SIGUSR1."""
    command = [kubexit.program(), "ready-then-wait", "--exit", "TERM=0", "--exit", "USR1=9"]
    return kubexit.start(*command, name=name, pid1=True, **settings)


def fail(container: Supervised) -> None:
    """Let the command exit with 9."""
    container.wait_line("^READY$")
    os.kill(container.command_pid(), signal.SIGUSR1)
    assert container.wait() == 9


@pytest.mark.every_form
@pytest.mark.behaviour("old-death-ignored-after-restart", "rebirth-of-a-birth-dependency")
@pytest.mark.parametrize("order", ORDERS)
def test_a_proxy_that_failed_and_its_main(kubexit: Kubexit, order: tuple[str, str]) -> None:
    """The proxy fails and takes main with it; both are started again, in either order, and main is served again."""
    settings = {
        "main": {"BIRTH_DEPS": "proxy", "BIRTH_SOURCE": "graveyard", "DEATH_DEPS": "proxy:failed"},
        "proxy": {"DEATH_DEPS": "main:succeeded", "READY_EXEC": f"{kubexit.program()} exit 0"},
    }
    first = {name: started(kubexit, name, **settings[name]) for name in ORDERS[0]}
    first["main"].wait_line("^READY$")
    fail(first["proxy"])
    assert first["main"].wait() == 0
    again = {}
    for name in order:
        again[name] = started(kubexit, name, **settings[name])
        kubexit.wait_alive(name)
    for name in order:
        again[name].wait_line("^READY$")
    again["main"].signal(15)

    assert [again[name].wait() for name in order] == [0, 0]


@pytest.mark.behaviour("old-death-ignored-after-restart", "new-generation-clears-graveyard")
@pytest.mark.parametrize("order", ORDERS)
def test_all_are_started_again_over_a_kept_graveyard(kubexit: Kubexit, order: tuple[str, str]) -> None:
    """All containers are started again and nothing was cleared: all of them run, in either order."""
    settings = {
        "main": {"BIRTH_DEPS": "proxy", "BIRTH_SOURCE": "graveyard"},
        "proxy": {
            "DEATH_DEPS": "main",
            "EXIT_CODE_ON_STOP": "zero",
            "REBIRTH_TIMEOUT": "1h",
            "READY_EXEC": f"{kubexit.program()} exit 0",
        },
    }
    first = {name: started(kubexit, name, **settings[name]) for name in order}
    first["main"].wait_line("^READY$")
    fail(first["main"])
    assert first["proxy"].wait() == 0
    again = {order[0]: started(kubexit, order[0], **settings[order[0]])}
    # The first one waits for the second one. That the second one waits for the birth of the first one is no cycle.
    assert kubexit.wait_tombstone(order[0], "Waiting")["WaitsFor"] in ("main:restarted", "proxy")
    again[order[1]] = started(kubexit, order[1], **settings[order[1]])
    for name in order:
        again[name].wait_line("^READY$")
    again["main"].signal(15)

    assert [again[name].wait() for name in order] == [0, 0]


@pytest.mark.behaviour("rebirth-wait-has-a-limit", "dead-dependency-exits-quietly")
@pytest.mark.parametrize("sidecars", [1, 3])
def test_sidecars_of_a_finished_main_end(kubexit: Kubexit, sidecars: int) -> None:
    """Sidecars that crash after main has succeeded, and are started again, end by themselves: no Job hangs."""
    names = [f"sidecar{number}" for number in range(sidecars)]
    main = running(kubexit, "main")
    for name in names:
        started(kubexit, name, DEATH_DEPS="main:succeeded").wait_line("^READY$")
    for container in kubexit.started[1:]:
        container.kill()
    main.signal(15)
    assert main.wait() == 0
    again = [started(kubexit, name, DEATH_DEPS="main:succeeded", REBIRTH_TIMEOUT="300ms") for name in names]

    assert [container.wait() for container in again] == [0] * sidecars
    assert all(container.stdout == "" for container in again)
