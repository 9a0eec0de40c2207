"""What the members of a pod are for each other, as their relations show it: main or sidecar."""

from kubectl_kubexit.manifest.container import INIT
from kubectl_kubexit.relations.member import Member, Members
from kubectl_kubexit.settings.dependency import names_in


def follows(member: Member, target: str) -> bool:
    """Return whether a member stops when another one has finished, not only when that fails."""
    dependency = member.effective.dependencies.by_name.get(target)
    return dependency is not None and bool(dependency.death & {"died", "succeeded"})


def waits_for(member: Member, target: str) -> bool:
    """Return whether a member starts only when another one is ready or born."""
    dependency = member.effective.dependencies.by_name.get(target)
    return dependency is not None and bool(dependency.birth & {"ready", "born"})


def mains_of(members: Members, member: Member) -> list[Member]:
    """Return the members whose sidecar this one is: by SIDECAR_OF, or since it stops with them and does not wait.

    A container that waits for another one and stops with it is its client. Two that only stop each other are equals.
    """
    declared = names_in(member.effective.given.get("SIDECAR_OF", ""))
    found = []
    for name in member.effective.dependencies.by_name:
        main = members.named(name)
        if main is None or main is member or not main.is_wrapped or main.container.role == INIT:
            continue
        if not follows(member, name):
            continue
        mutual = follows(main, member.name)
        if name not in declared and (waits_for(member, name) or (mutual and not waits_for(main, member.name))):
            continue
        found.append(main)
    return found


def sidecars(members: Members) -> list[tuple[Member, list[Member]]]:
    """Return each sidecar with the members that it serves."""
    found = [(member, mains_of(members, member)) for member in members.wrapped]
    return [(member, mains) for member, mains in found if mains]


def mains(members: Members) -> list[Member]:
    """Return the members that have a sidecar and are not a sidecar themselves."""
    serving = [member.name for member, _ in sidecars(members)]
    served = {main.name for _, served in sidecars(members) for main in served}
    return [member for member in members.wrapped if member.name in served and member.name not in serving]
