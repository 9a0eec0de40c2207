"""Orders of events of the model, repeated by real kubexits: each is stopped between its system calls.

Its calls must come in the model's order, each look must find what it finds in the model, and tombstones, exit codes and
what is alive at the end must be the same.
"""

import itertools
import os
import random
import re
from collections.abc import Callable

import pytest

from model.choice import CONFIGURATIONS, COUNT
from model.order import Order, Step, draw
from model.search import MODEL

from .life import MismatchError

CONTAINERS = (0, 1)
KINDS = {
    "start", "own-fifo-looked-at", "watch", "fifo-put", "stone-removed", "looks", "peer-fifo-HELD", "peer-fifo-NONE",
    "peer-fifo-OWNED", "peer-fifo-GONE", "peer-stone-NO_STONE", "peer-stone-WAITING", "peer-stone-BORN",
    "peer-stone-DEAD", "peer-crashed", "stone-WAITING", "stone-BORN", "stone-DEAD", "limit", "acts", "command-succeeds",
    "command-fails", "fifo-removed", "exit-0", "exit-1", "killed", "gone", "twin-is-alone",
}  # fmt: skip
ONLY_MAIN = {"command-succeeds", "command-fails", "exit-1", "twin-is-alone"}
"""The command of sidecar runs until it is ended, and only main has a twin."""


@pytest.mark.behaviour("replay-in-the-models-order")
@pytest.mark.parametrize("number", range(COUNT))
def test_an_order_of_the_model_is_that_of_kubexit(
    number: int, orders: list[Order], replay: Callable[[Order], None]
) -> None:
    """Real kubexits take the steps of an order, and come to its end."""
    try:
        replay(orders[number])
    except MismatchError as error:
        raise AssertionError(str(error)) from None


@pytest.mark.stress
@pytest.mark.behaviour("replay-in-the-models-order")
@pytest.mark.parametrize("definitions", CONFIGURATIONS, ids=lambda names: "-".join(names) or "one-way")
def test_any_order_of_the_model_is_that_of_kubexit(
    definitions: tuple[str, ...], spin: None, replay: Callable[[Order], None]
) -> None:
    """The same for new orders in each run; the failure has the seed."""
    rounds = max(1, int(os.environ.get("STRESS_ROUNDS", "200")) // 10)
    for _ in range(rounds):
        try:
            replay(draw(definitions, random.randrange(1, 2**31)))
        except MismatchError as error:
            raise AssertionError(str(error)) from None


@pytest.mark.behaviour("replay-of-every-step")
def test_the_orders_have_every_kind_of_step(orders: list[Order]) -> None:
    """Each kind of step is repeated for both containers, if the model has it for both."""
    wanted = {Step(who, what) for who, what in itertools.product(CONTAINERS, KINDS)}
    wanted -= {Step(1, what) for what in ONLY_MAIN}
    taken = {step for order in orders for step in order.steps}

    assert len(orders) == COUNT >= 12
    assert sorted((step.who, step.what) for step in wanted - taken) == []
    assert sorted((step.who, step.what) for step in taken - wanted) == []


@pytest.mark.behaviour("replay-of-every-step")
def test_every_kind_of_step_of_the_model_is_known() -> None:
    """A kind of step that is new in the model must be repeated too."""
    printed = set(re.findall(r'"STEP (?:%d|\d) (\S+?)\\n"', MODEL.read_text()))
    patterns = {re.sub("%[ed]", r"(?:[A-Z_]+|\\d)", re.escape(one).replace(r"\%", "%")) for one in printed}

    unknown = {one for one in patterns if not any(re.fullmatch(one, kind) for kind in KINDS)}
    absent = {kind for kind in KINDS if not any(re.fullmatch(one, kind) for one in patterns)}

    assert printed
    assert unknown == set()
    assert absent == set()


@pytest.mark.behaviour("replay-in-the-models-order")
@pytest.mark.parametrize(
    ("mutant", "earlier", "later"),
    [
        ("OLD_ORDER", "own-fifo-looked-at", "stone-removed"),
        ("STONE_FIRST", "looks", "peer-stone-NO_STONE"),
        ("FIFO_BEFORE_DEATH", "acts", "fifo-removed"),
        ("LOOK_BEFORE_WATCH", "own-fifo-looked-at", "fifo-put"),
    ],
)
def test_another_order_of_two_steps_is_noticed(
    mutant: str, earlier: str, later: str, spin: None, replay: Callable[[Order], None]
) -> None:
    """A model with two steps in another order does not agree with kubexit, from the second of them on."""
    drawn = (draw((mutant,), seed) for seed in range(1, 100))
    order = next(order for order in drawn if has(order, earlier, later))

    with pytest.raises(MismatchError, match=rf"(?s)the next call of .*\b{later}$"):
        replay(order)


def has(order: Order, earlier: str, later: str) -> bool:
    """Whether a container takes one step directly after another."""
    steps = [[step.what for step in order.steps if step.who == who] for who in CONTAINERS]
    return any(pair == (earlier, later) for own in steps for pair in itertools.pairwise(own))
