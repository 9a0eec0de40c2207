"""KX301 to KX305 and KX310: names, circles, and dependencies that cannot be seen."""

from collections.abc import Iterator

from kubectl_kubexit.findings.check import Fix, Found, Severity, View, check
from kubectl_kubexit.manifest.container import INIT
from kubectl_kubexit.manifest.probe import as_setting
from kubectl_kubexit.relations.graph import ENDS, HOLDS, WAITS, Edge, cycles, edges
from kubectl_kubexit.relations.member import Member
from kubectl_kubexit.settings.dependency import names_in
from kubectl_kubexit.settings.effective import PROBES
from kubectl_kubexit.settings.name import nearest

# Containers that other injectors add when the pod is created; the API shows them.
INJECTED = {
    "istio-proxy",
    "linkerd-proxy",
    "daprd",
    "vault-agent",
    "consul-dataplane",
    "kuma-sidecar",
    "gke-gcsfuse-sidecar",
}
SETTINGS = {WAITS: "BIRTH_DEPS", ENDS: "DEATH_DEPS", HOLDS: "TERM_AFTER"}


def setting_of(member: Member, edge: Edge) -> str:
    """Return the setting that an edge comes from."""
    setting = SETTINGS[edge.kind]
    if edge.kind != WAITS and setting not in member.own.given and "SIDECAR_OF" in member.effective.given:
        return "SIDECAR_OF"
    return setting


def edges_of(view: View) -> Iterator[tuple[Member, Edge, Member | None]]:
    """Return each edge with its member, and its target if the pod has it."""
    for edge in edges(view.members):
        source = view.members.named(edge.source)
        if source is not None:
            yield source, edge, view.members.named(edge.target)


def by_api(member: Member, edge: Edge) -> bool:
    """Return whether only the Kubernetes API is asked about the target of an edge."""
    kubernetes = member.effective.word("BIRTH_SOURCE") == "kubernetes"
    if edge.kind == ENDS:
        return member.effective.watches_deaths
    return edge.kind == WAITS and edge.conditions == ("ready",) and kubernetes


@check("KX301", Severity.ERROR, "unknown container", "kubexit waits for a container that the pod does not have.")
def unknown_name(view: View) -> Iterator[Found]:
    names = [member.name for member in view.members.all]
    for member, edge, target in edges_of(view):
        dependency = member.effective.dependencies.by_name.get(edge.target)
        optional = dependency is not None and dependency.optional
        if target is None and not optional and not (edge.target in INJECTED and by_api(member, edge)):
            setting = setting_of(member, edge)
            others = [name for name in names if name != member.name]
            meant = nearest(edge.target, others)
            remedy = f"write {meant}" if meant else f"the pod has {', '.join(others) or 'no other container'}"
            yield view.about(
                member, setting, f"KUBEXIT_{setting} names {edge.target}, which the pod does not have", remedy
            )


@check(
    "KX302", Severity.ERROR, "circle of birth dependencies", "Each container waits for another one: none ever starts."
)
def circle(view: View) -> Iterator[Found]:
    waits: dict[str, list[str]] = {}
    for member, edge, target in edges_of(view):
        starts = member.effective.word("BIRTH_ON_TIMEOUT") == "start"
        # What `*` waits for may be ready for the API before its command starts; only a plan refuses such a circle.
        starts = starts or (view.members.plan is None and edge.target not in member.effective.dependencies.by_name)
        if edge.kind == WAITS and edge.conditions != ("died",) and target is not None and not starts:
            waits.setdefault(member.name, []).append(target.name)
    for way in cycles(waits):
        first = view.members.named(way[0])
        if first is not None:
            shown = " → ".join([*way, way[0]])
            yield view.about(first, "BIRTH_DEPS", f"a circle: {shown}", "remove one of these birth dependencies")


@check(
    "KX313", Severity.ERROR, "sidecars of each other",
    "None of them does the work: each stops with the other, and in a deleted pod each waits for the other.",
)  # fmt: skip
def mutual_sidecars(view: View) -> Iterator[Found]:
    serves: dict[str, list[str]] = {}
    for member in view.members.wrapped:
        mains = names_in(member.effective.given.get("SIDECAR_OF", ""))
        serves[member.name] = [target.name for name in mains if (target := view.members.named(name)) is not None]
    for way in cycles(serves):
        first = view.members.named(way[0])
        if first is not None:
            shown = " → ".join([*way, way[0]])
            remedy = "remove SIDECAR_OF from the container that does the work"
            yield view.about(first, "SIDECAR_OF", f"each is a sidecar of the next: {shown}", remedy)


@check(
    "KX303", Severity.ERROR, "a dependency that never becomes ready",
    "With KUBEXIT_BIRTH_SOURCE=graveyard only a KUBEXIT_READY_* probe makes a container ready.",
)  # fmt: skip
def never_ready(view: View) -> Iterator[Found]:
    for member, edge, target in edges_of(view):
        if edge.kind != WAITS or "ready" not in edge.conditions or target is None or by_api(member, edge):
            continue
        known = target.is_wrapped and not target.is_opaque and not target.is_disabled and not target.hides(*PROBES)
        if not known or target.effective.probe is not None:
            continue
        setting, value = as_setting(target.container)
        remedy = f"set KUBEXIT_{setting}={value} on {target.name}" if setting else (
            f"set KUBEXIT_READY_TCP or another probe on {target.name}, or wait for {target.name}:born"
        )  # fmt: skip
        fixes = () if view.members.plan or not setting else (Fix("set-variable", f"KUBEXIT_{setting}", value),)
        message = f"{member.name} waits until {target.name} is ready, but {target.name} has no probe"
        at = view.about(member, "BIRTH_DEPS", "", "").at
        yield Found(at, target.container, message, remedy, fixes)


@check(
    "KX304", Severity.ERROR, "a dependency without kubexit",
    "A container that does not run under kubexit has no tombstone: nothing of it can be seen.",
)  # fmt: skip
def not_wrapped(view: View) -> Iterator[Found]:
    for member, edge, target in edges_of(view):
        if target is None or by_api(member, edge) or target.is_opaque_entry:
            continue
        setting = setting_of(member, edge)
        if target.effective.values.get("DISABLED") and target.is_wrapped:
            message = f"KUBEXIT_{setting} names {edge.target}, in which KUBEXIT_DISABLED is true: it has no tombstone"
            yield view.about(
                member, setting, message, f"remove KUBEXIT_DISABLED from {edge.target}, or this dependency"
            )
        if target.is_wrapped:
            continue
        message = f"KUBEXIT_{setting} names {edge.target}, which does not run under kubexit"
        yield view.about(member, setting, message, f"put kubexit and -- before the command of {edge.target}")


@check(
    "KX305", Severity.ERROR, "two containers of one name",
    "The second one does not use the graveyard: its dependencies and its probe are ignored.",
)  # fmt: skip
def same_name(view: View) -> Iterator[Found]:
    seen: dict[str, Member] = {}
    for member in view.members.wrapped:
        if member.is_disabled:
            continue
        if member.name in seen and member.container.role != INIT:
            message = f"KUBEXIT_NAME={member.name} is the name of {seen[member.name].container.name} already"
            yield view.about(member, "NAME", message, f"write {member.container.name}")
        seen.setdefault(member.name, member)


@check(
    "KX310", Severity.WARNING, "readiness without a readinessProbe",
    "The kubelet calls a container without a readinessProbe ready as soon as it runs.",
)  # fmt: skip
def no_kubelet_probe(view: View) -> Iterator[Found]:
    for member, edge, target in edges_of(view):
        if target is None or edge.kind != WAITS or not by_api(member, edge) or target.container.role == INIT:
            continue
        if not target.container.probe("readinessProbe") and target.container.name not in INJECTED:
            message = f"{member.name} waits for {target.name}, which has no readinessProbe"
            instead = "KUBEXIT_BIRTH_SOURCE=graveyard and a KUBEXIT_READY_* probe"
            remedy = f"give {target.name} a readinessProbe, or set {instead}"
            yield view.about(member, "BIRTH_DEPS", message, remedy)
