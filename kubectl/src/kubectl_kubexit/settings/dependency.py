"""Dependencies on other containers: the elements of KUBEXIT_BIRTH_DEPS, KUBEXIT_DEATH_DEPS and KUBEXIT_TERM_AFTER."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from kubectl_kubexit.settings import name as names
from kubectl_kubexit.settings.words import elements

MAX_DEPENDENCIES = 128
DEATH = ("died", "failed", "succeeded")
BIRTH = ("ready", "born", "died", "succeeded")
ONLY_API = "the graveyard does not list the pod's containers; NAME? and * need readiness from the Kubernetes API"


@dataclass
class Dependency:
    """What a container wants of another one.

    death: its facts that stop the command. birth: the facts that the command waits for. optional: it may be absent from
    the pod. holds_term: a SIGTERM from outside waits for its death.
    """

    name: str
    death: set[str] = field(default_factory=set)
    birth: set[str] = field(default_factory=set)
    optional: bool = False
    holds_term: bool = False


@dataclass
class Dependencies:
    """All dependencies of a container by name. every_other: KUBEXIT_BIRTH_DEPS has `*`."""

    by_name: dict[str, Dependency] = field(default_factory=dict)
    every_other: bool = False

    def __iter__(self) -> Iterator[Dependency]:
        return iter(self.by_name.values())

    # What SIDECAR_OF does not mean, because the setting itself is given: DEATH_DEPS, TERM_AFTER.
    given: frozenset[str] = frozenset()

    def add(self, setting: str, element: str, own_name: str, source: str) -> None:
        """Enter one element of a list.

        Args:
            setting: DEATH_DEPS, BIRTH_DEPS, TERM_AFTER or SIDECAR_OF.
            element: NAME, NAME?, NAME:CONDITION or `*`.
            own_name: the name of the container that has the setting.
            source: kubernetes or graveyard, as KUBEXIT_BIRTH_SOURCE.

        Raises:
            ValueError: what is wrong with the element, and what would be right.
        """
        name, colon, condition = element.partition(":")
        fact = condition_of(setting, condition if colon else None)
        starred = name == "*" or name.endswith("?")
        if starred and setting != "BIRTH_DEPS":
            raise ValueError("NAME? and * are not supported here; only KUBEXIT_BIRTH_DEPS takes them")
        if starred and (fact != "ready" or source != "kubernetes"):
            raise ValueError(ONLY_API)
        if name == "*":
            self.every_other = True
            return
        self.want(setting, names.check(name.removesuffix("?") if starred else name), fact, starred, own_name)

    def want(self, setting: str, name: str, fact: str, optional: bool, own_name: str) -> None:
        """Enter what a setting wants of a name."""
        if name == own_name:
            raise ValueError("is this container itself (KUBEXIT_NAME); use the names of others")
        if name not in self.by_name and len(self.by_name) == MAX_DEPENDENCIES:
            raise ValueError("one too many; use at most 128 dependencies")
        found = self.by_name.setdefault(name, Dependency(name))
        if setting == "TERM_AFTER":
            found.holds_term = True
        elif setting == "SIDECAR_OF":
            found.death |= set() if "DEATH_DEPS" in self.given else {fact}
            found.holds_term = found.holds_term or "TERM_AFTER" not in self.given
        elif setting == "BIRTH_DEPS":
            # A container that is required once is not optional because it is listed again.
            found.optional = optional and ("ready" not in found.birth or found.optional)
            found.birth.add(fact)
        else:
            found.death.add(fact)


def condition_of(setting: str, condition: str | None) -> str:
    """Return the fact that a condition names, or that a name alone means."""
    if setting == "TERM_AFTER":
        if condition is not None:
            raise ValueError("takes a plain name; conditions such as :died are not supported here")
        return "died"
    known = BIRTH if setting == "BIRTH_DEPS" else DEATH
    if condition is None:
        return known[0]
    if condition not in known:
        *first, last = (f":{word}" for word in known)
        raise ValueError(f"unknown condition; use {', '.join(first)} or {last}")
    return condition


def names_in(text: str) -> list[str]:
    """Return the names in a list of dependencies, without conditions and marks; `*` is left out."""
    found = (element.partition(":")[0].removesuffix("?") for element in elements(text))
    return [name for name in found if name and name != "*"]
