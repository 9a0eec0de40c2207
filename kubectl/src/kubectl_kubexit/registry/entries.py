"""Find the entry point of a container: as the user gave it, from this machine, or from the registry."""

from dataclasses import dataclass, field

from kubectl_kubexit.errors import UserError
from kubectl_kubexit.progress import doing


@dataclass
class ImageConfig:
    """What an image executes. digest: of the manifest or index that its name leads to; "" if it is not known."""

    entrypoint: list[str] = field(default_factory=list)
    cmd: list[str] = field(default_factory=list)
    digest: str = ""


@dataclass
class Entries:
    """Where entry points are found.

    known: words by the name of the container. source: auto, registry, local or none. platform: of an index of images.
    """

    known: dict[str, list[str]]
    source: str
    platform: str
    cache: dict[str, ImageConfig] = field(default_factory=dict)

    def find(self, container: str, image: str, has_args: bool) -> tuple[list[str], str]:
        """Return the words that `command` must have, and the digest that they were read from; "" without a registry.

        Args:
            container: its name.
            image: its image.
            has_args: whether the manifest has `args`, which replace the CMD of the image.

        Raises:
            UserError: the entry point is not known; the message says what to give.
        """
        if container in self.known:
            return self.known[container], ""
        if not image:
            raise UserError(f"it has no image either; {remedy(container)}")
        if image not in self.cache:
            with doing(f"finding the entry point of {image}"):
                self.cache[image] = self.read(container, image)
        config = self.cache[image]
        words = config.entrypoint + ([] if has_args else config.cmd)
        if not words:
            raise UserError(f"{image} has no ENTRYPOINT; {remedy(container)}")
        return words, config.digest

    def read(self, container: str, image: str) -> ImageConfig:
        """Read the configuration of an image."""
        if self.source in {"auto", "local"}:
            from kubectl_kubexit.registry import local

            found = local.read(image)
            if found is not None:
                return found
        if self.source in {"auto", "registry"}:
            from kubectl_kubexit.registry import remote

            try:
                return remote.read(image, self.platform)
            except UserError as error:
                raise UserError(f"the entry point of {image} is not known: {error}; {remedy(container)}") from None
        raise UserError(f"the entry point of {image} is not known; {remedy(container)}")


def remedy(container: str) -> str:
    """Return what a user can do if an entry point is not known."""
    return f"give --command {container}='COMMAND', or write `command` in the manifest"


def words_of(config: dict[str, object], digest: str = "") -> ImageConfig:
    """Return the entry point in the configuration of an image (the key `config` of the OCI image specification)."""

    def words(key: str) -> list[str]:
        value = config.get(key)
        return [str(word) for word in value] if isinstance(value, list) else []

    return ImageConfig(words("Entrypoint"), words("Cmd"), digest)
