"""Pods of manifests, run by `podman kube play`.

podman is no kubelet. What a kubelet does and podman does not is done here: an emptyDir that every user may write to
and that no other pod shares, the image of kubexit as a volume, a Job's pod without the Job, host names and accounts
that are given to each container.
What it cannot do are probes and the API: nothing here is ready to Kubernetes.
"""

import copy
import json
from pathlib import Path
from typing import Any

from cluster import manifests
from images.container import Container
from images.engine import Engine

# Keep init containers when they have ended: they are read afterwards.
KEPT = {"io.podman.annotations.init.container.type": "always"}


class KubePod:
    """One pod, which can be played again over the volumes of its earlier life."""

    def __init__(self, engine: Engine, thing: dict[str, Any], folder: Path) -> None:
        self._engine = engine
        self.name = thing["metadata"]["name"]
        self.spec = copy.deepcopy(manifests.pod_spec(thing))
        template = thing.get("spec", {}).get("template", thing)
        manifests.fill_annotations(
            self.spec, template["metadata"].get("annotations", {}) if "metadata" in template else {}
        )
        self._file = folder / f"{self.name}.yaml"
        entries = self.spec.get("volumes", [])
        self._images = {entry["name"]: entry.pop("image")["reference"] for entry in entries if "image" in entry}
        for entry in entries:
            if entry["name"] in self._images:
                entry["emptyDir"] = {}
        self._volumes = [entry["name"] for entry in entries if "emptyDir" in entry]
        # podman takes a volume's name for its own, and gives one volume to all pods that have the same name for it.
        for entry in [*self.spec.get("volumes", []), *self._mounts()]:
            if entry["name"] in self._volumes:
                entry["name"] = self._own(entry["name"])
        self._made = self._played = False

    @property
    def entries(self) -> list[dict[str, Any]]:
        """All containers of the manifest, in the order of their start."""
        return [*self.spec.get("initContainers", []), *self.spec["containers"]]

    def volume(self, name: str) -> Path:
        """The folder of an emptyDir on this machine."""
        return Path(self._engine.call("volume", "inspect", "--format", "{{.Mountpoint}}", self._own(name)))

    def play(self) -> None:
        """Run init containers one after the other, then start the others; again: end what runs first."""
        self.down()
        self._make_volumes()
        manifest = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": self.name, "annotations": KEPT},
            "spec": self.spec,
        }
        # JSON is YAML, and podman's own reader of YAML takes offence at quotes in commands.
        self._file.write_text(json.dumps(manifest))
        self._played = True
        network = () if self.spec.get("hostNetwork") else ("--network", "none")
        self._engine.call("kube", "play", *network, self._file)

    def container(self, name: str) -> Container:
        """One container of the pod; an init container, too."""
        return Container(self._engine, f"{self.name}-{name}")

    def codes(self) -> dict[str, int]:
        """How each container ended, as soon as all have."""
        return {entry["name"]: self.container(entry["name"]).wait() for entry in self.entries}

    def down(self) -> None:
        """End and remove the containers; volumes stay."""
        if self._played:
            self._engine.call("kube", "down", self._file)
            self._played = False

    def end(self) -> None:
        """Leave nothing of it."""
        self.down()
        for name in self._volumes if self._made else []:
            self._engine.call("volume", "rm", "--force", self._own(name))

    def _make_volumes(self) -> None:
        for name in self._volumes if not self._made else []:
            self._engine.call("volume", "create", self._own(name))
            self.volume(name).chmod(0o777)
        for name, image in self._images.items() if not self._made else []:
            # In the image the file is in /bin.
            (self.volume(name) / "bin").mkdir(mode=0o777)
            (self.volume(name) / "bin").chmod(0o777)
            mount = ("--volume", f"{self._own(name)}:/image")
            done = self._engine.run(image, "--install", "/image/bin", options=mount)
            assert done.code == 0, done.stderr
        self._made = True

    def _mounts(self) -> list[dict[str, Any]]:
        return [mount for entry in self.entries for mount in entry.get("volumeMounts", [])]

    def _own(self, volume: str) -> str:
        return f"{self.name}-{volume}"
