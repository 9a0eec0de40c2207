"""Random pods until a time is over."""

import random
import time
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait

from .soak import Round, play
from .worker import begin_worker

PROGRESS = 50  # pods


def soak(seed: str | None, seconds: float, jobs: int) -> bool:
    """Play random pods until the time is over; with the seed of a pod, that one. Return whether all settled."""
    first = random.SystemRandom().randrange(10**9)
    end = time.monotonic() + seconds
    rounds: list[Round] = []
    begun = 0
    print(f"  {seconds:.0f} s of random pods, --seed {seed or f'{first} and the next ones'}", flush=True)
    with ProcessPoolExecutor(jobs, initializer=begin_worker) as pool:
        running: set[Future[Round]] = set()
        while time.monotonic() < end or running:
            while time.monotonic() < end and len(running) < jobs:
                running.add(pool.submit(play, seed or str(first + begun)))
                begun += 1
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                rounds.append(future.result())
                _report(rounds)
    wrong = sum(bool(one.wrong) for one in rounds)
    full = sum(one.filled for one in rounds)
    print(f"  {len(rounds)} pods, disturbed {sum(one.disturbed for one in rounds)} times, by a full disk {full} times")
    print(f"  {wrong} did not settle as they must")
    return wrong == 0


def _report(rounds: list[Round]) -> None:
    """A pod that is wrong, and progress."""
    last = rounds[-1]
    if last.wrong:
        print(f"  WRONG: make faults ARGS='--soak --seed {last.seed}' plays it again\n{last.wrong}", flush=True)
    if len(rounds) % PROGRESS == 0:
        print(f"  {len(rounds)} pods", flush=True)
