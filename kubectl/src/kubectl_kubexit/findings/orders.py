"""KX306 to KX309, KX311, KX312: the order of the kubelet, containers that nothing stops, and ports of probes."""

from collections.abc import Iterator

from kubectl_kubexit.findings.check import Found, Severity, View, check
from kubectl_kubexit.findings.relations import edges_of, setting_of
from kubectl_kubexit.findings.roles import follows, mains
from kubectl_kubexit.manifest.container import INIT, MAIN, SHELLS, SIDECAR, base
from kubectl_kubexit.manifest.probe import exec_words
from kubectl_kubexit.relations.graph import ENDS, WAITS
from kubectl_kubexit.relations.member import Member, Members
from kubectl_kubexit.settings.address import parse_address, parse_url

TESTS_OF_FILES = {"test", "[", "cat", "find", "grep", "ls", "stat"}


@check(
    "KX306", Severity.ERROR, "a wait that blocks the pod",
    "The kubelet starts init containers one after the other, and main containers after all of them.",
)  # fmt: skip
def blocked_start(view: View) -> Iterator[Found]:
    order = {container.name: index for index, container in enumerate(view.members.pod.containers)}
    for member, edge, target in edges_of(view):
        container = member.container
        if edge.kind != WAITS or target is None or container.role == MAIN:
            continue
        later = order[target.container.name] > order[container.name]
        # A native sidecar without a startupProbe counts as started at once, so the kubelet continues.
        held = container.role == INIT or "startupProbe" in container.node
        if later and held:
            message = f"{container.name} waits for {target.name}, which the kubelet starts after it"
            yield view.about(member, "BIRTH_DEPS", message, f"move {container.name} to containers, or remove the wait")


@check(
    "KX307", Severity.ERROR, "a death dependency that is dead before the start",
    "An init container has exited before the others start, so the command never starts, with exit code 0.",
)  # fmt: skip
def dead_before(view: View) -> Iterator[Found]:
    for member, edge, target in edges_of(view):
        if edge.kind != ENDS or edge.conditions == ("failed",) or target is None or member.container.role == INIT:
            continue
        if target.container.role == INIT and target.is_wrapped:
            setting = setting_of(member, edge)
            message = f"{target.name} is an init container, so it is dead when {member.name} starts"
            yield view.about(member, setting, message, f"remove {target.name} from KUBEXIT_{setting}")


@check(
    "KX308", Severity.WARNING, "a native sidecar that stops with main",
    "The kubelet starts a native sidecar again and again, and each time it finds main dead.",
)  # fmt: skip
def native_follows(view: View) -> Iterator[Found]:
    for member, edge, _ in edges_of(view):
        if edge.kind == ENDS and member.container.role == SIDECAR and "died" in edge.conditions:
            setting = setting_of(member, edge)
            remedy = f"write {edge.target}:succeeded, or remove it: the kubelet stops native sidecars itself"
            yield view.about(member, setting, f"{member.name} stops when {edge.target} exits", remedy)


def asks_to_quit(members: Members) -> bool:
    """Return whether a member asks others to quit; which ones, only the addresses show."""
    settings = ("QUIT_POST", "QUIT_GET", "QUIT_PROCESSES", "MESH")
    return any(setting in member.effective.given for member in members.wrapped for setting in settings)


@check(
    "KX309", Severity.WARNING, "nothing stops a server",
    "The pod ends only when all main containers have exited, and a server does not exit by itself.",
)  # fmt: skip
def nothing_stops(view: View) -> Iterator[Found]:
    if not view.members.pod.ends or asks_to_quit(view.members):
        return
    does_the_work = {main.name for main in mains(view.members)}
    served = {edge.target for _, edge, _ in edges_of(view) if edge.kind == WAITS and "ready" in edge.conditions}
    for member in view.members.wrapped:
        stops = any(dependency.death for dependency in member.effective.dependencies)
        # KX304 says of a disabled one that nothing of it can be seen.
        hidden = member.is_opaque or member.is_disabled or member.hides("DEATH_DEPS", "SIDECAR_OF")
        if member.name in does_the_work or not is_server(member):
            continue
        if member.container.role == MAIN and member.name in served and not stops and not hidden:
            followers = [other.name for other in view.members.wrapped if follows(other, member.name)]
            message = f"{member.name} serves others, and nothing stops it"
            if followers:
                message += f"; {followers[0]} stops when {member.name} exits: is that the wrong way round?"
            clients = [m.name for m in view.members.wrapped if member.name in m.effective.dependencies.by_name]
            remedy = f"set KUBEXIT_DEATH_DEPS={clients[0]} on {member.name}, if it serves {clients[0]}"
            remedy += f"; or KUBEXIT_SIDECAR_OF={member.name} on {clients[0]}, if {member.name} does the work"
            yield Found(member.container.at, member.container, message, remedy)


def is_server(member: Member) -> bool:
    """Return whether a member has a port, or a probe that asks a program; results of work are seen in a file."""
    setting, container = member.effective.probe, member.container
    asked = container.probe("readinessProbe")
    words = member.effective.given.get("READY_EXEC", "").split() if setting == "READY_EXEC" else exec_words(asked)
    network = setting in {"READY_TCP", "READY_HTTP"} or any(key in asked for key in ("tcpSocket", "httpGet", "grpc"))
    return network or bool(container.ports) or bool(words and base(words[0]) not in TESTS_OF_FILES | SHELLS)


@check(
    "KX311", Severity.WARNING, "a container without kubexit keeps the pod",
    "A main container that nothing stops keeps a Job from completing.",
)  # fmt: skip
def left_alone(view: View) -> Iterator[Found]:
    members = view.members
    if not members.pod.ends or not members.wrapped or asks_to_quit(members):
        return
    for member in members.all:
        container = member.container
        serves = bool(container.ports or container.probe("readinessProbe"))
        if container.role == MAIN and not member.is_wrapped and serves:
            remedy = "put kubexit before its command, with KUBEXIT_DEATH_DEPS; or ask it to quit by KUBEXIT_QUIT_POST"
            yield Found(container.at, container, f"nothing stops {container.name}", remedy)


@check(
    "KX312", Severity.WARNING, "a probe of another port",
    "If no process listens there, the container never becomes ready, and the others wait for their whole timeout.",
)  # fmt: skip
def other_port(view: View) -> Iterator[Found]:
    for member in view.members.wrapped:
        setting, given = member.effective.probe or "", member.effective.given
        declared = [str(port.get("containerPort")) for port in member.container.ports]
        if setting not in {"READY_TCP", "READY_HTTP"} or not declared:
            continue
        try:
            number = parse_url(given[setting]).port if setting == "READY_HTTP" else parse_address(given[setting])[1]
        except ValueError:
            continue  # KX103 says what is wrong with it
        if str(number) not in declared:
            message = f"KUBEXIT_{setting} probes port {number}, but {member.name} declares {', '.join(declared)}"
            yield view.about(member, setting, message, f"write {declared[0]}, or declare {number} in ports")
