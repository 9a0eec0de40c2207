"""All faults of all lives, or a sample of them: played, judged and counted."""

import random
import subprocess
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

from .fault import Fault, faults, unknown
from .life import LIVES
from .oracle import judged
from .run import Result, run
from .table import Table, load
from .worker import begin_worker

LAST_LINES = 30
RECORDED = 6  # lives without a fault
MOST_MISSED = 0.02  # of the places, which a life did not come to


class RecordError(Exception):
    """A life without a fault is not as it must be."""


def collected(name: str, table: Table) -> list[Fault]:
    """Play a life without a fault, and return what can fail in it. RecordError if a call is not in the table.

    How often kubexit wakes up is a matter of chance: only calls that are made in each of a few lives are meant.
    """
    lives = []
    for _ in range(RECORDED):
        with tempfile.TemporaryDirectory(prefix="kubexit-faults-") as folder:
            story = LIVES[name].play(Path(folder))
        if wrong := judged(LIVES[name], replace(story, seconds=0), None):  # a busy machine is no fault here
            raise RecordError(f"{name}, without a fault: {', '.join(wrong)}")
        if strange := unknown(story.places, table):
            raise RecordError(f"{name}: calls.toml does not have {', '.join(strange)}")
        lives.append(story.places)
    return faults(name, [place for place in lives[0] if all(place in life for life in lives)], table)


def chosen(words: list[str], count: int, seed: str | None) -> list[Fault]:
    """The faults whose names contain all of the words; as many as the sample, chosen by the seed or the commit."""
    table = load()
    found = [fault for name in LIVES for fault in collected(name, table)]
    found = [fault for fault in found if all(word in str(fault) for word in words)]
    if not 0 < count < len(found):
        return found
    seed = seed or _commit()
    print(f"  {count} of {len(found)} faults, chosen by --seed {seed}", flush=True)
    return random.Random(seed).sample(found, count)


def play(selected: list[Fault], jobs: int) -> bool:
    """Play them, and print what came of them; whether each was answered as promised."""
    began = time.monotonic()
    results = []
    with ProcessPoolExecutor(jobs, initializer=begin_worker) as pool:
        for result in pool.map(run, selected):
            results.append(result)
            _report(len(results), len(selected), result)
    _summarize(results, time.monotonic() - began)
    missed = sum(result.missed for result in results)
    return not any(result.wrong for result in results) and missed <= max(1, MOST_MISSED * len(results))


def _commit() -> str:
    done = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    return done.stdout.strip() or "none"


def _report(number: int, count: int, result: Result) -> None:
    """A line for a fault that was not answered as it should be, and progress."""
    if result.wrong:
        print(f"  WRONG {result.fault}")
        for why in result.wrong:
            print("\n".join(f"      {line}" for line in why.splitlines()[:LAST_LINES]))
        print("\n".join(f"      | {line}" for line in result.said.splitlines()[-LAST_LINES:]), flush=True)
    if result.missed:
        print(f"  NOT REACHED {result.fault}", flush=True)
    if number % 100 == 0 or number == count:
        print(f"  {number} of {count}", flush=True)


def _summarize(results: list[Result], seconds: float) -> None:
    """How often each exit code followed, for each call."""
    print(f"  {'call':<18} {'faults':>6}  exit codes (times)")
    for call in sorted({result.fault.place.call for result in results}):
        codes = [result.code for result in results if result.fault.place.call == call]
        known = sorted({code for code in codes if code is not None})
        print(f"  {call:<18} {len(codes):>6}  {', '.join(f'{code} ({codes.count(code)})' for code in known)}")
    wrong = sum(bool(result.wrong) for result in results)
    missed = sum(result.missed for result in results)
    print(f"  {len(results)} faults, {wrong} not answered as promised, {missed} not reached, {seconds:.0f} s")
    print(f"  a peer knew of an end {1000 * max(result.seconds for result in results):.0f} ms after it at the latest")
