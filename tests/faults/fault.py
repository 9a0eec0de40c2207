"""A fault: a place in a life and what happens there. All of them, in the order of the calls."""

import errno
from dataclasses import dataclass

from harness.faulter import Place

from .table import Table

SHORT = "short"
KILL, STOP = "SIGKILL", "SIGSTOP"


@dataclass(frozen=True)
class Fault:
    """A call of a life that fails, or is cut short."""

    life: str
    place: Place
    error: str  # the name of an errno, SHORT, or a signal that comes before the call
    action: str  # for faulter.c

    def __str__(self) -> str:
        return f"{self.life}: {self.place}: {self.error}"


def faults(life: str, places: list[Place], table: Table) -> list[Fault]:
    """Each error of each call that was made, and the signals before it: a stop comes to kubexit, not to a child."""
    found = []
    for place in places:
        call = table.calls[place.call]
        how = "made" if call.is_made else "fail"
        for error in call.errors:
            found.append(Fault(life, place, error, f"{how}={getattr(errno, error)}"))
        if call.is_short:
            found.append(Fault(life, place, SHORT, "short=1"))
        found.append(Fault(life, place, KILL, "kill"))
        if place.task == 0:
            found.append(Fault(life, place, STOP, "stop"))
    return found


def unknown(places: list[Place], table: Table) -> list[str]:
    """The calls that were made and are not in the table."""
    return sorted({place.call for place in places} - table.calls.keys())
