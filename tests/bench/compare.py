"""Two commits, measured in one run: what a change costs or gains."""

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from bench.children import OUT
from bench.measures import MEASURES
from bench.programs import Found, Program, find
from bench.report import cell
from bench.results import Results
from bench.run import Plan, run
from harness.forms import FORMS, ROOT

TREES = OUT / "trees"
WORKING_TREE = "the working tree"
# What needs a server, a minute or a whole machine says little about one change.
MEASURED = frozenset({"start", "end", "signal", "death", "chain", "crash", "pss", "dirty", "storm-cpu", "size"})


def compare(before: str, after: str, forms: list[str], plan: Plan) -> int:
    """Measure both, in each of these forms; 1 when one of them cannot be built."""
    found = Found(list(find(["floor"]).programs), {})
    for name in forms:
        for label, commit in (("before", before), ("after", after)):
            path = _built(commit, name)
            found.programs.append(Program(f"{name} {label}", (str(path),), "kubexit", commit or WORKING_TREE))
    measured = run(found, replace(plan, only=plan.only or MEASURED))
    print(f"  before: {before}\n  after:  {after or WORKING_TREE}")
    for name in forms:
        _print(measured, name)
    _verdict(measured, forms)
    return 0


def _print(measured: Results, form: str) -> None:
    """Medians and their ratio."""
    print(f"\n  {form:14}{'before':>24}{'after':>24}{'ratio':>8}")
    for measure in MEASURES:
        old, new = measured.median(measure, f"{form} before"), measured.median(measure, f"{form} after")
        if old and new:
            texts = [cell(measured, measure, f"{form} {label}") for label in ("before", "after")]
            print(f"  {measure:14}{texts[0]:>24}{texts[1]:>24}{new / old:8.2f}")


def _verdict(measured: Results, forms: list[str]) -> None:
    """What pyperf thinks of it: means, and whether the difference is more than chance."""
    files = []
    for label in ("before", "after"):
        one = Results(measured.machine, {form: {} for form in forms}, {})
        for form in forms:
            for measure in MEASURES:
                benchmark = measured.benchmark(measure, f"{form} {label}")
                for values in benchmark.get_runs() if benchmark else []:
                    one.add(measure, form, values.values)
        files.append(OUT / f"{label}.json")
        one.write(files[-1])
    print("\n  pyperf compare_to (means):", flush=True)
    subprocess.run([sys.executable, "-m", "pyperf", "compare_to", "--table", *map(str, files)], check=False)


def _built(commit: str, form: str) -> Path:
    """The form of a commit; that of the working tree, which make has just built, when no commit is named."""
    if not commit:
        if not FORMS[form].exists:
            raise SystemExit(FORMS[form].missing)
        return FORMS[form].path
    found = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", f"{commit}^{{commit}}"], capture_output=True)
    if found.returncode != 0:
        raise SystemExit(f"bench: there is no commit {commit}")
    tree = TREES / found.stdout.decode().strip()
    path = tree / FORMS[form].path.relative_to(ROOT)
    if not path.exists():
        _unpack(commit, tree)
        print(f"  building {form} of {commit} in {tree.relative_to(ROOT)}", file=sys.stderr, flush=True)
        # The static form needs separate environments, and make knows how to make them.
        steps = [["build/native.sh"], ["build/gate.sh"]] if form == "gate" else [["make", form]]
        for step in steps:
            done = subprocess.run(["nice", *step], cwd=tree, capture_output=True, text=True)
            if done.returncode != 0:
                raise SystemExit(f"bench: {form} of {commit} cannot be built:\n{done.stdout}{done.stderr}")
    return path


def _unpack(commit: str, tree: Path) -> None:
    """The files of a commit, and the tools of this tree beside them."""
    if tree.exists():
        return
    draft = tree.with_suffix(".tmp")
    shutil.rmtree(draft, ignore_errors=True)
    (draft / ".build").mkdir(parents=True)
    archive = subprocess.run(["git", "-C", ROOT, "archive", commit], check=True, capture_output=True).stdout
    subprocess.run(["tar", "-x", "-C", draft], input=archive, check=True)
    (draft / ".build/venv").symlink_to(ROOT / ".build/venv")
    draft.rename(tree)
