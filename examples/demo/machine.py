"""The machine: folders for a pod's volumes, programs for its images, and its containers as they are executed here."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from demo.local import Image, Local
from demo.manifest import ContainerSpec, PodSpec
from demo.pod import Container

GRAVEYARD = "/graveyard"  # the default of KUBEXIT_GRAVEYARD
PLACEHOLDER = re.compile(r"\{(programs|annotation:([^}]*))\}")


class Machine:
    """What a node is for a pod, in one folder that other users can enter."""

    def __init__(self, folder: Path, kubexit: Path, pod: PodSpec, local: Local, programs: Path) -> None:
        self.folder, self.pod, self.local = folder, pod, local
        # The user of the containers may not be able to read the files of the user of the demo: copy them.
        folder.chmod(0o755)
        self.kubexit = kubexit if is_script(kubexit) else Path(shutil.copy2(kubexit, folder / "kubexit"))
        shutil.copytree(programs, folder / "programs")
        others = python_for_others(self.kubexit) if os.geteuid() == 0 else None
        self.changes_users = others is not None
        self.python = others or sys.executable
        for name in pod.volumes:
            self.volume(name).mkdir(parents=True)
            self.volume(name).chmod(0o777)  # as the kubelet makes an emptyDir
        for name in pod.images:
            (self.volume(name) / "bin").mkdir()
            (self.volume(name) / "bin/kubexit").symlink_to(self.kubexit)

    def volume(self, name: str) -> Path:
        """The folder of a volume."""
        return self.folder / "volumes" / name

    @property
    def graveyard(self) -> Path:
        """The volume that is mounted as the graveyard."""
        paths = ((spec, spec.environment.get("KUBEXIT_GRAVEYARD", GRAVEYARD)) for spec in self.pod.containers)
        return self.volume(next(spec.mounts[path] for spec, path in paths if path in spec.mounts))

    def container(self, spec: ContainerSpec, extra: dict[str, str]) -> Container:
        """A container of the manifest, with some variables more."""
        image = self.local.image.get(spec.image, Image())
        words = [*([] if spec.command else image.entrypoint), *spec.command, *spec.arguments]
        environment = spec.environment | extra
        if GRAVEYARD in spec.mounts:
            environment.setdefault("KUBEXIT_GRAVEYARD", GRAVEYARD)
        return Container(
            name=spec.name,
            command=tuple(self.words(words, image, spec.mounts)),
            environment={key: self.placed(value, spec.mounts) for key, value in environment.items()} | self.path(image),
            user=(image.user or spec.user) if self.changes_users else None,
            ready_line=image.ready_line,
        )

    def injected(self, name: str) -> Container:
        """A container that a webhook would have added."""
        image = self.local.injected[name]
        return Container(name, tuple(self.words(image.entrypoint, image, {})), self.path(image), None, image.ready_line)

    def words(self, words: list[str], image: Image, mounts: Mapping[str, str]) -> Iterator[str]:
        """The words of a command with what this machine has for them."""
        for word in words:
            for local in image.programs.get(word, [self.placed(word, mounts)]):
                ours = {"kubexit": str(self.kubexit), "python3": self.python}
                yield ours.get(local) or PLACEHOLDER.sub(self.fill, local)

    def fill(self, match: re.Match[str]) -> str:
        """Return the value of a placeholder of local.toml."""
        if match[1] == "programs":
            return str(self.folder / "programs")
        return self.pod.annotations.get(match[2], "")

    def placed(self, text: str, mounts: Mapping[str, str]) -> str:
        """Return a text in which each path into a volume leads to the folder that replaces the volume."""
        if not mounts:
            return text
        paths = "|".join(re.escape(path) for path in sorted(mounts, key=len, reverse=True))
        # All at once: a folder that was put in may look like another mount path (/tmp).
        return re.sub(rf"(?<![\w./-])({paths})(?![\w.-])", lambda found: str(self.volume(mounts[found[1]])), text)

    def link(self, spec: ContainerSpec) -> None:
        """For an init container whose kubexit cannot copy itself, as the Python package cannot: a link instead."""
        words = [*spec.command, *spec.arguments]
        folder = self.placed(words[words.index("--install") + 1], spec.mounts)
        Path(folder, "kubexit").symlink_to(self.kubexit)

    def path(self, image: Image) -> dict[str, str]:
        """PATH with the image's own folders in front."""
        patterns = [pattern.lstrip("/") for pattern in image.path]
        folders = [str(folder) for pattern in patterns for folder in sorted(Path("/").glob(pattern), reverse=True)]
        return {"PATH": os.pathsep.join([*folders, os.environ.get("PATH", os.defpath)])}

    def missing(self) -> Iterator[str]:
        """A line for each program that this machine lacks."""
        for image in self.local.image.values():
            for program, package in image.needs.items():
                if shutil.which(program, path=self.path(image)["PATH"]) is None:
                    yield f"{program} is not installed here: apt-get install --no-install-recommends {package}"


def is_script(program: Path) -> bool:
    """Whether it is text for an interpreter, as the console script is, and not a file that can go anywhere."""
    with program.open("rb") as file:
        return file.read(2) == b"#!"


def python_for_others(kubexit: Path) -> str | None:
    """An interpreter for other users; None where root cannot become one, or they cannot execute kubexit."""
    pythons = (os.path.realpath(sys.executable), "/usr/bin/python3")
    usable = (python for python in pythons if others_may(python, "-c", ""))
    return next(usable, None) if others_may(str(kubexit), "--version") else None


def others_may(*command: str) -> bool:
    """Return whether any user can execute this, by trying."""
    try:
        done = subprocess.run(
            command, user=65534, group=65534, extra_groups=(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0
