"""What the dependency words mean in this pod: `db`, `db?` and `*` become container names.

A misspelt name, or a container that starts only after us, would delay the command until
the timeout without a reason. The spec of the pod shows both at once, so they are refused
before any wait.
"""

from kubexit.waiter.errors import SettingsError, UnclearError
from kubexit.waiter.readiness import inits, is_init, is_sidecar, missing, regulars

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from kubexit.waiter.readiness import Missing, Object


def judged(pod: "Object", own: str, words: "Iterable[str]") -> "tuple[list[str], list[Missing]]":
    """The containers to wait for, and what is missing; UnclearError if the object has not the shape of a pod."""
    try:
        names = awaited(pod, own, words)
        return names, missing(pod, names)
    except (LookupError, TypeError, AttributeError) as error:
        raise UnclearError(f"not the shape of a pod: {type(error).__name__}: {error}") from None


def awaited(pod: "Object", own: str, words: "Iterable[str]") -> list[str]:
    """The containers to wait for, each once; SettingsError when the pod's spec rules one out."""
    known = [container["name"] for container in inits(pod) + regulars(pod)]
    names: list[str] = []
    for word in words:
        name = word.removesuffix("?")
        if word == "*":
            names += _others(pod, own, known)
        elif name in known:
            _check_order(pod, own, name)
            names.append(name)
        elif name == word:
            raise SettingsError(
                f"KUBEXIT_BIRTH_DEPS: pod {_pod_name(pod)} has no container {name}; it has {', '.join(known)}"
            )
    return list(dict.fromkeys(names))


def _others(pod: "Object", own: str, known: list[str]) -> list[str]:
    """All other regular containers and native sidecars; in an init container, only what starts before it."""
    if own not in known:
        raise SettingsError(
            f"KUBEXIT_BIRTH_DEPS=* needs KUBEXIT_NAME to be the name of this container: {own} is none of "
            f"{', '.join(known)}"
        )
    everyone = inits(pod) + regulars(pod)
    candidates = inits(pod)[: _position(pod, own)] if is_init(pod, own) else everyone
    return [
        container["name"]
        for container in candidates
        if container["name"] != own and (not is_init(pod, container["name"]) or is_sidecar(container))
    ]


def _check_order(pod: "Object", own: str, name: str) -> None:
    """Refuse to wait for what starts only after our own container."""
    if name == own:
        raise SettingsError(f"KUBEXIT_BIRTH_DEPS: {name} is this container itself")
    if not is_init(pod, own):
        return
    kind = "native sidecar" if is_sidecar(inits(pod)[_position(pod, own)]) else "init container"
    if not is_init(pod, name):
        raise SettingsError(
            f"KUBEXIT_BIRTH_DEPS: {own} is an init-type container ({kind}) and {name} a regular one, which starts "
            f"only after it: neither would ever start"
        )
    if _position(pod, name) > _position(pod, own):
        raise SettingsError(
            f"KUBEXIT_BIRTH_DEPS: {name} comes after {own} in spec.initContainers and starts only after it"
        )


def _position(pod: "Object", name: str) -> int:
    return [container["name"] for container in inits(pod)].index(name)


def _pod_name(pod: "Object") -> str:
    metadata = pod.get("metadata") or {}
    return f"{metadata.get('namespace')}/{metadata.get('name')}"
