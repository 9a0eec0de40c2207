"""A container that is killed at a random moment of its life is seen as a crash or as a death, and never as alive."""

import os
import random
import signal
import time

import pytest

from harness.containers import running
from harness.kubexit import Kubexit


def run(kubexit: Kubexit, rounds: int) -> None:
    """Kill supervisors while they start, run, or write their death; each time the peer must end."""
    chance = random.Random(11)
    span = 0.003 if kubexit.is_native else 0.15
    for number in range(rounds):
        name = f"main{number}"
        sidecar = running(kubexit, f"sidecar{number}", DEATH_DEPS=name, POLL_INTERVAL="0", LOG_LEVEL="off")
        main = kubexit.start("true", name=name, LOG_LEVEL="off")
        until = time.perf_counter() + chance.uniform(0, span)
        while time.perf_counter() < until:
            pass
        os.kill(main.pid, signal.SIGKILL)
        main.wait()
        stone = kubexit.tombstone(name) or {}
        fifo = kubexit.graveyard / f".{name}.alive"
        if "Died" not in stone and not fifo.exists():
            # It was killed before peers could know of it. The next start makes it known.
            kubexit.run("true", name=name)

        assert sidecar.wait() == 0, f"round {number}: {stone}"
        for container in (main, sidecar):
            kubexit.started.remove(container)
            container.end()


@pytest.mark.behaviour("crash-seen-by-peers", "exit-after-death-is-written")
def test_any_moment_gives_crash_or_death(kubexit: Kubexit, rounds: int) -> None:
    """A few dozen moments, in each run of the tests."""
    run(kubexit, rounds)


@pytest.mark.stress
@pytest.mark.every_form
@pytest.mark.timeout(0)
@pytest.mark.behaviour("crash-seen-by-peers", "exit-after-death-is-written")
def test_any_moment_in_many_rounds(kubexit: Kubexit, rounds: int) -> None:
    """STRESS_ROUNDS moments."""
    run(kubexit, rounds)
