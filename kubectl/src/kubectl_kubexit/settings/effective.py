"""The settings of one container as kubexit understands them, and the values that it would refuse."""

from dataclasses import dataclass, field

from kubectl_kubexit.settings.address import Url
from kubectl_kubexit.settings.dependency import Dependencies

PREFIX = "KUBEXIT_"
PROBES = ("READY_TCP", "READY_FILE", "READY_NOTIFY", "READY_HTTP", "READY_EXEC")


@dataclass(frozen=True)
class Problem:
    """A value that kubexit would refuse: the setting without its prefix, the part that is bad, and why."""

    setting: str
    part: str
    reason: str

    def __str__(self) -> str:
        shown = f"={self.part}" if self.part else ""
        return f"{PREFIX}{self.setting}{shown}: {self.reason}"


@dataclass
class Settings:
    """The settings of a container by their names without the prefix.

    values: what each one means: bool, nanoseconds, a word, a signal's or exit code's number, text; None for an infinite
    timeout and for what is not set. given: the names that are set and not empty. unknown: names that are no settings.
    """

    values: dict[str, object] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)
    dependencies: Dependencies = field(default_factory=Dependencies)
    birth_urls: list[Url] = field(default_factory=list)
    quit_urls: list[Url] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def word(self, setting: str) -> str:
        """Return a setting as text; "" if it has no value."""
        value = self.values.get(setting)
        return "" if value is None else str(value)

    def nanoseconds(self, setting: str) -> int | None:
        """Return a duration; None without a limit, or if the value is bad."""
        value = self.values.get(setting)
        return value if isinstance(value, int) else None

    @property
    def name(self) -> str:
        """The name of the container's tombstone."""
        return self.given.get("NAME", "")

    @property
    def probe(self) -> str | None:
        """The setting of the readiness probe, for example READY_TCP; None without a probe."""
        chosen = [probe for probe in PROBES if probe in self.given]
        if self.values.get("READY_NOTIFY") is False and "READY_NOTIFY" in chosen:
            chosen.remove("READY_NOTIFY")
        return chosen[0] if chosen else None

    @property
    def asks_api(self) -> bool:
        """Whether a birth dependency is read from the Kubernetes API."""
        waits = any("ready" in dependency.birth for dependency in self.dependencies)
        return self.dependencies.every_other or (waits and self.word("BIRTH_SOURCE") == "kubernetes")

    @property
    def watches_deaths(self) -> bool:
        """Whether deaths of dependencies are read from the Kubernetes API."""
        ends = any(dependency.death for dependency in self.dependencies)
        return ends and self.word("DEATH_SOURCE") == "kubernetes"
