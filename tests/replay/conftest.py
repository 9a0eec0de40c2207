"""Fixtures of the replay: the orders of events, and what repeats one of them."""

import itertools
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from harness.forms import BUILD, Form
from harness.kubexit import Kubexit
from harness.stepper import Before, Stepper
from model.choice import kept
from model.order import Order

from .replay import Replay, SlowError

LIMITS = (1, 5, 30, 120)


def not_tested(reason: str) -> NoReturn:
    """Skip loudly; where the model is required (CI), fail."""
    said = f"MODEL NOT TESTED: {reason}"
    if os.environ.get("KUBEXIT_MODEL_REQUIRED"):
        pytest.fail(said)
    pytest.skip(said)


@pytest.fixture(scope="session")
def spin() -> None:
    """The simulator of the model, where the calls of different steps differ."""
    if shutil.which("spin") is None:
        not_tested("spin is not installed (build/machine.sh model)")
    if os.uname().machine != "x86_64":
        pytest.skip("MODEL NOT TESTED: elsewhere than on amd64, a look at a FIFO and a wait are the same system call")


@pytest.fixture(scope="session")
def orders(spin: None) -> list[Order]:
    """The orders of events that are repeated."""
    return kept(BUILD / "model")


@pytest.fixture
def replay(form: Form, tmp_path: Path) -> Callable[[Order], None]:
    """Repeat an order, with a longer limit of its waits if the machine was too slow for a shorter one."""
    numbers = itertools.count()

    def repeat(order: Order) -> None:
        for limit in LIMITS:
            folder = tmp_path / str(next(numbers))
            folder.mkdir()
            try:
                return once(form, folder, order, limit)
            except SlowError:
                continue
        raise AssertionError(f"{order.name}: its steps up to the end of a wait take more than {LIMITS[-1]} s")

    return repeat


def once(form: Form, folder: Path, order: Order, limit: float) -> None:
    """Repeat an order in a folder; nothing of it is left running."""
    kubexit, steppers = Kubexit(form, folder), list[Stepper]()

    def steps(*rules: Before) -> Stepper:
        steppers.append(Stepper(*rules))
        return steppers[-1]

    try:
        Replay(kubexit, steps, order, limit).run()
    finally:
        kubexit.end()
        for stepper in steppers:
            stepper.close()
