"""Read an OCI layout, by other means than the code that wrote it."""

import hashlib
import io
import json
import tarfile
import zlib
from pathlib import Path
from typing import Any

NAME = "org.opencontainers.image.ref.name"


class Read:
    """A layout in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.index = json.loads((folder / "index.json").read_text())

    def blob(self, descriptor: dict[str, Any]) -> bytes:
        """The content of a descriptor; AssertionError if it is not what the descriptor says."""
        algorithm, _, digest = descriptor["digest"].partition(":")
        data = (self.folder / "blobs" / algorithm / digest).read_bytes()
        assert hashlib.sha256(data).hexdigest() == digest
        assert len(data) == descriptor["size"]
        return data

    def json(self, descriptor: dict[str, Any]) -> dict[str, Any]:
        """The same as JSON, whose media type is the one of the descriptor."""
        content: dict[str, Any] = json.loads(self.blob(descriptor))
        assert content.get("mediaType", descriptor["mediaType"]) == descriptor["mediaType"]
        return content

    def tag(self, name: str) -> dict[str, Any]:
        """The descriptor with a tag."""
        (found,) = [one for one in self.index["manifests"] if one["annotations"][NAME] == name]
        return dict(found)

    def files(self, layer: dict[str, Any]) -> dict[str, tuple[tarfile.TarInfo, bytes]]:
        """The files of a layer, and the hash of the layer without compression below the key ""."""
        plain = zlib.decompress(self.blob(layer), 31)
        with tarfile.open(fileobj=io.BytesIO(plain)) as archive:
            entries = [entry for entry in archive if not entry.isdir()]
            found = {entry.name: (entry, _content(archive, entry)) for entry in entries}
        found[""] = (tarfile.TarInfo(), hashlib.sha256(plain).hexdigest().encode())
        return found


def _content(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(entry) if entry.isfile() else None
    return file.read() if file else b""
