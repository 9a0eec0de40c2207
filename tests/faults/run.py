"""One fault in a life: played, and judged."""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .fault import Fault
from .life import LIVES, HangError
from .oracle import SEEN_SECONDS, answer_to, judged
from .table import load

TRIES = 3  # of a place that the life did not come to, and of a witness that was late


@dataclass(frozen=True)
class Result:
    """What came of a fault."""

    fault: Fault
    code: int | None
    wrong: list[str]
    said: str = ""
    missed: bool = False  # the life did not come to this place
    seconds: float = 0.0  # until the witness knew


def run(fault: Fault) -> Result:
    """Play the life with the fault, and judge what was seen. A place that is not reached is tried again.

    A witness that is late is tried again too: on a busy machine it can be late once, with a fault of kubexit always.
    """
    life = LIVES[fault.life]
    answer = answer_to(fault, load())
    for tries in range(TRIES):
        folder = Path(tempfile.mkdtemp(prefix="kubexit-faults-"))
        try:
            story = life.play(folder, fault.place, fault.action)
        except (HangError, AssertionError) as error:
            return Result(fault, None, [f"HANGS: {error}"])
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        is_late = story.seconds > SEEN_SECONDS and tries < TRIES - 1
        if story.happened and not is_late:
            return Result(fault, story.code, judged(life, story, answer), story.said, seconds=story.seconds)
    return Result(fault, None, [], missed=True)
