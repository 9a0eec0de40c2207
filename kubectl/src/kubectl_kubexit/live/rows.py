"""The containers of a pod as rows: what the kubelet says, and what kubexit says."""

import json
import time
from dataclasses import dataclass, field
from typing import Any

from kubectl_kubexit.live.api import Cluster, Thing
from kubectl_kubexit.live.unanswered import EndingError, RightError
from kubectl_kubexit.lives.logs import lines, printable
from kubectl_kubexit.manifest.bundle import bundle
from kubectl_kubexit.relations.member import Member, Members, members

SETTLES = 5.0  # seconds; the kubelet reports an end within one or two
PAUSE = 0.5
SINCE = {"starting": "", "waiting": "Waiting", "running": "Born", "ready": "Ready", "died": "Died", "crashed": ""}


@dataclass
class Row:
    """A container.

    kubelet: waiting, running or terminated, with details. tombstone: kubexit's answer, empty if it gave none. last: how
    the life before ended.
    """

    member: Member
    kubelet: str = ""
    details: Thing = field(default_factory=dict)
    tombstone: dict[str, Any] = field(default_factory=dict)
    last: Thing = field(default_factory=dict)
    restarts: int = 0
    said: str = ""

    @property
    def name(self) -> str:
        """The name of the container in the pod."""
        return self.member.container.name

    @property
    def state(self) -> str:
        """The state that kubexit reports; "" if it is not known."""
        return str(self.tombstone.get("state", ""))

    @property
    def shown(self) -> str:
        """The kubelet's state, with its reason if that says more."""
        reason = str(self.details.get("reason", ""))
        return f"{self.kubelet} ({reason})" if reason else self.kubelet or "not started"

    @property
    def since(self) -> str:
        """Since when it is in its state; "" if that is not known."""
        told = self.tombstone.get(SINCE.get(self.state, ""))
        return str(told or self.details.get("finishedAt") or self.details.get("startedAt") or "")

    @property
    def exit_code(self) -> int | None:
        """The exit code: that of the kubelet, or else that of the tombstone; None while it runs."""
        code = self.details.get("exitCode", self.tombstone.get("ExitCode") if self.state == "died" else None)
        return None if code is None else int(code)

    @property
    def missing(self) -> list[tuple[str, str]]:
        """What it waits for: names and conditions."""
        words = str(self.tombstone.get("WaitsFor", "")) if self.state == "waiting" else ""
        pairs = [word.strip().partition(":") for word in words.split(",") if word.strip()]
        return [(name, condition or "ready") for name, _, condition in pairs]

    @property
    def reason(self) -> str:
        """Why it is in its state; "" if neither kubexit nor the kubelet says it."""
        if self.state == "waiting" and self.tombstone.get("WaitsFor"):
            return f"waits for {self.tombstone['WaitsFor']}"
        if self.state == "running" and self.tombstone.get("ProbeError"):
            return f"not ready: {self.tombstone['ProbeError']}"
        if self.state == "died" and self.tombstone.get("Reason"):
            return str(self.tombstone["Reason"])
        return str(self.details.get("message") or self.said)


@dataclass
class Survey:
    """A pod at one moment.

    silent: why no container gave the state of kubexit; "" if one did. ending: whether a container that was running when
    the pod was read has ended before it could answer.
    """

    pod: Thing
    members: Members
    rows: list[Row]
    silent: str = ""
    ending: bool = False

    @property
    def ended(self) -> bool:
        """Whether all of its containers have ended, and none will be started again."""
        return self.pod.get("status", {}).get("phase") in {"Succeeded", "Failed"}

    def row(self, name: str) -> Row | None:
        """Return the row with this name in the graveyard, or else of the container with this name."""
        first = (row for row in self.rows if row.member.is_wrapped and row.member.name == name)
        return next(first, None) or next((row for row in self.rows if row.name == name), None)


def survey(cluster: Cluster, pod: Thing) -> Survey:
    """Ask the kubelet, through the API server, and kubexit, in a container that runs."""
    (found,) = bundle([("the pod", json.dumps(pod))]).pods
    made = Survey(pod, members(found), [])
    status = pod.get("status", {})
    entries = {
        entry["name"]: entry
        for key in ("initContainerStatuses", "containerStatuses")
        for entry in status.get(key) or []
    }
    made.rows = [row_of(member, entries.get(member.container.name, {})) for member in made.members.all]
    containers, made.silent, made.ending = graveyard(cluster, pod, made.rows)
    for told in containers:
        row = made.row(str(told.get("name")))
        if row is not None:
            row.tombstone = plain(told)
    for row in made.rows:
        over = row.kubelet == "terminated" or (made.ending and row.kubelet == "running" and not row.tombstone)
        if over and row.member.is_wrapped and not row.reason:
            row.said = complaint(cluster.log(pod, row.name))
    return made


def look(cluster: Cluster, what: str) -> Survey:
    """Return a pod or the newest pod of a workload.

    If a container ends meanwhile, the pod is read again until the kubelet reports its end.
    """
    seen = survey(cluster, cluster.pod(what))
    limit = time.monotonic() + SETTLES
    while seen.ending and not seen.ended and time.monotonic() < limit:
        time.sleep(PAUSE)
        seen = survey(cluster, cluster.pod(what))
    return seen


def plain(told: Thing) -> Thing:
    """Return an object whose texts can be shown on a terminal: a command writes its termination message itself."""
    return {key: printable(value) if isinstance(value, str) else value for key, value in told.items()}


def complaint(log: str) -> str:
    """Return the last warning or error of kubexit in a log, as text or JSON; "" if it has neither."""
    said = [line.message for line in lines(log) if line.level in {"warn", "error"}]
    return said[-1] if said else ""


def row_of(member: Member, entry: Thing) -> Row:
    """Return a container as the kubelet reports it."""
    state = entry.get("state") or {}
    kubelet = next(iter(state), "")
    last = (entry.get("lastState") or {}).get("terminated") or {}
    return Row(
        member, kubelet, plain(state.get(kubelet) or {}), last=plain(last), restarts=int(entry.get("restartCount", 0))
    )


def graveyard(cluster: Cluster, pod: Thing, rows: list[Row]) -> tuple[list[dict[str, Any]], str, bool]:
    """Return what `kubexit --status` prints in the first container that answers, or why none does.

    Also return whether a container has ended before it could answer.
    """
    wrapped = [row for row in rows if row.member.is_wrapped]
    alive = [row for row in wrapped if row.kubelet == "running"]
    if not wrapped:
        return [], "no container of the pod runs under kubexit", False
    why, ending = "no container with kubexit is running", False
    for row in alive:
        command = [program(row.member), "--status", "--output", "json"]
        try:
            written, complained = cluster.execute(pod, row.name, command)
        except EndingError:
            why, ending = f"container {row.name} is just ending", True
            continue
        except RightError as error:
            return [], str(error), ending
        try:
            return list(json.loads(written)["containers"]), "", ending
        except (ValueError, KeyError, TypeError):
            said = complained.strip().splitlines() or ["no answer"]
            why = f"{command[0]} --status in container {row.name}: {printable(said[0])}"
    return [], why, ending


def program(member: Member) -> str:
    """Return the path of kubexit in a container, as its command has it."""
    container = member.container
    if container.kubexit_at is not None:
        return container.words[container.kubexit_at]
    for word in " ".join(container.words).split():
        if word.rpartition("/")[2] == "kubexit":
            return word
    return "kubexit"
