"""The lives of the containers of a pod in the cluster, from the kubelet, the logs and kubexit's answer."""

import re
from typing import Any

from kubectl_kubexit.live.api import Cluster, Thing
from kubectl_kubexit.live.rows import Row, Survey
from kubectl_kubexit.lives.life import Container, History, Life
from kubectl_kubexit.lives.logs import Line, lines
from kubectl_kubexit.lives.moment import moment
from kubectl_kubexit.lives.story import lives
from kubectl_kubexit.relations.graph import WAITS, edges

REQUEST = re.compile(
    r"dependency \S+ |SIG\S+ from |the command (?:ran longer|was not ready) "
)  # the reason of a stop, and not of another end
SAID = {"OOMKilled", "StartError", "ContainerCannotRun", "DeadlineExceeded", "Evicted"}
ROUNDED = 1.5  # seconds; the kubelet's times have no fractions
AFTER = 1e-6  # seconds; the end is behind all else, although the kubelet rounds it down
REFUSED = {2, 69, 70, 73, 77, 126, 127}  # exit codes of kubexit, if it has not started the command


def history(cluster: Cluster, seen: Survey) -> History:
    """Return the lives of all containers of a pod, until now or until the pod has ended."""
    made = [Container(row.name, told(cluster, seen, row), note(row), row.member.name) for row in seen.rows]
    metadata, phase = seen.pod["metadata"], seen.pod.get("status", {}).get("phase", "Unknown")
    found = History(f"Pod {metadata['namespace']}/{metadata['name']}: {phase}", made, 0.0, live=not seen.ended)
    found.deleted = deleted(metadata)
    moments = [at for one in made for life in one.lives for at in life.moments]
    alive = any(not life.is_over for one in made for life in one.lives)
    found.end = max([*moments, *([cluster.now] if alive else [])], default=cluster.now)
    return found


def deleted(metadata: Thing) -> float | None:
    """Return when the pod was deleted; the API server shows when its time to stop will be over."""
    at = moment(metadata.get("deletionTimestamp"))
    return None if at is None else at - float(metadata.get("deletionGracePeriodSeconds") or 0)


def note(row: Row) -> str:
    """Return what is worth saying of a container that has no life."""
    words = (str(row.details.get(key) or "") for key in ("reason", "message"))
    return ", ".join(["has not been started", *filter(None, words)])


def told(cluster: Cluster, seen: Survey, row: Row) -> list[Life]:
    """Return the lives of a container: the one before the last, if the kubelet still knows it, and the last."""
    spans = [span for span in (row.last, row.details if row.kubelet in {"running", "terminated"} else {}) if span]
    found = []
    for index, span in enumerate(spans):
        said: list[Line] = []
        if row.member.is_wrapped:
            log = cluster.log(seen.pod, row.name, previous=index < len(spans) - 1, head=True)
            said = [line for line in lines(log) if line.name in {"", row.member.name}]
        made = lives(said)
        life = made[-1] if made else Life()
        logged = life.born is not None
        if index == len(spans) - 1 and row.tombstone:
            add_tombstone(life, row.tombstone)
        add_kubelet(life, span, logged, row.member.is_wrapped)
        if not said and not life.waits_for and row.member.is_wrapped:
            life.waits_for = ", ".join(
                f"{edge.target}:{condition}" for edge in edges(seen.members)
                if (edge.source, edge.kind) == (row.member.name, WAITS) for condition in edge.conditions
            )  # fmt: skip
        found.append(life)
    return found


def add_tombstone(life: Life, tombstone: dict[str, Any]) -> None:
    """Add what kubexit answered: its moments are the most exact ones."""
    life.born = moment(tombstone.get("Born")) or life.born
    life.ready = moment(tombstone.get("Ready")) or life.ready
    life.died = moment(tombstone.get("Died")) or life.died
    life.began = life.began or moment(tombstone.get("Waiting"))
    life.waits_for = life.waits_for or str(tombstone.get("WaitsFor") or "")
    probe = str(tombstone.get("Probe") or "none")
    life.probe = "" if probe == "none" else probe
    life.crashed = tombstone.get("state") == "crashed"
    if isinstance(tombstone.get("ExitCode"), int) and life.died is not None:
        life.exit_code = tombstone["ExitCode"]
        life.command_exit_code = tombstone.get("CommandExitCode", life.command_exit_code)
    add_reason(life, str(tombstone.get("Reason") or ""))


def add_reason(life: Life, reason: str) -> None:
    """Add why a container was asked to stop, or ended."""
    if REQUEST.match(reason) and life.born is not None:
        life.stop = life.stop or reason
    else:
        life.reason = life.reason or reason


def add_kubelet(life: Life, span: Thing, logged: bool, wrapped: bool) -> None:
    """Add what the kubelet reports, where nothing more exact is known.

    Args:
        life: what is known so far.
        span: a state of the container, running or terminated.
        logged: whether kubexit has logged the birth, so that it would have logged the end too.
        wrapped: whether kubexit supervises the container.
    """
    # The kubelet writes 1970 for a container that could not be started, which is 0.0 here.
    started, finished = (moment(span.get(key)) or None for key in ("startedAt", "finishedAt"))
    if life.began is None and life.born is None:
        life.began = started
        refused = span.get("exitCode") in REFUSED or ", while waiting for " in str(span.get("message"))
        life.born = started if not wrapped or not (refused or life.waits_for) else None
    elif life.began is None and life.born is not None and started is not None and life.born - started > ROUNDED:
        life.began = started
    if "exitCode" not in span:
        return
    if life.died is None:
        life.crashed = life.crashed or logged
        life.died = finished and max([finished, *(at + AFTER for at in life.moments)])
    life.exit_code = int(span["exitCode"])
    if life.command_exit_code == life.exit_code:
        life.command_exit_code = None
    if span.get("reason") in SAID:
        life.reason = life.reason or str(span["reason"])
    # kubexit writes its name before its reason into the termination message.
    add_reason(life, str(span.get("message") or "").removeprefix("kubexit: "))
