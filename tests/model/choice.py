"""The orders of events that are repeated with real kubexits: few, but with every kind of step and many neighbours.

They are chosen again when the model has changed, so no list of seeds gets old.
"""

import fcntl
import hashlib
import itertools
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .order import Order, Step, draw
from .search import MODEL

CONFIGURATIONS = (
    (),
    ("MUTUAL",),
    ("KEPT", "MUTUAL", "KILLS=1"),
    ("CLEAR", "KILLS=1"),
    ("TWIN", "KILLS=1"),
)
SEEDS = range(1, 31)
COUNT = 24
JOBS = 2

Pair = tuple[Step, Step]


def drawn() -> list[Order]:
    """Return one order for each configuration and seed."""
    wanted = [(definitions, seed) for seed in SEEDS for definitions in CONFIGURATIONS]
    with ThreadPoolExecutor(JOBS) as pool:
        return list(pool.map(lambda one: draw(*one), wanted))


def chosen(orders: list[Order], count: int) -> list[Order]:
    """Return the orders that together have the most kinds of steps, then the most kinds of neighbours."""
    left, taken = list(orders), list[Order]()
    steps, pairs = set[Step](), set[Pair]()
    while left and len(taken) < count:
        best = max(left, key=lambda order: (len(set(order.steps) - steps), len(set(_pairs(order)) - pairs)))
        left.remove(best)
        taken.append(best)
        steps.update(best.steps)
        pairs.update(_pairs(best))
    return taken


def _pairs(order: Order) -> Iterator[Pair]:
    """Yield each step of one container with the step of the other one that follows it."""
    for one, next_one in itertools.pairwise(order.steps):
        if one.who != next_one.who:
            yield one, next_one


def kept(folder: Path) -> list[Order]:
    """Return the chosen orders, and keep in a folder which ones they are, until the model or the choice changes."""
    folder.mkdir(parents=True, exist_ok=True)
    sources = b"".join(path.read_bytes() for path in (MODEL, Path(__file__)))
    path = folder / f"orders-{hashlib.sha256(sources).hexdigest()[:16]}.json"
    with (folder / "orders.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # other workers need the same orders, and wait for them
        if not path.exists():
            taken = chosen(drawn(), COUNT)
            draft = path.with_suffix(".tmp")
            draft.write_text(json.dumps([(order.definitions, order.seed) for order in taken]))
            draft.rename(path)
    return [draw(tuple(definitions), seed) for definitions, seed in json.loads(path.read_text())]
