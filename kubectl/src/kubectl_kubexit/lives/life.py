"""A life of a container as moments. All moments are seconds since 1970, in UTC; None if one is not known."""

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Life:
    """From the start of a container to its end; a container that is started again has another life.

    began: kubexit, or without it the container, was started. asked: the command was asked to stop, because of `stop`,
    for example "dependency main died with exit code 0". last: the last moment at which something was logged.
    waits_for: the birth dependencies that were missing when kubexit started. reason: why it was not started, or ended.
    """

    began: float | None = None
    born: float | None = None
    ready: float | None = None
    held: float | None = None
    asked: float | None = None
    killed: float | None = None
    died: float | None = None
    last: float | None = None
    waits_for: str = ""
    hold: str = ""
    stop: str = ""
    reason: str = ""
    probe: str = ""
    code_from: str = ""
    exit_code: int | None = None
    command_exit_code: int | None = None
    crashed: bool = False

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self.died is not None or self.crashed

    @property
    def moments(self) -> Iterator[float]:
        """All moments that are known."""
        known = (self.began, self.born, self.ready, self.held, self.asked, self.killed, self.died)
        return (moment for moment in known if moment is not None)

    def outcome(self, live: bool) -> str:
        """Return how it ended in at most 11 characters; live: whether what has not ended still runs."""
        if self.crashed:
            return "crashed"
        if self.is_over:
            unknown = "died" if self.born is not None else "not started"
            return unknown if self.exit_code is None else f"exit {self.exit_code}"
        if not live:
            return "no end"
        return "waiting" if self.born is None else "alive"


@dataclass
class Container:
    """A container with its lives, in their order. note: why it has no life. alias: KUBEXIT_NAME, if that differs."""

    name: str
    lives: list[Life] = field(default_factory=list)
    note: str = ""
    alias: str = ""

    def ending(self, live: bool) -> str:
        """Return how its last life ended."""
        return self.lives[-1].outcome(live) if self.lives else "not started"


@dataclass
class History:
    """The containers of a pod. end: the last moment of the picture; live: whether it is now; deleted: the pod was."""

    title: str
    containers: list[Container]
    end: float
    live: bool = False
    deleted: float | None = None

    @property
    def begin(self) -> float:
        """The first moment of all lives."""
        return min((moment for one in self.containers for life in one.lives for moment in life.moments), default=0.0)

    def named(self, name: str) -> Container | None:
        """Return the container with this KUBEXIT_NAME, or else with this name."""
        known = (one for one in self.containers if name == (one.alias or one.name))
        return next(known, None) or next((one for one in self.containers if one.name == name), None)
