"""KX701 to KX705: the folder that the containers share."""

from collections.abc import Iterator

from kubectl_kubexit.findings.check import Fix, Found, Severity, View, check
from kubectl_kubexit.manifest.container import Mount
from kubectl_kubexit.manifest.tree import table_at
from kubectl_kubexit.relations.graph import ENDS, WAITS, edges
from kubectl_kubexit.relations.member import Member


def folder(member: Member) -> str:
    """Return the path of the graveyard in a container."""
    return member.effective.word("GRAVEYARD") or "/graveyard"


def mount_of(member: Member) -> Mount | None:
    """Return the mount that the graveyard is on."""
    return member.container.mount_of(folder(member))


def users(view: View) -> list[Member]:
    """Return the members that use a graveyard whose path is known."""
    return [member for member in view.members.wrapped if not member.is_disabled and not member.hides("GRAVEYARD")]


def related(view: View) -> set[str]:
    """Return the names of all containers that use the graveyard to see each other."""
    found: set[str] = set()
    for edge in edges(view.members):
        source = view.members.named(edge.source)
        by_api = source is not None and source.effective.word("BIRTH_SOURCE") == "kubernetes"
        ready = edge.kind == WAITS and edge.conditions == ("ready",) and by_api
        if not ready and not (edge.kind == ENDS and source is not None and source.effective.watches_deaths):
            found |= {edge.source, edge.target}
    return found


@check(
    "KX701", Severity.ERROR, "no volume for the graveyard",
    "Without a shared volume each container has a graveyard for itself, and sees no other.",
)  # fmt: skip
def not_mounted(view: View) -> Iterator[Found]:
    names = related(view)
    for member in users(view):
        if member.name in names and mount_of(member) is None:
            path = folder(member)
            volume = next((m.volume for other in users(view) if (m := mount_of(other))), "graveyard")
            remedy = f"mount the volume {volume} at {path}, an emptyDir with medium: Memory"
            message = f"{member.container.name} has no volume at {path}"
            yield Found(member.container.at, member.container, message, remedy, (Fix("mount-graveyard", volume, path),))


@check("KX702", Severity.ERROR, "the graveyard is read-only", "kubexit exits with 73.")
def read_only(view: View) -> Iterator[Found]:
    for member in users(view):
        mount = mount_of(member)
        if mount is not None and mount.read_only:
            message = f"the volume at {mount.path} is mounted with readOnly: true"
            at = mount.node.values_at["readOnly"]
            yield Found(at, member.container, message, "remove readOnly", (Fix("make-writable", "", mount.path),))


@check("KX703", Severity.ERROR, "different graveyards", "The containers do not see each other's tombstones.")
def different(view: View) -> Iterator[Found]:
    names = related(view)
    first: tuple[str, str] | None = None
    for member in users(view):
        mount = mount_of(member)
        if mount is None or member.name not in names:
            continue
        place = (member.container.name, where(member, mount))
        if first is not None and place[1] != first[1]:
            message = f"the graveyard of {place[0]} is {place[1]}, that of {first[0]} is {first[1]}"
            yield Found(
                mount.node.at, member.container, message, "use the same volume and the same folder in all containers"
            )
        first = first or place


def where(member: Member, mount: Mount) -> str:
    """Return the folder of a volume that a member uses: VOLUME/FOLDER."""
    inside = folder(member)[len(mount.path.rstrip("/")) :].strip("/")
    return "/".join(part for part in (mount.volume, mount.sub.strip("/"), inside) if part)


@check(
    "KX704", Severity.WARNING, "the user may not write to the graveyard",
    "Such a volume belongs to root, unless fsGroup gives it to a group of all containers.",
)  # fmt: skip
def not_writable(view: View) -> Iterator[Found]:
    pod = view.members.pod
    context = table_at(pod.spec, "securityContext")
    for member in users(view):
        own = table_at(member.container.node, "securityContext")
        user = own.get("runAsUser", context.get("runAsUser"))
        other_user = bool(user) or own.get("runAsNonRoot", context.get("runAsNonRoot")) is True
        if other_user and "fsGroup" not in context and kind_of(view, member) not in {"", "emptyDir"}:
            message = f"{member.container.name} does not run as root, and the pod has no fsGroup"
            remedy = "set securityContext.fsGroup on the pod, or use an emptyDir with medium: Memory"
            yield Found(member.container.at, member.container, message, remedy)


def kind_of(view: View, member: Member) -> str:
    """Return which kind of volume the graveyard of a member is, for example emptyDir; "" if that is not known."""
    mount = mount_of(member)
    volume = view.members.pod.volumes.get(mount.volume) if mount else None
    return next((key for key in volume or {} if key != "name"), "")


@check(
    "KX705", Severity.WARNING, "the graveyard outlives the pod",
    "Tombstones of another pod, or of an earlier one, look like tombstones of this pod.",
)  # fmt: skip
def outlives(view: View) -> Iterator[Found]:
    for member in users(view):
        kind = kind_of(view, member)
        mount = mount_of(member)
        if mount is not None and kind in {"hostPath", "persistentVolumeClaim", "nfs", "csi", "ephemeral"}:
            remedy = "use emptyDir: {medium: Memory, sizeLimit: 1Mi}"
            yield Found(mount.node.at, member.container, f"the graveyard is on a volume of the kind {kind}", remedy)
