"""Names of images: registry, repository, tag and digest, as docker and the kubelet read them."""

import re
from dataclasses import dataclass

HUB = "docker.io"
LOCAL = "localhost,127.0.0.1,[::1]"  # what is this machine, as a list of hosts that need no proxy
NAME = re.compile(r"(?P<name>[^@:]+(?::\d+/[^@:]+)?)(?::(?P<tag>[^@/]+))?(?:@(?P<digest>[a-z0-9]+:[0-9a-f]+))?")


@dataclass(frozen=True)
class Reference:
    """An image. repository: with its namespace, `library/` for the official ones of Docker Hub."""

    registry: str
    repository: str
    tag: str
    digest: str

    @property
    def host(self) -> str:
        """The host that is asked."""
        return "registry-1.docker.io" if self.registry == HUB else self.registry

    @property
    def credentials_key(self) -> str:
        """The name of the registry in ~/.docker/config.json."""
        return "https://index.docker.io/v1/" if self.registry == HUB else self.registry

    @property
    def is_local(self) -> bool:
        """Whether the registry is on this machine, where docker uses plain http."""
        name = self.registry.rpartition(":")[0] or self.registry
        return name in LOCAL.split(",")


def parse(image: str) -> Reference:
    """Take the name of an image apart; ValueError if it is not one."""
    match = NAME.fullmatch(image.strip())
    if match is None:
        raise ValueError(f"{image} is not the name of an image")
    first, slash, rest = match["name"].partition("/")
    has_registry = bool(slash) and ("." in first or ":" in first or first == "localhost")
    registry, repository = (first, rest) if has_registry else (HUB, match["name"])
    registry = HUB if registry == "index.docker.io" else registry
    if registry == HUB and "/" not in repository:
        repository = f"library/{repository}"
    return Reference(registry, repository, match["tag"] or "latest", match["digest"] or "")
