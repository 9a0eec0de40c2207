"""The command line: python -m bench run, compare, page."""

import argparse
import shutil
import sys
from pathlib import Path

from bench import report, results
from bench.children import OUT
from bench.measures import MEASURES
from bench.programs import find
from bench.run import Plan, run
from harness.forms import ROOT

RESULTS = OUT / "results.json"
RECORDED = ROOT / "docs/use/benchmarks/results.json"
PAGE = ROOT / "docs/use/benchmarks.md"


def words(text: str) -> list[str]:
    """A list of names, with commas or blanks between them."""
    return text.replace(",", " ").split()


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    running = commands.add_parser("run", help="measure")
    running.add_argument("--rounds", type=int, default=500, help="of each time (500)")
    running.add_argument("--idle", type=float, default=30.0, help="seconds in which nothing happens (30)")
    running.add_argument("--only", type=words, default=[], help=f"of {', '.join([*MEASURES, 'idle'])}")
    running.add_argument("--programs", type=words, default=[], help="only these programs")
    running.add_argument("--record", action="store_true", help=f"keep them as {RECORDED.relative_to(ROOT)} as well")
    comparing = commands.add_parser("compare", help="measure two commits in one run")
    comparing.add_argument("before", help="a commit")
    comparing.add_argument("after", nargs="?", default="", help="a commit; the working tree when it is left out")
    comparing.add_argument("--rounds", type=int, default=500)
    comparing.add_argument("--only", type=words, default=[])
    comparing.add_argument("--forms", type=words, default=["gate"], help="gate, static")
    drawing = commands.add_parser("page", help="charts and tables of docs/use/benchmarks.md")
    drawing.add_argument("--check", action="store_true", help="only say whether they are as recorded")
    drawing.add_argument("--results", type=Path, default=RECORDED)
    return parser.parse_args()


def main() -> int:
    """Exit code 1 when a check fails."""
    asked = arguments()
    if asked.command == "run":
        if unknown := set(asked.only) - set(MEASURES) - {"idle"}:
            raise SystemExit(f"bench: no measure {', '.join(sorted(unknown))}")
        measured = run(find(asked.programs), Plan(asked.rounds, asked.idle, frozenset(asked.only)))
        OUT.mkdir(parents=True, exist_ok=True)
        measured.write(RESULTS)
        print("\n".join(report.lines(measured)))
        if asked.record:
            RECORDED.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(RESULTS, RECORDED)
        return 0
    if asked.command == "compare":
        from bench.compare import compare

        return compare(asked.before, asked.after, asked.forms, Plan(asked.rounds, 0, frozenset(asked.only)))
    from bench.page import renew

    return renew(PAGE, results.read(asked.results), asked.check)


if __name__ == "__main__":
    sys.exit(main())
