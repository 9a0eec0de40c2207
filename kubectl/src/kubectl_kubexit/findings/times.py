"""KX601 to KX608: times, against each other and against the times of the kubelet."""

import sys
from collections.abc import Callable, Iterator

from kubectl_kubexit.findings.check import Found, Severity, View, check
from kubectl_kubexit.manifest.tree import table_at
from kubectl_kubexit.manifest.values import Table
from kubectl_kubexit.manifest.workload import Pod
from kubectl_kubexit.relations.member import Member
from kubectl_kubexit.settings.duration import SECOND, text
from kubectl_kubexit.settings.signal import NUMBERS, label

TERM = NUMBERS["TERM"]
LAST_SECONDS = 5 * SECOND  # of the grace period, which TERM_AFTER leaves for the command


def grace_of(member: Member) -> int:
    """Return the grace period of a member in nanoseconds."""
    return member.effective.nanoseconds("GRACE_PERIOD") or 0


def beyond(view: View, setting: str, more: Callable[[Member], int], limit: int) -> Iterator[tuple[Member, int]]:
    """Return the members with a setting whose time, and what comes after it, is longer than a limit; in nanoseconds."""
    for member in view.members.wrapped:
        time = member.effective.nanoseconds(setting)
        if time and time + more(member) > limit:
            yield member, time + more(member)


def held(member: Member) -> bool:
    """Return whether a member keeps a SIGTERM until others have ended."""
    return any(dependency.holds_term for dependency in member.effective.dependencies)


@check(
    "KX601", Severity.WARNING, "longer than the pod may take to stop",
    "When the pod is deleted, the kubelet sends SIGKILL after terminationGracePeriodSeconds.",
)  # fmt: skip
def longer_than_pod(view: View) -> Iterator[Found]:
    seconds = view.members.pod.grace_seconds
    for member in view.members.wrapped:
        if held(member):
            continue  # the stop delay is a part of the time for which SIGTERM is kept; KX602 has the rest
        given = [name for name in ("GRACE_PERIOD", "STOP_DELAY") if name in member.effective.given]
        total = grace_of(member) + (member.effective.nanoseconds("STOP_DELAY") or 0)
        kept = member.effective.nanoseconds("TERM_DELAY") or 0
        if kept and "GRACE_PERIOD" in given:
            total = max(total, grace_of(member) + kept)
        minutes = total >= 600 * SECOND  # KX105 says more about these
        if given and total > seconds * SECOND and not minutes:
            message = f"the delay and the grace period are {text(total)}, but the pod has {seconds} s"
            remedy = f"set terminationGracePeriodSeconds: {-(-total // SECOND)} or more on the pod, or shorten them"
            yield view.about(member, given[-1], message, remedy)


@check(
    "KX602", Severity.ERROR, "TERM_AFTER without room",
    "KUBEXIT_TERM_AFTER keeps the SIGTERM for up to one grace period less 5 s; then the command needs time to stop.",
)  # fmt: skip
def no_room(view: View) -> Iterator[Found]:
    seconds = view.members.pod.grace_seconds
    for member in view.members.wrapped:
        grace = grace_of(member)
        if held(member) and grace > seconds * SECOND:
            keeps = max(grace - LAST_SECONDS, grace // 2)
            message = f"SIGTERM is kept for up to {text(keeps)}, but the kubelet sends SIGKILL after {seconds} s"
            more = f"terminationGracePeriodSeconds: {grace // SECOND + 15}"
            remedy = f"set KUBEXIT_GRACE_PERIOD to {seconds}s or less, or {more}"
            setting = "GRACE_PERIOD" if "GRACE_PERIOD" in member.effective.given else "TERM_AFTER"
            yield view.about(member, setting, message, remedy)


@check(
    "KX603", Severity.WARNING, "TERM_AFTER with a livenessProbe",
    "A failed livenessProbe sends SIGTERM too, and it is kept while the other containers run: the restart is late.",
)  # fmt: skip
def held_restart(view: View) -> Iterator[Found]:
    for member in view.members.wrapped:
        probe = member.container.probe("livenessProbe")
        if probe and held(member):
            message = f"a restart of {member.name} waits for up to {text(grace_of(member))}"
            remedy = (
                "remove the livenessProbe, or set terminationGracePeriodSeconds in it and a short KUBEXIT_GRACE_PERIOD"
            )
            yield Found(probe.at, member.container, message, remedy)


def deadlines(pod: Pod) -> list[object]:
    """Return each activeDeadlineSeconds that ends the pod: its own, and that of its Job."""
    job = table_at(pod.owner, "spec")
    tables = (pod.spec, job, table_at(job, "jobTemplate", "spec"))
    return [table["activeDeadlineSeconds"] for table in tables if "activeDeadlineSeconds" in table]


@check("KX604", Severity.WARNING, "a wait without any limit", "If the dependency never comes, the Job hangs for days.")
def without_limit(view: View) -> Iterator[Found]:
    pod = view.members.pod
    for member in view.members.wrapped:
        if pod.ends and not deadlines(pod) and member.effective.given.get("BIRTH_TIMEOUT") == "infinite":
            remedy = "set activeDeadlineSeconds on the Job, or a long timeout such as 1h"
            yield view.about(member, "BIRTH_TIMEOUT", f"{member.name} waits without a limit", remedy)


@check(
    "KX605", Severity.WARNING, "a probe of the kubelet ends the wait",
    "The kubelet probes a container from its start, also while kubexit waits for the birth dependencies.",
)  # fmt: skip
def probed_while_waiting(view: View) -> Iterator[Found]:
    for member in view.members.wrapped:
        given = member.effective.given
        waits = any(name in given for name in ("BIRTH_DEPS", "BIRTH_URLS", "MESH"))
        timeout = member.effective.nanoseconds("BIRTH_TIMEOUT")
        kind = "startupProbe" if member.container.probe("startupProbe") else "livenessProbe"
        probe = member.container.probe(kind)
        if waits and probe and (timeout is None or patience(probe) * SECOND < timeout):
            limit = "without a limit" if timeout is None else f"for up to {text(timeout)}"
            message = f"{member.name} waits {limit}, but its {kind} fails after {patience(probe)} s"
            remedy = "give it a startupProbe that fails later (periodSeconds and failureThreshold)"
            yield Found(probe.at, member.container, message, remedy)


@check(
    "KX606", Severity.WARNING, "a time limit that is never reached",
    "At activeDeadlineSeconds the kubelet stops the whole pod, and no container exits with 124.",
)  # fmt: skip
def never_reached(view: View) -> Iterator[Found]:
    limits = [seconds for seconds in deadlines(view.members.pod) if isinstance(seconds, int)]
    shortest = min(limits, default=sys.maxsize)
    for member, total in beyond(view, "TIMEOUT", grace_of, shortest * SECOND):
        message = f"{member.name} may take {text(total)} with its grace period, but the pod has {shortest} s"
        remedy = f"set activeDeadlineSeconds to more than {-(-total // SECOND)}, or a shorter time"
        yield view.about(member, "TIMEOUT", message, remedy)


@check(
    "KX607", Severity.WARNING, "a mapped SIGTERM and another stop signal",
    "KUBEXIT_SIGNAL_MAP does not apply to the stop signal that kubexit sends when a dependency dies or a time is over.",
)  # fmt: skip
def unmapped_stop(view: View) -> Iterator[Found]:
    for member in view.members.wrapped:
        pairs = member.effective.values.get("SIGNAL_MAP")
        sent = pairs.get(TERM) if isinstance(pairs, dict) else None
        stops = any(dependency.death for dependency in member.effective.dependencies)
        stops = stops or bool(member.effective.nanoseconds("TIMEOUT") or member.effective.nanoseconds("READY_TIMEOUT"))
        if sent and stops and "STOP_SIGNAL" not in member.effective.given:
            message = f"{member.name} gets another signal for the SIGTERM of the kubelet than for a stop by kubexit"
            remedy = f"set KUBEXIT_STOP_SIGNAL={label(sent)}, or KUBEXIT_STOP_SIGNAL=TERM if that is meant"
            yield view.about(member, "SIGNAL_MAP", message, remedy)


@check(
    "KX608", Severity.ERROR, "TERM_DELAY without room",
    "The kubelet sends SIGKILL after terminationGracePeriodSeconds, and the command never gets the SIGTERM.",
)  # fmt: skip
def kept_too_long(view: View) -> Iterator[Found]:
    seconds = view.members.pod.grace_seconds
    for member, kept in beyond(view, "TERM_DELAY", lambda _: 0, seconds * SECOND - 1):
        message = f"SIGTERM is kept for {text(kept)}, but the kubelet sends SIGKILL after {seconds} s"
        remedy = f"set terminationGracePeriodSeconds to more than {-(-kept // SECOND)}, or a shorter delay"
        yield view.about(member, "TERM_DELAY", message, remedy)


def patience(probe: Table) -> int:
    """Return after how many seconds a probe that never succeeds has failed."""

    def number(key: str, default: int) -> int:
        value = probe.get(key)
        return value if isinstance(value, int) else default

    return number("initialDelaySeconds", 0) + number("periodSeconds", 10) * number("failureThreshold", 3)
