"""The containers of a pod as members of its relations: each with the settings that kubexit would use."""

from dataclasses import dataclass, field

from kubectl_kubexit.manifest.container import Container, Variable
from kubectl_kubexit.manifest.values import Position
from kubectl_kubexit.manifest.workload import Pod
from kubectl_kubexit.plan.text import Plan, PlanLine, is_relation, parse
from kubectl_kubexit.settings.effective import PREFIX, Settings
from kubectl_kubexit.settings.read import read
from kubectl_kubexit.settings.words import parse_bool


@dataclass
class Member:
    """A container with its settings.

    own: the settings of the container itself. effective: these, its line of the plan, and what follows from SIDECAR_OF.
    """

    container: Container
    own: Settings
    effective: Settings
    plan_line: PlanLine | None = None

    @property
    def name(self) -> str:
        """The name of the tombstone; without KUBEXIT_NAME the name of the container, which is what it should be."""
        return self.effective.name or self.container.name

    @property
    def is_wrapped(self) -> bool:
        """Whether kubexit supervises the container."""
        return self.container.is_wrapped

    @property
    def is_opaque(self) -> bool:
        """Whether it can have settings that the manifest does not show."""
        return self.container.opaque or (not self.container.command and not self.effective.given)

    @property
    def is_opaque_entry(self) -> bool:
        """Whether kubexit may be the ENTRYPOINT of the image: the manifest shows neither a command nor a name."""
        return not self.container.command and self.container.opaque

    @property
    def is_disabled(self) -> bool:
        """Whether kubexit only executes the command, and reads no other setting."""
        return self.own.values.get("DISABLED") is True

    def hides(self, *settings: str) -> bool:
        """Return whether one of these settings has a value that only the cluster knows."""
        variables = (self.variable(setting) for setting in settings)
        return any(variable is not None and variable.value is None for variable in variables)

    def variable(self, setting: str) -> Variable | None:
        """Return the variable of a setting; None if the container does not set it."""
        return self.container.variables.get(PREFIX + setting)

    def at(self, setting: str) -> Position:
        """Return where a setting is, or the container if the setting is in the plan or is not set."""
        variable = self.variable(setting)
        return variable.at if variable else self.container.at


@dataclass
class Members:
    """The members of a pod, by the names of their tombstones; the first of two with one name counts."""

    pod: Pod
    all: list[Member] = field(default_factory=list)
    plan: Plan | None = None
    plan_variable: Variable | None = None

    @property
    def wrapped(self) -> list[Member]:
        """The members that kubexit supervises."""
        return [member for member in self.all if member.is_wrapped]

    def named(self, name: str) -> Member | None:
        """Return the member with this tombstone, or the container with this name."""
        wrapped = next((member for member in self.wrapped if member.name == name), None)
        return wrapped or next((member for member in self.all if member.container.name == name), None)


def members(pod: Pod, also_disabled: bool = False) -> Members:
    """Read the settings of all containers of a pod; also_disabled: also the ones that a disabled kubexit ignores."""
    found = Members(pod)
    for container in pod.containers:
        variable = container.variables.get("KUBEXIT_PLAN")
        if variable is not None and variable.value:
            found.plan, found.plan_variable = parse(variable.value), variable
            break
    for container in pod.containers:
        if not container.is_tool:
            found.all.append(member(container, found.plan, also_disabled))
    return found


def is_disabled(environment: dict[str, str]) -> bool:
    """Return whether kubexit reads no other setting than the one that disables it."""
    try:
        return parse_bool(environment.get("KUBEXIT_DISABLED") or "false")
    except ValueError:
        return False


def member(container: Container, plan: Plan | None, also_disabled: bool) -> Member:
    """Read the settings of one container."""
    environment = {variable.name: variable.value for variable in container.variables.values()}
    own = {name: value for name, value in environment.items() if value is not None}
    if is_disabled(own) and not also_disabled:
        own = {name: value for name, value in own.items() if name in {"KUBEXIT_NAME", "KUBEXIT_DISABLED"}}
        settings = read(own)
        settings.problems.clear()
        return Member(container, settings, settings)
    elsewhere = frozenset(name.removeprefix(PREFIX) for name, value in environment.items() if value is None)
    line = None
    merged = dict(own)
    if plan is not None and own.get("KUBEXIT_PLAN"):
        line = plan.lines.get(own.get("KUBEXIT_NAME", container.name))
        # Relations and probes come from the plan alone; of all others the container's own value wins.
        merged = {
            name: value for name, value in own.items() if line is None or not is_relation(name.removeprefix(PREFIX))
        }
        merged.setdefault("KUBEXIT_BIRTH_SOURCE", "graveyard")
        for setting, value in line.settings.items() if line else ():
            if value and not merged.get(PREFIX + setting):
                merged[PREFIX + setting] = value
            elif setting == "BIRTH_SOURCE" and value:
                merged["KUBEXIT_BIRTH_SOURCE"] = value
    return Member(container, read(own, elsewhere), read(merged, elsewhere), line)
