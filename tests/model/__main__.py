"""Search the model of the graveyard protocol: `make model`.

The protocol violates no property; each mutant violates one. A limit is a violation of the protocol as it is, which
docs/develop/model.md explains; without its definition the model leaves it out.
"""

import argparse
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .case import CASES, Case, load
from .search import MissingError, Outcome, SearchError, require

FOLDER = Path(".build/model")
JOBS = 2
SHORT = "short form: searches with (only …) have fewer SIGKILLs or starts than without --short"


def main(words: list[str] | None = None, path: Path = CASES, folder: Path = FOLDER) -> int:
    """Exit code 0 if each search found what it should, 1 if not, 2 if nothing could be searched."""
    parser = argparse.ArgumentParser(prog="make model", description=__doc__)
    parser.add_argument("words", nargs="*", help="only cases whose names contain one of these words")
    parser.add_argument("--short", action="store_true", help="with fewer events, in less than a minute")
    parser.add_argument("--trail", action="store_true", help="print the steps that lead to each violation")
    parser.add_argument("--jobs", type=int, default=JOBS, metavar="N", help="this many searches at a time")
    arguments = parser.parse_args(words)
    cases = [case for case in load(path) if _is_named(case, arguments.words)]
    if not cases:
        print(f"  no search has {' or '.join(arguments.words)} in its name; {path.name} lists them")
        return 2
    try:
        require()
    except MissingError as error:
        print(f"  NOT SEARCHED: {error}")
        return 2
    if arguments.short:
        cases = [case.shortened() for case in cases]
    return _search(cases, folder.resolve(), max(1, arguments.jobs), arguments.trail, arguments.short)


def _is_named(case: Case, words: list[str]) -> bool:
    return not words or any(word in case.name for word in words)


def _search(cases: list[Case], folder: Path, jobs: int, trail: bool, short: bool) -> int:
    """Search and print a line for each case; the exit code."""
    print(f"  {'result':<13} {'states':>10} {'s':>6}  {'properties':<24} search")
    begin, bad = time.monotonic(), 0
    with ThreadPoolExecutor(jobs) as pool:
        for case, found in zip(cases, pool.map(_found, cases, _folders(folder, cases)), strict=True):
            bad += _report(case, found, trail)
    print(f"  {len(cases)} searches, each of every state, in {time.monotonic() - begin:.0f} s", end="")
    print(f"; not as they should be: {bad}" if bad else "; all as they should be")
    if short:
        print(f"  {SHORT}")
    return 1 if bad else 0


def _folders(folder: Path, cases: list[Case]) -> list[Path]:
    return [folder / str(number) for number in range(len(cases))]


def _found(case: Case, folder: Path) -> Outcome | SearchError:
    try:
        return case.search(folder)
    except SearchError as error:
        return error


def _report(case: Case, found: Outcome | SearchError, trail: bool) -> bool:
    """Print what a search has found; True if that should not be so."""
    if isinstance(found, SearchError):
        print(f"  {'NOT SEARCHED':<13} {case.name}\n{found}", flush=True)
        return True
    word = case.verdict(found)
    print(
        f"  {word:<13} {found.states:>10} {found.seconds:>6.1f}  {case.property:<24} {case.name}",
        flush=True,
    )
    if trail or word == "VIOLATED":
        print(
            "\n".join(f"      {line.strip()}" for line in found.trail.splitlines() if "STEP" in line or "END" in line)
        )
    return word.isupper()


if __name__ == "__main__":
    sys.exit(main())
