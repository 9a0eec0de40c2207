"""Read and write the text of KUBEXIT_PLAN: `proxy: SIDECAR_OF=report READY_TCP=8080`."""

import re
from dataclasses import dataclass, field

from kubectl_kubexit.errors import printable
from kubectl_kubexit.settings import name as names
from kubectl_kubexit.settings.effective import PREFIX
from kubectl_kubexit.settings.table import TABLE

MAX_BYTES = 32 * 1024
# What each container has to know before it can read the plan, or what differs in each pod.
NOT_IN_A_PLAN = ("NAME", "GRAVEYARD", "PLAN", "DISABLED", "POD_NAME", "NAMESPACE")
# Relations and probes: they come from the plan alone, so that all containers see the same.
RELATIONS = ("BIRTH_", "DEATH_", "SIDECAR_OF", "TERM_AFTER", "READY_")
MAX_LINES = 128
BLANKS = " \t\r\n"


@dataclass(frozen=True)
class PlanProblem:
    """What is wrong with a plan; line and column begin with 1."""

    line: int
    column: int
    reason: str


@dataclass
class PlanLine:
    """The line of a container: its settings without the prefix, and the column of each."""

    name: str
    number: int
    settings: dict[str, str] = field(default_factory=dict)
    columns: dict[str, int] = field(default_factory=dict)


@dataclass
class Plan:
    """The lines of a plan by the names of the containers, and what is wrong with its text."""

    lines: dict[str, PlanLine] = field(default_factory=dict)
    problems: list[PlanProblem] = field(default_factory=list)


def parse(text: str) -> Plan:
    """Read a plan; each bad line or setting is reported and left out."""
    plan = Plan()
    text = text.removeprefix(names.MARK)
    if len(text.encode()) > MAX_BYTES:
        plan.problems.append(PlanProblem(1, 1, "too long; use at most 32 KiB"))
        return plan
    for number, line in enumerate(text.split("\n"), 1):
        start = len(line) - len(line.lstrip(BLANKS))
        if line[start:] and line[start] != "#":
            parse_line(plan, number, line, start)
    if not plan.lines and not plan.problems:
        plan.problems.append(PlanProblem(1, 1, "is empty; is the annotation on the pod template?"))
    return plan


def parse_line(plan: Plan, number: int, line: str, start: int) -> None:
    """Read one line, NAME: SETTING=VALUE…, into the plan."""
    colon = line.find(":", start)
    name = line[start:colon].rstrip(BLANKS)
    late = "=" in line[blank_from(line[:colon], start) : colon]  # a setting begins before it: a colon of its value
    missing = "no colon behind the name; use NAME: SETTING=VALUE ..."
    reason = missing if colon < 0 or late else why_no_line(plan, name)
    if reason:
        plan.problems.append(PlanProblem(number, start + 1, reason))
        return
    found = plan.lines[name] = PlanLine(name, number)
    at = colon + 1
    while at < len(line):
        at += len(line[at:]) - len(line[at:].lstrip(BLANKS))
        if at >= len(line) or line[at] == "#":
            return
        end, setting, value, reason = cut(line, at)
        reason = reason or why_no_setting(found, setting)
        if reason:
            plan.problems.append(PlanProblem(number, at + 1, reason))
        else:
            found.settings[setting], found.columns[setting] = value, at + 1
        at = end


def why_no_line(plan: Plan, name: str) -> str:
    """Return why a plan cannot have a line of this name; "" if it can."""
    try:
        names.check(name)
    except ValueError as error:
        return str(error)
    if name in plan.lines:
        return "this container has a line already; put all of its settings on one line"
    return f"one line too many; use at most {MAX_LINES}" if len(plan.lines) == MAX_LINES else ""


def cut(line: str, at: int) -> tuple[int, str, str, str]:
    """Read SETTING=VALUE from a place on.

    Returns:
        Where it ends, the setting, the value, and why its form is wrong; "" if it is right.
    """
    end = blank_from(line, at)
    sign = line.find("=", at, end)
    if sign < 0:
        lost = line[at] == "," or line[:at].rstrip(BLANKS).endswith(",")
        rest = "a list cannot contain blanks; use SETTING=ONE,TWO"
        return end, "", "", rest if lost else "no value; use SETTING=VALUE"
    setting = line[at:sign]
    if line[sign + 1 : sign + 2] != '"':
        value = line[sign + 1 : end]
        inside = "a quote inside of a value; put the whole value into double quotes"
        return end, setting, value, inside if '"' in value else ""
    closing = line.find('"', sign + 2)
    if closing < 0:
        return len(line), setting, "", "no closing quote"
    end = blank_from(line, closing + 1)
    behind = "text behind the closing quote; put the whole value into the quotes"
    return end, setting, line[sign + 2 : closing], behind if end > closing + 1 else ""


def blank_from(line: str, at: int) -> int:
    """Return where the next blank is; the end of the line if it has none."""
    match = re.compile(rf"[{BLANKS}]").search(line, at)
    return match.start() if match else len(line)


def why_no_setting(line: PlanLine, setting: str) -> str:
    """Return why a line cannot have a setting; "" if it can."""
    if not setting:
        return "no name before the sign; use SETTING=VALUE"
    if setting not in TABLE:
        if len(setting) > len(PREFIX) and setting.upper().startswith(PREFIX):
            return f"{setting}: write settings without KUBEXIT_ in a plan"
        meant = names.nearest(setting, list(TABLE))
        return f"unknown setting {setting}; " + (
            f"did you mean {meant}?" if meant else "kubexit --help lists the settings"
        )
    if setting in NOT_IN_A_PLAN:
        return f"{setting} cannot be in a plan; set KUBEXIT_{setting} in the container"
    return f"{setting} is on this line already; use it once" if setting in line.settings else ""


def is_relation(setting: str) -> bool:
    """Return whether a setting, without its prefix, comes from the plan alone if there is a plan."""
    return setting.startswith(RELATIONS)


def write(lines: dict[str, dict[str, str]], comment: str = "") -> str:
    """Return the text of a plan, its settings in columns.

    Args:
        lines: settings without the prefix, by the names of the containers.
        comment: a first line, without `#`.

    Raises:
        ValueError: a plan cannot have a name or a value.
    """
    width = max((len(name) for name in lines), default=0) + 1
    text = [f"# {printable(comment)}"] if comment else []
    for name, settings in lines.items():
        names.check(name)
        words = " ".join(f"{setting}={quoted(value)}" for setting, value in settings.items())
        text.append(f"{name + ':':{width}} {words}".rstrip())
    return "\n".join(text) + "\n"


def quoted(value: str) -> str:
    """Return a value as a plan has it: with blanks or # in double quotes."""
    if '"' in value or "\n" in value:
        raise ValueError(f"a plan cannot have a value with a double quote or a line end: {value}")
    return f'"{value}"' if re.search(r"[\s#]", value) or not value else value
