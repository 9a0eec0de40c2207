"""KX401 to KX503: exit codes and restarts."""

from collections.abc import Iterator

from kubectl_kubexit.findings.check import Fix, Found, Severity, View, check
from kubectl_kubexit.findings.roles import mains, sidecars
from kubectl_kubexit.manifest.container import MAIN, Container
from kubectl_kubexit.manifest.tree import row_at
from kubectl_kubexit.manifest.workload import Pod
from kubectl_kubexit.relations.graph import WAITS, edges
from kubectl_kubexit.relations.member import Member
from kubectl_kubexit.settings.duration import SECOND
from kubectl_kubexit.settings.words import elements

LONG = 300 * SECOND
# What decides about the exit code of a sidecar that was stopped.
STOP_CODES = ("EXIT_CODE_ON_STOP", "IGNORE_CODE_ON_DEATH_DEPS", "SIDECAR_OF", "STOP_SIGNAL", "SUCCESS_CODES")


@check(
    "KX401", Severity.WARNING, "exit code 0 for stopped work",
    "If kubexit stops the work, the pod reports success although the work is not done.",
)  # fmt: skip
def zero_on_main(view: View) -> Iterator[Found]:
    for member in mains(view.members):
        if member.effective.values.get("EXIT_CODE_ON_STOP") == 0:
            ignores = "IGNORE_CODE_ON_DEATH_DEPS" in member.effective.given
            setting = "IGNORE_CODE_ON_DEATH_DEPS" if ignores else "EXIT_CODE_ON_STOP"
            message = (
                f"KUBEXIT_{setting} makes the exit code of {member.name} 0, which has sidecars, so it does the work"
            )
            yield view.about(member, setting, message, "remove it here; it belongs on the sidecars")


@check(
    "KX402", Severity.ERROR, "a stopped sidecar fails the Job",
    "Most programs exit with 143 when SIGTERM stops them, and one such code fails the pod.",
)  # fmt: skip
def keep_on_sidecar(view: View) -> Iterator[Found]:
    if not view.members.pod.ends:
        return
    for member, served in sidecars(view.members):
        keeps = member.effective.values.get("EXIT_CODE_ON_STOP") == "keep" and not forgiven(member)
        hidden = member.container.opaque or member.hides(*STOP_CODES)
        if member.container.role == MAIN and keeps and not hidden:
            fixes = (Fix("set-variable", "KUBEXIT_EXIT_CODE_ON_STOP", "zero"),)
            message = f"{member.name} stops when {served[0].name} has exited, probably with 143"
            at = view.about(member, "DEATH_DEPS", "", "").at
            remedy = f"set KUBEXIT_EXIT_CODE_ON_STOP=zero on {member.name}"
            yield Found(at, member.container, message, remedy, fixes if not view.members.plan else ())


def forgiven(member: Member) -> bool:
    """Return whether the exit code of a command that the stop signal ended counts as a success."""
    codes, signal = member.effective.values.get("SUCCESS_CODES"), member.effective.values.get("STOP_SIGNAL")
    return isinstance(codes, list) and isinstance(signal, int) and 128 + signal in codes


@check(
    "KX403", Severity.WARNING, "exit code 0 for work that was ended from outside",
    "An eviction or a deleted pod then looks like a success.",
)  # fmt: skip
def zero_on_term(view: View) -> Iterator[Found]:
    for member in mains(view.members):
        if member.effective.values.get("EXIT_CODE_ON_TERM") == 0 and "EXIT_CODE_ON_TERM" in member.effective.given:
            message = f"KUBEXIT_EXIT_CODE_ON_TERM makes the exit code of {member.name} 0, although it does the work"
            yield view.about(member, "EXIT_CODE_ON_TERM", message, "remove it here; it belongs on sidecars")


@check(
    "KX404", Severity.WARNING, "stops with the first of several",
    "With KUBEXIT_DEATH_POLICY=any, the default, a sidecar of several containers stops when the first has exited.",
)  # fmt: skip
def policy_any(view: View) -> Iterator[Found]:
    for member, served in sidecars(view.members):
        names = [main.name for main in served]
        if len(names) > 1 and "DEATH_POLICY" not in member.effective.given and not member.hides("DEATH_POLICY"):
            message = f"{member.name} stops when the first of {' and '.join(names)} has exited"
            remedy = "set KUBEXIT_DEATH_POLICY=all to wait for all of them, or =any if you mean it"
            yield view.about(member, "DEATH_DEPS", message, remedy)


@check(
    "KX501", Severity.ERROR, "a sidecar that is gone at the second try",
    "With restartPolicy OnFailure main is started again after a failure, and a sidecar that exited with 0 is not.",
)  # fmt: skip
def plain_on_failure(view: View) -> Iterator[Found]:
    pod = view.members.pod
    for member, served in sidecars(view.members):
        tried = [main for main in served if tried_again(pod, main.container)]
        plain = [main.name for main in tried if "died" in member.effective.dependencies.by_name[main.name].death]
        if plain and member.container.role == MAIN and pod.restart_policy_of(member.container) != "Always":
            setting = "SIDECAR_OF" if "SIDECAR_OF" in member.effective.given else "DEATH_DEPS"
            value = succeeded(member.effective.given.get(setting, ""), plain)
            in_variable = member.variable(setting) is not None
            fixes = (Fix("set-variable", f"KUBEXIT_{setting}", value),) if in_variable else ()
            message = f"{member.name} stops after any exit of {plain[0]}, also one that is tried again"
            yield view.about(member, setting, message, f"write KUBEXIT_{setting}={value}", *fixes)


def tried_again(pod: Pod, container: Container) -> bool:
    """Return whether the kubelet starts a container again after a failure, and not after a success."""
    policy = pod.restart_policy_of(container)
    return policy == "OnFailure" or (policy == "Never" and bool(row_at(container.node, "restartPolicyRules")))


def succeeded(value: str, names: list[str]) -> str:
    """Return a list of dependencies in which plain names have the condition :succeeded."""
    found = []
    for element in elements(value):
        name, _, condition = element.partition(":")
        found.append(f"{name}:succeeded" if name in names and condition in {"", "died"} else element)
    return ",".join(found)


@check(
    "KX502", Severity.WARNING, "a preparation that is started again and again",
    "With restartPolicy Always the kubelet starts every main container again, also one that has succeeded.",
)  # fmt: skip
def prepared_again(view: View) -> Iterator[Found]:
    for edge in edges(view.members):
        target, source = view.members.named(edge.target), view.members.named(edge.source)
        ends = edge.kind == WAITS and {"succeeded", "died"} & set(edge.conditions)
        if not ends or target is None or source is None or target.container.role != MAIN:
            continue
        if view.members.pod.restart_policy_of(target.container) == "Always":
            message = f"{source.name} waits until {target.name} has exited, which is then started again"
            yield view.about(source, "BIRTH_DEPS", message, f"make {target.name} an init container, without kubexit")


@check(
    "KX503", Severity.WARNING, "a long wait for a success that cannot come",
    "x:succeeded continues to wait after x has failed, because x may be started again.",
)  # fmt: skip
def failed_for_good(view: View) -> Iterator[Found]:
    for edge in edges(view.members):
        source = view.members.named(edge.source)
        if source is None or edge.kind != WAITS or "succeeded" not in edge.conditions:
            continue
        timeout = source.effective.nanoseconds("BIRTH_TIMEOUT")
        dependency = source.effective.dependencies.by_name.get(edge.target)
        watched = dependency is not None and bool(dependency.death)
        if view.members.pod.restart_policy == "Never" and (timeout is None or timeout >= LONG) and not watched:
            shown = source.effective.given.get("BIRTH_TIMEOUT", "")
            message = f"{source.name} waits {shown} for {edge.target}, also if that has failed"
            yield view.about(source, "BIRTH_DEPS", message, f"set KUBEXIT_DEATH_DEPS={edge.target}:failed too")
