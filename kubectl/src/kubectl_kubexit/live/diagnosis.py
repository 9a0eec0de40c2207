"""What a pod waits for, and what to do, in words."""

from collections.abc import Iterator

from kubectl_kubexit.live.rows import Row, Survey
from kubectl_kubexit.relations.graph import ENDS, cycles, edges

USUAL = {"ContainerCreating", "PodInitializing", ""}


def diagnosis(seen: Survey) -> list[str]:
    """Return sentences, the most important first; at least one."""
    if seen.ended:
        return list(end(seen))
    found = [*unscheduled(seen), *kubelet(seen), *circles(seen), *waits(seen), *unready(seen), *failures(seen)]
    found += left_alone(seen)
    if found:
        return list(dict.fromkeys(found))
    if seen.silent:
        return [f"kubexit's own state is not known: {seen.silent}."]
    return ["Nothing waits: all containers run or have done their work."]


def end(seen: Survey) -> Iterator[str]:
    """Return how a pod ended: the containers with another code than 0."""
    bad = [row for row in seen.rows if row.exit_code]
    if not bad:
        yield "The pod has ended, and all exit codes are 0."
    for row in bad:
        why = f" ({row.reason})" if row.reason else ""
        yield f"The pod has ended. {row.name} exited with {row.exit_code}{why}: {look(seen, row)}"


def unscheduled(seen: Survey) -> Iterator[str]:
    """Return why no node has the pod."""
    for condition in seen.pod.get("status", {}).get("conditions") or []:
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            yield f"No node has the pod yet: {condition.get('message') or condition.get('reason')}."


def kubelet(seen: Survey) -> Iterator[str]:
    """Return why the kubelet does not start a container."""
    for row in seen.rows:
        reason = str(row.details.get("reason", ""))
        if row.kubelet == "waiting" and reason not in USUAL:
            message = str(row.details.get("message") or "")
            yield f"The kubelet does not start {row.name}: {reason}{f', {message}' if message else ''}." + before(
                seen, row
            )


def before(seen: Survey, row: Row) -> str:
    """Return how the life before ended."""
    if "exitCode" not in row.last:
        return ""
    why = str(row.last.get("message") or row.last.get("reason") or "")
    log = f"kubectl logs --previous {seen.pod['metadata']['name']} -c {row.name}"
    return f" It exited with {row.last['exitCode']}{f' ({why})' if why else ''}: see {log}."


def circles(seen: Survey) -> Iterator[str]:
    """Return the containers that wait for each other."""
    for path in cycles({row.member.name: [name for name, _ in row.missing] for row in seen.rows}):
        yield f"{', '.join(path)} wait for each other: remove one of these dependencies."


def waits(seen: Survey) -> Iterator[str]:
    """Return for each missing dependency why it is missing, and the remedy."""
    for row in seen.rows:
        for name, condition in row.missing:
            yield f"{row.name} waits until {name} {phrase(condition)}. {because(seen, row, name, condition)}"


def phrase(condition: str) -> str:
    """Return a condition as a verb."""
    return {
        "ready": "is ready", "born": "has started", "died": "has exited", "succeeded": "has succeeded",
        "failed": "has failed",
    }.get(condition, f"is {condition}")  # fmt: skip


def because(seen: Survey, waiting: Row, name: str, condition: str) -> str:
    """Return why a dependency does not meet a condition."""
    row = seen.row(name)
    if row is None:
        names = ", ".join(other.member.name for other in seen.rows if other is not waiting and other.member.is_wrapped)
        return f"The pod has no container {name}: correct the name; there are {names or 'no others with kubexit'}."
    if not row.member.is_wrapped:
        return f"{name} does not run under kubexit: put kubexit in front of its command."
    if row.kubelet != "running" and not row.state:
        return f"{name} is {row.shown}."
    if row.state == "":
        return (
            f"{name} runs, but is not in the graveyard: mount the same volume at KUBEXIT_GRAVEYARD in both containers."
        )
    if row.state in {"starting", "waiting"}:
        return f"{name} itself is {row.state}."
    if row.state in {"died", "crashed"}:
        return dead(seen, row, condition)
    if condition == "ready":
        return not_ready(row)
    return f"{name} still runs."


def dead(seen: Survey, row: Row, condition: str) -> str:
    """Return why a dependency that has ended does not meet a condition."""
    if row.state == "died" and not row.exit_code and condition in {"ready", "born"}:
        return f"{row.name} has finished with 0: wait for {row.member.name}:succeeded."
    if row.state == "died":
        return f"{row.name} exited with {row.exit_code}: {look(seen, row)}"
    return f"kubexit in {row.name} was killed{killed(row)}: {look(seen, row)}"


def killed(row: Row) -> str:
    """Return that memory ran out, if it did."""
    out = "OOMKilled" in {row.details.get("reason"), row.last.get("reason")}
    return " because its memory was used up; raise the memory limit" if out else ""


def not_ready(row: Row) -> str:
    """Return why a container that runs is not ready."""
    probe, error = row.tombstone.get("Probe", ""), row.tombstone.get("ProbeError", "")
    if row.state == "ready":
        return f"{row.name} is ready for kubexit; the Kubernetes API does not show it: give it a readinessProbe."
    if probe in {"", "none"}:
        return (
            f"{row.name} has no readiness probe: set KUBEXIT_READY_TCP or another on it, "
            f"or wait for {row.member.name}:born."
        )
    if error:
        return f"Its readiness probe ({probe}) fails: {error}. Correct the probe, or see the log of {row.name}."
    return f"Its readiness probe ({probe}) has not succeeded yet."


def unready(seen: Survey) -> Iterator[str]:
    """Return which probe fails, if nothing says so already."""
    waited = {name for row in seen.rows for name, _ in row.missing}
    for row in seen.rows:
        if row.state == "running" and row.tombstone.get("ProbeError") and row.member.name not in waited:
            yield f"{row.name} is not ready. {not_ready(row)}"


def failures(seen: Survey) -> Iterator[str]:
    """Return which containers crashed or exited with another code than 0."""
    for row in seen.rows:
        if row.state == "crashed" or (row.exit_code and (row.state == "died" or row.kubelet == "terminated")):
            yield dead(seen, row, "") if row.state else f"{row.name} exited with {row.exit_code}: {look(seen, row)}"


def left_alone(seen: Survey) -> Iterator[str]:
    """Return which containers keep a pod alive whose other containers have ended."""
    if seen.members.pod.spec.get("restartPolicy", "Always") == "Always":
        return
    main = [row for row in seen.rows if row.member.container.role == "main"]
    ended = [row.member.name for row in main if row.kubelet == "terminated" or row.state in {"died", "crashed"}]
    stopped = {(edge.source, edge.target) for edge in edges(seen.members) if edge.kind == ENDS}
    for row in main if ended else ():
        if row.kubelet != "running" or row.missing or row.state in {"died", "crashed"}:
            continue
        if not row.member.is_wrapped:
            yield (
                f"{row.name} still runs, without kubexit: wrap it, "
                f"or ask it to quit with KUBEXIT_QUIT_POST on {ended[0]}."
            )
        elif not any((row.member.name, name) in stopped for name in ended):
            yield (
                f"{row.name} still runs, and {ended[0]} has ended: if it is a sidecar of it, "
                f"set KUBEXIT_SIDECAR_OF={ended[0]} on {row.name}."
            )


def look(seen: Survey, row: Row) -> str:
    """Return how to read a container's log."""
    return f"see kubectl logs {seen.pod['metadata']['name']} -c {row.name}."
