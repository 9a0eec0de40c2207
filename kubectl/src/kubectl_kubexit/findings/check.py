"""What a check is, and what it finds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum

from kubectl_kubexit.admission.refusals import Refusal
from kubectl_kubexit.manifest.bundle import Bundle
from kubectl_kubexit.manifest.container import GENERATED, Container
from kubectl_kubexit.manifest.values import Position
from kubectl_kubexit.manifest.workload import Pod
from kubectl_kubexit.relations.member import Member, Members

MOST = 50  # findings of a kind about one container that are shown, each with its remedy


class Severity(Enum):
    """How bad a finding is. ERROR: it will not work. WARNING: not as expected. NOTE: a hint."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Fix:
    """A safe change of the manifest.

    action: `set-variable` (name, value), `set-field-ref` (name, value: the path of the field), `quote-variable` (name,
    value: as it is written), `mount-graveyard` (value: its folder) or `make-writable` (value: the mount path).
    """

    action: str
    name: str = ""
    value: str = ""


@dataclass(frozen=True)
class Found:
    """What a check says about a pod. container: None if it is about the pod as a whole."""

    at: Position
    container: Container | None
    message: str
    remedy: str
    fixes: tuple[Fix, ...] = ()


@dataclass
class View:
    """What a check sees: a pod with its members, and all other documents.

    written: the pod as its author wrote it; members are of the pod as it will run. refusals: why it will not run.
    """

    members: Members
    bundle: Bundle
    written: Pod
    refusals: list[Refusal] = field(default_factory=list)

    def about(self, member: Member, setting: str, message: str, remedy: str, *fixes: Fix) -> Found:
        """Return a finding about a setting of a member; a setting in the plan is shown where the plan is."""
        at = member.at(setting)
        line = member.plan_line
        if line is not None and not member.variable(setting):
            number = line.number if setting in line.settings else 0
            place = plan_position(self.members, number)
            message = f"{message} (line {number} of the plan)" if number and place else message
            at = place or at
        return Found(at, member.container, message, remedy, fixes)


Find = Callable[[View], Iterator[Found]]


@dataclass(frozen=True)
class Check:
    """A check: its code, how bad its findings are, what it finds and why that matters."""

    code: str
    severity: Severity
    title: str
    why: str
    find: Find = field(repr=False)


ALL: list[Check] = []


def check(code: str, severity: Severity, title: str, why: str) -> Callable[[Find], Find]:
    """Enter a function into the list of checks."""

    def enter(find: Find) -> Find:
        ALL.append(Check(code, severity, title, why, find))
        return find

    return enter


def plan_position(members: Members, number: int) -> Position | None:
    """Return where a line of the plan is in the manifest, or where the plan begins for 0; None if it has no plan."""
    variable = members.plan_variable
    if variable is None or variable.source == GENERATED:
        return None
    at, block = variable.at, variable.is_block
    annotations = members.pod.annotations
    for key, value in annotations.items():
        if variable.source == "fieldRef" and value == variable.value:
            at, block = annotations.values_at[key], key in annotations.blocks
    return Position(at.line + number, 1) if block and number else at
