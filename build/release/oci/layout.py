"""A folder in the OCI image layout: blobs by their digests, and an index of what has a name."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from release.archive import Entry, tar

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
EMPTY = "application/vnd.oci.empty.v1+json"
NAME = "org.opencontainers.image.ref.name"  # the tag, for most tools
FULL_NAME = "io.containerd.image.name"  # the whole name, for containerd

Descriptor = dict[str, Any]


def text(content: Mapping[str, Any]) -> bytes:
    """Return JSON that is the same each time; the digest is of these bytes."""
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()


LAYOUT = text({"imageLayoutVersion": "1.0.0"})


class Layout:
    """A layout that is written blob by blob; `finish` makes it complete."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._named: list[Descriptor] = []
        (path / "blobs" / "sha256").mkdir(parents=True)

    def blob(self, data: bytes, media_type: str, **more: Any) -> Descriptor:
        """Write a blob and return its descriptor, with more keys."""
        digest = hashlib.sha256(data).hexdigest()
        (self.path / "blobs" / "sha256" / digest).write_bytes(data)
        return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(data), **more}

    def manifest(
        self, config: Descriptor, layers: Sequence[Descriptor], annotations: Mapping[str, str], **more: Any
    ) -> Descriptor:
        """Write a manifest and return its descriptor; more keys go into the manifest, for example its subject."""
        content = {"schemaVersion": 2, "mediaType": MANIFEST, **more, "config": config, "layers": list(layers)}
        return self.blob(text({**content, "annotations": dict(annotations)}), MANIFEST)

    def index(self, manifests: Sequence[Descriptor], annotations: Mapping[str, str]) -> Descriptor:
        """Write an index and return its descriptor."""
        content = {"schemaVersion": 2, "mediaType": INDEX, "manifests": list(manifests)}
        return self.blob(text({**content, "annotations": dict(annotations)}), INDEX)

    def name(self, descriptor: Descriptor, tag: str, image: str = "") -> None:
        """Give something a tag; with the name of an image, containerd also finds it by that."""
        full = {FULL_NAME: f"{image}:{tag}"} if image else {}
        self._named.append({**descriptor, "annotations": {NAME: tag, **full}})

    def refer(self, subject: Descriptor, referrers: Sequence[Descriptor]) -> None:
        """List what refers to a subject, under the tag by which clients find it in a registry without that question.

        The tag is the one of the OCI distribution specification, "Referrers Tag Schema".
        """
        index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": list(referrers)}
        self.name(self.blob(text(index), INDEX), subject["digest"].replace(":", "-"))

    def finish(self) -> None:
        """Write the two files that make the folder a layout."""
        (self.path / "oci-layout").write_bytes(LAYOUT)
        (self.path / "index.json").write_bytes(_names(self._named))

    def archive(self, epoch: int) -> bytes:
        """Return the images with a full name as an OCI archive, for `ctr images import`, podman and docker.

        What refers to them stays out: these tools would keep it as images without a name.
        """
        images = [one for one in self._named if FULL_NAME in one["annotations"]]
        blobs = sorted({digest for one in images for digest in self._below(one)})
        files = [Entry(f"blobs/sha256/{digest}", self._blob(digest)) for digest in blobs]
        # Readers that stream want the small files first.
        entries = [Entry("oci-layout", LAYOUT), Entry("index.json", _names(images)), *files]
        return tar(entries, epoch, folders=True)

    def _blob(self, digest: str) -> bytes:
        return (self.path / "blobs" / "sha256" / digest).read_bytes()

    def _below(self, descriptor: Descriptor) -> Iterator[str]:
        """Yield the digests of a descriptor and of everything that it is made of."""
        digest = descriptor["digest"].removeprefix("sha256:")
        yield digest
        if descriptor["mediaType"] in (INDEX, MANIFEST):
            content = json.loads(self._blob(digest))
            for part in [
                *content.get("manifests", []),
                *content.get("layers", []),
                *filter(None, [content.get("config")]),
            ]:
                yield from self._below(part)


def _names(descriptors: Sequence[Descriptor]) -> bytes:
    return text({"schemaVersion": 2, "mediaType": INDEX, "manifests": list(descriptors)})
