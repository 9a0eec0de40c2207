"""One exhaustive search of the model: spin writes a verifier in C, which is compiled and run."""

import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

MODEL = Path(__file__).parent / "graveyard.pml"
MEMORY_MIB = 6000
DEPTH = 10000
TABLE = 24
"""The table of states has two to this power places."""
FAST = ("-O2", "-DNOFAIR")
QUICKLY_BUILT = ("-O0",)
"""For a search that meets its violation long before the compiler would have been worth its time."""


class SearchError(Exception):
    """The search could not be made, or not to its end."""


class MissingError(Exception):
    """A program is not installed that every search needs."""


@dataclass(frozen=True)
class Outcome:
    """What a search has found; an assertion that is violated has a trail."""

    violated: bool
    states: int
    seconds: float
    trail: str


def require() -> None:
    """MissingError if spin or a C compiler is missing."""
    for program, remedy in (("spin", "build/machine.sh model"), ("cc", "build/machine.sh")):
        if shutil.which(program) is None:
            raise MissingError(f"{program} is not installed; {remedy} installs it")


def search(folder: Path, definitions: list[str], options: tuple[str, ...] = FAST) -> Outcome:
    """Search all states; SearchError if the depth or the memory was not enough."""
    folder.mkdir(parents=True, exist_ok=True)
    defines = [f"-D{name}" for name in definitions]
    trail = folder / f"{MODEL.name}.trail"
    trail.unlink(missing_ok=True)
    begin = time.monotonic()
    output(folder, "spin", *defines, "-a", str(MODEL))
    output(folder, "cc", *options, "-w", "-DSAFETY", f"-DMEMLIM={MEMORY_MIB}", "-o", "pan", "pan.c")
    # -E: a container that runs without an end is no error; what is one at the end is asserted in the model.
    text = output(folder, "./pan", f"-m{DEPTH}", f"-w{TABLE}", "-E")
    seconds = time.monotonic() - begin
    errors, states = re.search(r"errors: (\d+)", text), re.search(r"(\d+) states, stored", text)
    violated = "assertion violated" in text
    if not errors or not states or "max search depth too small" in text or (errors[1] != "0") != violated:
        raise SearchError(text)
    if "Search not completed" in text and not violated:
        raise SearchError(text)
    steps = output(folder, "spin", *defines, "-k", str(trail), "-t", str(MODEL)) if violated else ""
    return Outcome(violated, int(states[1]), seconds, steps)


def output(folder: Path, *command: str) -> str:
    """Run a program in a folder; SearchError with what it wrote if it fails."""
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        raise SearchError(f"{' '.join(command)}: exit code {ended.returncode}\n{ended.stdout}{ended.stderr}")
    return ended.stdout
