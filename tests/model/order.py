"""Orders of events of the model: spin's random simulations, which the same seed repeats."""

import re
import subprocess
import tempfile
from dataclasses import dataclass, field

from .search import MODEL, SearchError


@dataclass(frozen=True)
class Step:
    """One step of a container of the model: main is 0, sidecar is 1."""

    who: int
    what: str


@dataclass(frozen=True)
class Left:
    """What an earlier run of the pod left of one container: a tombstone, and perhaps a FIFO."""

    stone: str
    failed: bool
    fifo: bool


@dataclass(frozen=True)
class End:
    """What one container of the model has come to when nothing can happen any longer."""

    state: str
    stone: str
    failed: bool
    fifo: bool


@dataclass(frozen=True)
class Order:
    """One order of events, from the start of the pod to the end of the simulation."""

    definitions: tuple[str, ...]
    seed: int
    left: tuple[Left, ...]
    cleared: bool
    ends: tuple[str, str]
    """Which deaths of the other container end this one: none, `died` or `failed`."""
    steps: tuple[Step, ...]
    end: tuple[End, End] = field(repr=False)

    @property
    def name(self) -> str:
        """What to write to have the same order again."""
        return " ".join([*(f"-D{name}" for name in self.definitions), f"-n{self.seed}"])


def draw(definitions: tuple[str, ...], seed: int) -> Order:
    """Return the order of events that spin simulates with a seed; SearchError if spin fails."""
    command = ["spin", "-T", f"-n{seed}", *(f"-D{name}" for name in definitions), str(MODEL)]
    try:
        # Not here: spin writes files with fixed names into the folder where it runs.
        with tempfile.TemporaryDirectory() as folder:
            ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise SearchError("spin is not installed: build/machine.sh model") from None
    if ended.returncode != 0:
        raise SearchError(f"{' '.join(command)}: exit code {ended.returncode}\n{ended.stdout}{ended.stderr}")
    return read(definitions, seed, ended.stdout)


def read(definitions: tuple[str, ...], seed: int, text: str) -> Order:
    """Read what spin has printed; SearchError if the simulation did not come to its end."""
    ends = re.search(r"^ENDS (\d) (\d)$", text, re.MULTILINE)
    if not ends:
        raise SearchError(f"the simulation -n{seed} did not end:\n{text}")
    words = {"0": "", "1": "died", "2": "failed"}
    return Order(
        definitions,
        seed,
        tuple(
            Left(stone, failed == "1", fifo == "1")
            for stone, failed, fifo in re.findall(r"^LEFT \d (\w+) (\d) (\d)$", text, re.MULTILINE)
        ),
        "\nCLEARED\n" in text,
        (words[ends[1]], words[ends[2]]),
        tuple(Step(int(who), what) for who, what in re.findall(r"^STEP (\d) (\S+)$", text, re.MULTILINE)),
        (_end(text, 0), _end(text, 1)),
    )


def _end(text: str, who: int) -> End:
    """Read what a container has come to."""
    found = re.search(rf"^END {who} (\w+) (\w+) (\d) (\d)$", text, re.MULTILINE)
    if not found:
        raise SearchError(f"the simulation has no end of {who}:\n{text}")
    return End(found[1], found[2], found[3] == "1", found[4] == "1")
