"""Images without a registry and without a container tool: archives as `docker save` writes them."""

import hashlib
import io
import json
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
MACHINE = {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine]


@dataclass(frozen=True)
class Image:
    """One image: its names, the layers from the lowest to the highest, and what OCI calls `config`."""

    names: Sequence[str]
    layers: Sequence[Path]
    config: Mapping[str, Any] = field(default_factory=dict)


def layer(archive: Path, contents: Mapping[str, Path | str | bytes], modes: Mapping[str, int] | None = None) -> Path:
    """Write a layer of these files: a path copies that file, text is the target of a link, bytes are the content."""
    with tarfile.open(archive, "w") as tar:
        for name, content in contents.items():
            entry = tarfile.TarInfo(name)
            entry.mode = (modes or {}).get(name, 0o755)
            if isinstance(content, str):
                entry.type, entry.linkname = tarfile.SYMTYPE, content
                tar.addfile(entry)
                continue
            data = content.read_bytes() if isinstance(content, Path) else content
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return archive


def save(archive: Path, *images: Image) -> Path:
    """Write an archive of images; layers that they share are in it once."""
    manifest, digests = [], dict.fromkeys(path for image in images for path in image.layers)
    sums = {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in digests}
    with tarfile.open(archive, "w") as tar:
        for path, digest in sums.items():
            if f"{digest}.tar" not in tar.getnames():
                tar.add(path, f"{digest}.tar")
        for image in images:
            config = json.dumps(_configuration(image, [sums[path] for path in image.layers])).encode()
            name = f"{hashlib.sha256(config).hexdigest()}.json"
            if name not in tar.getnames():
                entry = tarfile.TarInfo(name)
                entry.size = len(config)
                tar.addfile(entry, io.BytesIO(config))
            layers = [f"{sums[path]}.tar" for path in image.layers]
            manifest.append({"Config": name, "RepoTags": list(image.names), "Layers": layers})
        text = json.dumps(manifest).encode()
        entry = tarfile.TarInfo("manifest.json")
        entry.size = len(text)
        tar.addfile(entry, io.BytesIO(text))
    return archive


def _configuration(image: Image, digests: Sequence[str]) -> dict[str, Any]:
    return {
        "architecture": MACHINE,
        "os": "linux",
        "config": {"Env": [PATH], **image.config},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}" for digest in digests]},
    }


def pause(archive: Path) -> Path:
    """The image of the process that holds a pod's namespaces, compiled here."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "pause"
        compiler = os.environ.get("CC", "cc")
        subprocess.run([compiler, "-static", "-Os", "-s", "-o", program, HERE / "pause.c"], check=True)
        held = layer(Path(folder) / "layer.tar", {"pause": program})
        return save(archive, Image(["localhost/pause:1"], [held], {"Entrypoint": ["/pause"]}))
