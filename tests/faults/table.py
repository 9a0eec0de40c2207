"""calls.toml: the errors of each system call, and what kubexit promises when a call fails with one of them."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from harness.faulter import Place

TABLE = Path(__file__).parent / "calls.toml"


@dataclass(frozen=True)
class Call:
    """A system call: its manual page and the errors that it lists."""

    name: str
    page: str
    errors: list[str]
    is_made: bool = False  # it has done its work when it reports an error, as close(2) has
    is_short: bool = False  # it can transfer less than was asked for


@dataclass(frozen=True)
class Answer:
    """What ends otherwise than without a fault: the codes, and whether the tombstone can be without a death."""

    call: str
    codes: list[int]  # none: the same as without the fault
    why: str
    file: str = ""
    count: int = 0
    child: bool = False
    life: str = ""
    errors: list[str] = field(default_factory=list)
    death: bool = True  # a death is written
    fifo: bool = False  # the FIFO stays behind next to it
    stopped: bool = False  # the fault is a stop
    silent: bool = False  # nothing is logged: the log itself failed, or it is not kubexit's to say

    def fits(self, life: str, place: Place, error: str) -> bool:
        """Whether it says what follows this fault."""
        return (
            self.call == place.call
            and self.child == bool(place.task)
            and self.file in ("", place.file)
            and self.count in (0, place.count)
            and self.life in ("", life)
            and (not self.errors or error in self.errors)
        )


@dataclass(frozen=True)
class Table:
    """The whole of it."""

    calls: dict[str, Call]
    answers: list[Answer]

    def answer(self, life: str, place: Place, error: str) -> Answer | None:
        """What follows this fault; None: the same as without it."""
        return next((answer for answer in self.answers if answer.fits(life, place, error)), None)


def load() -> Table:
    """The table as it is written."""
    text = tomllib.loads(TABLE.read_text())
    calls = {name: Call(name, **entry) for name, entry in text["call"].items()}
    return Table(calls, [Answer(**entry) for entry in text["answer"]])
