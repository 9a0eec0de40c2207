"""The rules of .ci/steps.sh: what a run does with its time."""

import os
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(script: str, **environment: str) -> tuple[int, str]:
    """Source the rules, run the script and the verdict; the exit code and all output."""
    done = subprocess.run(
        ["bash", "-c", f"set -euo pipefail; . .ci/steps.sh; {script}; verdict"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_run_without_failures_passes() -> None:
    """A run whose steps succeed says so."""
    code, said = run("step 5 first true; step 5 second true")

    assert code == 0
    assert "=== all passed" in said.splitlines()[-1]


def test_failed_steps_are_named_last() -> None:
    """A failed step does not end the run, and the last line names all of them."""
    code, said = run("step 5 first false || true; step 5 second true; step 5 third false || true")

    assert code == 1
    assert said.splitlines()[-1].endswith("[first] [third]")
    assert "=== done: second" in said


def test_a_needed_step_ends_the_run() -> None:
    """After a failed step that all others need, nothing else starts, and the last line names it."""
    code, said = run("need 5 first false; step 5 second echo STARTED")

    assert code == 1
    assert "STARTED" not in said
    assert said.splitlines()[-1].endswith("[first]")


def test_a_step_without_enough_time_is_skipped() -> None:
    """A step that needs more time than is left does not start; the last lines name it, and the run passes."""
    code, said = run("step 5 short true; step 600 long echo STARTED || true; step 5 last true", CI_SECONDS="100")

    assert code == 0
    assert "STARTED" not in said
    assert "=== done: last" in said
    assert "=== NOT RUN, the time was over: [long]" in said.splitlines()[-3:]


def test_a_skipped_step_fails_a_complete_run() -> None:
    """With CI_COMPLETE=true a step that was skipped counts as failed."""
    code, said = run("step 600 long true || true", CI_SECONDS="100", CI_COMPLETE="true")

    assert code == 1
    assert said.splitlines()[-1].endswith("[long]")


def test_a_step_for_another_machine_is_named() -> None:
    """A step that needs another machine does not start, fails nothing, and the last lines name it."""
    code, said = run("step_on other 5 foreign echo STARTED; step_on $(uname -m) 5 here false || true; step 5 last true")

    assert code == 1
    assert "STARTED" not in said
    assert "=== NOT RUN, this is another machine: [foreign]" in said.splitlines()
    assert said.splitlines()[-1].endswith(": [here]")


def test_a_step_is_stopped_when_the_time_is_over() -> None:
    """A step that still runs when the time is over is stopped, and counts as failed."""
    begin = time.monotonic()
    code, said = run("step 1 endless sleep 50 || true", CI_SECONDS="2")

    assert code == 1
    assert said.splitlines()[-1].endswith("[endless]")
    assert time.monotonic() - begin < 20


def test_a_run_has_no_step_outside_of_these_rules() -> None:
    """Each make target of .ci/run is a step with a time, or runs within the time that is left."""
    lines = (ROOT / ".ci/run").read_text().splitlines()
    making = [line for line in lines if "make " in line and not line.lstrip().startswith("#")]

    assert len(making) > 10
    assert [line for line in making if not line.startswith(("need ", "step ", "step_on ", "within "))] == []


def test_all_steps_fit_into_the_limit() -> None:
    """With nothing cached all steps fit into the limit; the builds in the background come on top of none."""
    lines = (ROOT / ".ci/run").read_text().splitlines()
    needs = [int(line.split()[1]) for line in lines if line.startswith(("need ", "step "))]
    here = [int(line.split()[2]) for line in lines if line.startswith("step_on ")]

    assert len(here) > 2
    assert sum(needs + here) <= 4500
