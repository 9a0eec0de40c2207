"""Any manifest: its pod with the programs of this machine, whose names are the same as in its images."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import yaml

from demo import manifest, network
from demo.example import CANNOT_RUN, explain, initialise, play
from demo.local import Case, Image, Local
from demo.machine import Machine
from demo.manifest import ContainerSpec, ManifestError, PodSpec
from demo.pod import Pod
from demo.screen import Screen

ANNOTATIONS = ("kubexit.dev/main", "kubexit.dev/plan")
TOO_LONG = 1


def is_meant(name: str) -> bool:
    """Return whether an argument names a file, not an example."""
    return "/" in name or name.endswith((".yaml", ".yml", ".json"))


def run(file: Path, kubexit: Path, programs: Path, alarm: float) -> int:
    """Run the pod of a manifest and draw what happened; 0 if it ended, 1 if it did not within `alarm` seconds.

    A pod whose annotations ask for kubexit, and that does not have it, gets it first, as `kubectl kubexit wrap` does.
    `programs` are what the examples bring along; a machine has them too.

    Raises:
        ManifestError: if this is no manifest of one pod, or not everything that it needs is on this machine
    """
    with tempfile.TemporaryDirectory(prefix="kubexit-") as folder:
        pod = read(file, Path(folder))
        problems = list(missing(pod))
        if problems:
            raise ManifestError("\n".join(f"{file}: {problem}" for problem in problems))
        refused = network.enter()
        node = Path(folder, "node")
        node.mkdir()
        machine = Machine(node, kubexit, pod, Local("", {}, images(pod)), programs)
        screen = Screen([spec.name for spec in (*pod.init, *pod.containers)])
        introduce(screen, pod, refused)
        if not initialise(machine, screen):
            return CANNOT_RUN
        running = Pod(machine.graveyard, screen)
        containers = [machine.container(spec, {}) for spec in pod.containers]
        if not play(running, containers, Case("", {}), pod.grace_seconds, alarm):
            return TOO_LONG
        judge(screen, pod, running)
        return 0


def read(file: Path, folder: Path) -> PodSpec:
    """Return the pod of a file, with kubexit in it if its annotations ask for that; ManifestError."""
    try:
        pod = manifest.read(file)
        if not any(map(is_under_kubexit, pod.containers)) and any(name in pod.annotations for name in ANNOTATIONS):
            pod = manifest.read(wrapped(file, folder))
    except OSError as error:
        raise ManifestError(f"{file}: {error.strerror}") from None
    except (KeyError, TypeError, AttributeError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ManifestError(f"{file}: this is not the manifest of a pod: {str(error).splitlines()[0]}") from None
    return pod


def wrapped(file: Path, folder: Path) -> Path:
    """Write the manifest with kubexit in it to a file in the folder, and return it; ManifestError."""
    program = Path(sys.executable).with_name("kubectl-kubexit")
    done = subprocess.run(
        [program, "wrap", "--deliver", "none", "-f", file], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise ManifestError(done.stderr.strip())
    target = folder / "wrapped.yaml"
    target.write_text(done.stdout)
    return target


def is_under_kubexit(spec: ContainerSpec) -> bool:
    """Return whether the command of a container begins with kubexit."""
    return Path([*spec.command, ""][0]).name == "kubexit"


def missing(pod: PodSpec) -> Iterator[str]:
    """Return what keeps the pod from running here, in words."""
    if not any(map(is_under_kubexit, pod.containers)):
        yield (
            "no container has kubexit as its entry point; begin its command with kubexit, or write the annotation "
            f"{ANNOTATIONS[0]} of the pod"
        )
        return
    if not any(graveyard in spec.mounts for spec in pod.containers for graveyard in [graveyard_of(spec)]):
        yield "no container mounts a volume at /graveyard"
    for spec in pod.containers:
        words = [*spec.command, *spec.arguments]
        if not spec.command:
            yield f"container {spec.name} has no command, and the entry point of its image is not known here"
            continue
        if is_under_kubexit(spec):
            words = words[2:] if words[1:2] == ["--"] else words[1:]
        if words and shutil.which(words[0]) is None:
            yield f"container {spec.name}: {words[0]} is not on this machine"


def graveyard_of(spec: ContainerSpec) -> str:
    """Return the path of the graveyard in a container."""
    return spec.environment.get("KUBEXIT_GRAVEYARD", "/graveyard")


def images(pod: PodSpec) -> dict[str, Image]:
    """Return images in which kubexit, by any path, is that of this machine."""
    paths = {spec.command[0]: ["kubexit"] for spec in pod.containers if is_under_kubexit(spec)}
    return {spec.image: Image(programs=paths) for spec in pod.containers}


def introduce(screen: Screen, pod: PodSpec, refused: str | None) -> None:
    """Say what will run, and how far it is like a node."""
    names = ", ".join(spec.name for spec in pod.containers)
    screen.write(
        f"The pod of {pod.kind} {pod.name}: {names}. Its images are this machine; no container starts twice.\n"
    )
    explain(screen, refused)


def judge(screen: Screen, pod: PodSpec, running: Pod) -> None:
    """Say what Kubernetes would make of the exit codes."""
    codes = {name: running.code(name) for name in running.processes}
    failed = [f"{name} exited with {code}" for name, code in codes.items() if code]
    if pod.kind != "Job":
        outcome = f"The exit codes: {', '.join(f'{name} {code}' for name, code in codes.items())}."
    elif failed:
        outcome = f"The Job fails: {', '.join(failed)}."
    else:
        outcome = "The Job is complete: all containers exited with 0."
    screen.write(f"\n{outcome}")
