"""Remove each protection in turn, and see that its test fails: `make mutants`.

Before that, all patches must apply, and a test that fails without a change counts as broken.
"""

import argparse
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from . import report
from .judge import Verdict, broken, judge
from .mutant import ROOT, Mutant, load, named, sample, stale
from .record import Record
from .tree import Tree

USAGE = 2


def commit() -> str:
    """The commit of the sources: the seed of a sample, if no other is named."""
    return subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout.strip()


def options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("words", nargs="*", help="only mutants with this topic, or with this in their names")
    parser.add_argument("--check", action="store_true", help="only check that each patch applies; takes a second")
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="only N of them, chosen by the seed")
    parser.add_argument("--seed", metavar="TEXT", help="what chooses the sample (the commit)")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="this many at a time")
    parser.add_argument(
        "--record", type=Path, metavar="FILE", help="append the results to FILE, and leave out what it has as noticed"
    )
    arguments = parser.parse_args()
    if arguments.sample < 0:
        parser.error("--sample takes the number of mutants; 0 means all")
    if arguments.jobs < 1:
        parser.error("--jobs takes a number from 1")
    return arguments


def selected(arguments: argparse.Namespace) -> list[Mutant]:
    """The mutants that the command line asks for; prints how a sample can be chosen again."""
    mutants = named(load(), arguments.words)
    if not mutants:
        print(f"  no mutant has the topic or a name with {' or '.join(arguments.words)}: see tests/mutants/*.toml")
        sys.exit(USAGE)
    if 0 < arguments.sample < len(mutants):
        seed = arguments.seed or commit()
        print(f"  {arguments.sample} of {len(mutants)} mutants; again: --sample {arguments.sample} --seed {seed}")
        return sample(mutants, arguments.sample, seed)
    return mutants


def run(made: list[Tree], mutants: list[Mutant], record: Record) -> list[Verdict]:
    """The verdicts on all mutants, printed as they come; one at a time in each tree."""
    trees: SimpleQueue[Tree] = SimpleQueue()
    for tree in made:
        trees.put(tree)
    verdicts: list[Verdict] = []

    def tell(verdict: Verdict) -> None:
        verdicts.append(verdict)
        record.add(verdict)
        print(report.line(verdict, len(verdicts), len(mutants)), flush=True)

    def turn(mutant: Mutant) -> Verdict:
        tree = trees.get()
        try:
            return judge(tree, mutant)
        finally:
            trees.put(tree)

    print(f"  the tests of {len(mutants)} mutants, without a change", flush=True)
    unusable = {verdict.mutant: verdict for verdict in broken(made[0], mutants)}
    print(report.heading(), flush=True)
    for verdict in unusable.values():
        tell(verdict)
    with ThreadPoolExecutor(len(made)) as pool:
        for verdict in pool.map(turn, [one for one in mutants if one not in unusable]):
            tell(verdict)
    print(report.table(verdicts))
    return verdicts


def code(verdicts: list[Verdict]) -> int:
    """The exit code: 1 if a mutant was not noticed."""
    return 0 if all(verdict.good for verdict in verdicts) else 1


def built_and_tested(mutants: list[Mutant], jobs: int, record: Record) -> int:
    """Judge the mutants that the record does not have as noticed; exit code 0 if each was noticed."""
    left = [mutant for mutant in mutants if not record.has(mutant)]
    if len(left) < len(mutants):
        print(f"  {len(mutants) - len(left)} of {len(mutants)} mutants were noticed before, as the record says")
    if not left:
        return 0
    trees = [Tree(ROOT / ".build/mutants" / str(number)) for number in range(min(jobs, len(left)))]
    try:
        return code(run(trees, left, record))
    finally:
        for tree in trees:
            tree.close()


def main() -> int:
    """Exit code 0 if each mutant was noticed, 1 if not, 2 for a bad command line."""
    arguments = options()
    mutants = selected(arguments)
    if lines := stale(mutants):
        print("\n".join(f"  STALE {line}" for line in lines))
        return 1
    if arguments.check:
        print(f"  {len(mutants)} patches apply")
        return 0
    return built_and_tested(mutants, arguments.jobs, Record(arguments.record))


if __name__ == "__main__":
    sys.exit(main())
