"""The plan of a pod with a main container and sidecars, from what the manifest says.

The admission policy in deploy/ makes the same plan of the annotation kubexit.dev/main; a test compares the two.
"""

import re
from dataclasses import dataclass

from kubectl_kubexit.errors import UserError
from kubectl_kubexit.manifest.container import Container, Variable, text_of
from kubectl_kubexit.manifest.expansion import is_replaced
from kubectl_kubexit.manifest.probe import as_setting, probe_of, why_unlike
from kubectl_kubexit.manifest.tree import row_at, table_at
from kubectl_kubexit.manifest.workload import Pod
from kubectl_kubexit.settings.words import TRUE

OWN = re.compile(r"KUBEXIT_(BIRTH_|DEATH_|READY_|SIDECAR_OF$|TERM_AFTER$)")
HOLDS = {"KUBEXIT_SIDECAR_OF", "KUBEXIT_TERM_AFTER"}  # with these, a container keeps a SIGTERM
DEFAULT_GRACE = 30  # seconds: of a pod, and of kubexit
LONGEST_GRACE = 9_223_372_036  # seconds: the longest duration has 63 bits of nanoseconds


@dataclass(frozen=True)
class Roles:
    """Which containers do the work, and which serve them."""

    mains: tuple[str, ...]
    sidecars: tuple[str, ...]

    def has(self, name: str) -> bool:
        """Return whether a container gets kubexit."""
        return name in self.mains or name in self.sidecars


def roles_of(pod: Pod, mains: tuple[str, ...], sidecars: tuple[str, ...]) -> Roles:
    """Return the roles of the containers of a pod; without sidecars, all others are sidecars.

    Raises:
        UserError: a name is not one of the containers.
    """
    names = [container.name for container in pod.containers if container.role == "main"]
    for option, given in (("--main", mains), ("--sidecar", sidecars)):
        for name in given:
            if name not in names:
                raise UserError(f"{where(pod)}: {option} {name} is not one of the containers {', '.join(names)}")
    return Roles(mains, sidecars or tuple(name for name in names if name not in mains))


def where(pod: Pod) -> str:
    """Return the file, line and name of a pod, for messages."""
    return f"{pod.document.path}:{pod.at.line} {pod.title}"


def plan_of(pod: Pod, roles: Roles) -> str:
    """Return the plan: one line for each container, in the order of the containers.

    Raises:
        UserError: kubexit cannot do what a probe does.
    """
    containers = [container for container in pod.containers if container.role == "main" and roles.has(container.name)]
    refuse_values(pod, containers)
    ready = {container.name: readiness(pod, container, roles) for container in containers}
    waited = [
        name_of(container)
        for container in containers
        if container.name in roles.sidecars
        and not is_disabled(container)
        and (has_probe(container) or ready[container.name])
    ]
    return "\n".join(line(pod, container, roles, ready[container.name], waited) for container in containers)


def refuse_values(pod: Pod, containers: list[Container]) -> None:
    """Refuse a variable of a relation or a probe that a plan cannot have as a value."""
    for container in containers:
        for name, variable in own_relations(container).items():
            why, remedy = why_not_in_a_plan(variable)
            if why:
                what = f"{name} of container {container.name} {why}"
                raise UserError(f"{where(pod)}: {what}; {remedy or 'write a plan (--plan)'}")


def why_not_in_a_plan(variable: Variable) -> tuple[str, str]:
    """Return why a plan cannot have the value of a variable, and what to do, if that is not another plan."""
    if re.search('["\\n]', variable.written):
        return "has a double quote or a line end, which a plan cannot have", ""
    if is_replaced(variable.written):
        replaced = "has $( or $$, which the kubelet replaces in a variable, but not in a plan"
        return replaced, "write the value itself"
    return "", ""


def line(pod: Pod, container: Container, roles: Roles, ready: list[str], waited: list[str]) -> str:
    """Return the line of a container."""
    variables = {name: variable.written for name, variable in own_relations(container).items()}
    found = [f"{name.removeprefix('KUBEXIT_')}={quoted(value)}" for name, value in variables.items()]
    if container.name in roles.mains:
        if "KUBEXIT_BIRTH_DEPS" not in variables and waited:
            found.append(f"BIRTH_DEPS={','.join(waited)}")
    else:
        if "KUBEXIT_SIDECAR_OF" not in variables:
            found.append(f"SIDECAR_OF={','.join(served(pod, roles))}")
            found += ["DEATH_POLICY=all"] if len(roles.mains) > 1 and "KUBEXIT_DEATH_POLICY" not in variables else []
        found += ready
    signal = text_of(table_at(container.node, "lifecycle").get("stopSignal"))
    if signal and "KUBEXIT_STOP_SIGNAL" not in container.variables:
        found.append(f"STOP_SIGNAL={signal}")
    found += grace(pod, container, container.name not in roles.mains or bool(HOLDS & variables.keys()))
    return "".join([f"{name_of(container)}:", *(f" {word}" for word in found)])


def grace(pod: Pod, container: Container, holds: bool) -> list[str]:
    """Return the grace period of a container that keeps a SIGTERM for others: as long as the kubelet waits.

    With a longer one the kubelet would kill it before it gets the SIGTERM, with a shorter one it would not wait for all
    of the time that a main container has.
    """
    seconds = min(pod.grace_seconds, LONGEST_GRACE)
    fits = seconds == DEFAULT_GRACE or "KUBEXIT_GRACE_PERIOD" in container.variables
    return [] if fits or not holds else [f"GRACE_PERIOD={seconds}s"]


def served(pod: Pod, roles: Roles) -> list[str]:
    """Return the mains with the condition that ends a sidecar: the death under Never, otherwise the success."""
    found = []
    for container in pod.containers:
        if container.role == "main" and container.name in roles.mains:
            final = pod.restart_policy_of(container) == "Never" and not row_at(container.node, "restartPolicyRules")
            found.append(name_of(container) + ("" if final else ":succeeded"))
    return found


def name_of(container: Container) -> str:
    """Return the name in the graveyard and in the plan."""
    return text_in(container, "KUBEXIT_NAME") or container.name


def own_relations(container: Container) -> dict[str, Variable]:
    """Return the variables of relations and probes that the author wrote; in a plan they count only there."""
    return {
        name: variable
        for name, variable in container.variables.items()
        if OWN.match(name) and variable.source == "" and variable.written
    }


def is_disabled(container: Container) -> bool:
    """Return whether kubexit only executes the command: no tombstone says whether such a container is ready."""
    return text_in(container, "KUBEXIT_DISABLED") in TRUE


def text_in(container: Container, name: str) -> str:
    """Return the value of a variable as the manifest has it; "" if it does not have it."""
    variable = container.variables.get(name)
    return "" if variable is None else (variable.value or "" if variable.source else variable.written)


def has_probe(container: Container) -> bool:
    """Return whether the author gave the container a readiness probe of kubexit."""
    return any(
        name.startswith("KUBEXIT_READY_") and name != "KUBEXIT_READY_PERIOD" for name in own_relations(container)
    )


def readiness(pod: Pod, container: Container, roles: Roles) -> list[str]:
    """Return the readiness of a sidecar as a setting: what its readinessProbe does, or else its startupProbe."""
    if container.name in roles.mains or has_probe(container):
        return []  # no container waits for a main
    unlike = why_unlike(container, probe_of(container))
    if unlike:
        hint = f"write a plan with another READY_ setting for {container.name} (--plan)"
        raise UserError(f"{where(pod)}: the probe of container {container.name} {unlike}; {hint}")
    setting, value = as_setting(container)
    if not setting:
        return []
    return [f'{setting}="{value}"' if setting == "READY_EXEC" else f"{setting}={value}"]


def quoted(value: str) -> str:
    """Return a value as a plan has it."""
    return f'"{value}"' if re.search(r"[\s#]", value) else value
