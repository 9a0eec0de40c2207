"""The relations of a pod as text and as Mermaid."""

from collections.abc import Iterator

from kubectl_kubexit.errors import printable
from kubectl_kubexit.relations.graph import ENDS, HOLDS, WAITS, Edge, edges
from kubectl_kubexit.relations.member import Member, Members

WORDS = {
    "ready": "is ready", "born": "has started", "died": "has exited",
    "succeeded": "has succeeded", "failed": "has failed",
}  # fmt: skip


def sentences(found: list[Edge]) -> list[str]:
    """Return the edges of a container in words, for example `starts when proxy is ready`."""
    ends = [facts(edge) for edge in found if edge.kind == ENDS]
    together = any(edge.kind == ENDS and edge.together > 1 for edge in found)
    return [
        *(f"starts when {facts(edge)}" for edge in found if edge.kind == WAITS),
        *([f"stops when all are true: {'; '.join(ends)}"] if together else [f"stops when {fact}" for fact in ends]),
        *(f"keeps SIGTERM until {edge.target} has exited" for edge in found if edge.kind == HOLDS),
    ]


def facts(edge: Edge) -> str:
    """Return what must be true of the target of an edge, for example `proxy is ready`."""
    between = " and " if edge.kind == WAITS else " or "
    return f"{edge.target} {between.join(WORDS[condition] for condition in edge.conditions)}"


def shown(pod: Members) -> Iterator[tuple[Member, list[Edge]]]:
    """Return each container with its edges, in the order of the manifest; tools of kubexit are left out."""
    found = list(edges(pod))
    for member in pod.all:
        yield member, [edge for edge in found if edge.source == member.name and member.is_wrapped]


def role(member: Member) -> str:
    """Return what a container is, if it is not a main container under kubexit."""
    words = {"init": "init container", "sidecar": "native sidecar"}.get(member.container.role, "")
    return ", ".join(word for word in (words, "" if member.is_wrapped else "without kubexit") if word)


def text(pod: Members, title: str) -> str:
    """Return the relations as lines: a container, and below it what it does."""
    lines = [title]
    for member, found in shown(pod):
        about = role(member)
        lines.append(f"  {member.name}" + (f" ({about})" if about else ""))
        said = sentences(found)
        probe = member.effective.probe if member.is_wrapped else None
        said += [f"is ready by {probe}={member.effective.given[probe]}"] if probe else []
        lines += [f"    {words}" for words in said or ["has no relation"]]
    return "\n".join(map(printable, lines)) + "\n"


def mermaid(pod: Members, title: str) -> str:
    """Return the relations as a Mermaid flow chart: a line leads to what a container waits for or stops with."""
    numbers = {member.name: f"c{index}" for index, member in enumerate(pod.all)}
    lines = ["---", f"title: {printable(title)}", "---", "flowchart LR"]
    for member, _ in shown(pod):
        about = role(member)
        label = word(member.name) + (f"<br/><i>{about}</i>" if about else "")
        lines.append(f'    {numbers[member.name]}["{label}"]')
    for _, found in shown(pod):
        for edge in found:
            target = numbers.setdefault(edge.target, f"c{len(numbers)}")
            if target not in {line.strip().partition("[")[0] for line in lines}:
                lines.append(f'    {target}["{word(edge.target)}<br/><i>not in the pod</i>"]')
            lines.append(f"    {numbers[edge.source]} {arrow(edge)} {target}")
    return "\n".join(lines) + "\n"


def word(name: str) -> str:
    """Return a name for a label of Mermaid, which it cannot end."""
    return printable(name).replace('"', "#quot;").replace("<", "#lt;")


def short(edge: Edge) -> str:
    """Return the conditions of an edge for an arrow, and how many edges must be true with it."""
    words = ", ".join(edge.conditions)
    return f"{words} (all of {edge.together})" if edge.together > 1 else words


def arrow(edge: Edge) -> str:
    """Return the arrow of an edge: a line waits, dashes stop, dots keep SIGTERM."""
    words = short(edge)
    if edge.kind == WAITS:
        return f'-- "starts when {words}" -->'
    return f'-. "stops when {words}" .->' if edge.kind == ENDS else '-. "keeps SIGTERM" .-'
