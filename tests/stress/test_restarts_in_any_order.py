"""Pods whose containers exit, crash and are started again in any order: `harness.random_pod`."""

import random
import time

import pytest

from harness.kubexit import Kubexit
from harness.random_pod import Pod


def one_round(kubexit: Kubexit, number: int, seed: str) -> None:
    """One pod: start it, disturb it, leave it alone, and wait until it is settled."""
    chance = random.Random(seed)
    pod = Pod(kubexit, number, chance)
    for _ in range(chance.randint(2, 6)):
        until = time.monotonic() + chance.uniform(0, 0.15)
        while time.monotonic() < until:
            pod.turn()
        pod.disturb()
    pod.check_settled(seed)
    pod.end()


@pytest.mark.behaviour("no-order-of-restarts-hangs", "old-death-ignored-after-restart")
def test_no_order_of_restarts_hangs(kubexit: Kubexit, rounds: int) -> None:
    """A few pods, in each run of the tests."""
    for number in range(max(1, rounds // 10)):
        one_round(kubexit, number, f"few {number}")


@pytest.mark.stress
@pytest.mark.timeout(0)
@pytest.mark.behaviour("no-order-of-restarts-hangs", "old-death-ignored-after-restart")
def test_no_order_of_many_restarts_hangs(kubexit: Kubexit, rounds: int) -> None:
    """STRESS_ROUNDS pods, each different in each run."""
    first = random.randrange(10**9)
    for number in range(rounds):
        one_round(kubexit, number, f"many {first + number}")
