"""An example, run: its manifest's containers as processes of this machine, and whether they end as documented."""

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from demo import local, manifest, network
from demo.life import Life
from demo.local import Case, Local
from demo.machine import Machine
from demo.manifest import PodSpec
from demo.pod import Container, Pod
from demo.screen import Screen

REFUSED = 2  # by kubexit: this form of it cannot copy itself
NOT_AS_DOCUMENTED = 1
CANNOT_RUN = 2


@dataclass(frozen=True)
class Example:
    """A folder of examples/."""

    folder: Path
    pod: PodSpec
    local: Local

    @property
    def name(self) -> str:
        """As one asks for it."""
        return self.folder.name


def names(examples: Path) -> list[str]:
    """Return the examples that can run here: each has a local.toml."""
    return sorted(path.parent.name for path in examples.glob("*/local.toml"))


def load(folder: Path) -> Example:
    """Read the manifest of an example and the programs that replace its images; ManifestError, LocalError."""
    files = sorted(folder.glob("*.yaml"))
    if len(files) != 1:
        raise manifest.ManifestError(f"{folder} has {len(files)} manifests; one can be run")
    return Example(folder, manifest.read(files[0]), local.read(folder / "local.toml"))


def run(example: Example, name: str, kubexit: Path, alarm: float) -> int:
    """Run one case of an example, draw what happened; 0 if it ended as documented, 1 if not, 2 if it cannot run."""
    case = example.local.case[name]
    refused = network.enter()
    with tempfile.TemporaryDirectory(prefix="kubexit-") as folder:
        machine = Machine(Path(folder), kubexit, example.pod, example.local, example.folder.parent / "programs")
        if missing := list(machine.missing()):
            print("\n".join(missing), file=sys.stderr)
            return CANNOT_RUN
        specs = [spec for spec in example.pod.containers if spec.name not in case.without]
        containers = [machine.container(spec, case.environment.get(spec.name, {})) for spec in specs]
        injected = [machine.injected(added) for added in example.local.injected if added not in case.without]
        containers = sorted([*containers, *injected], key=lambda container: container.name not in case.native)
        screen = Screen([spec.name for spec in example.pod.init] + [container.name for container in containers])
        introduce(screen, example, case, refused, machine.changes_users)
        if not initialise(machine, screen):
            return NOT_AS_DOCUMENTED
        pod = Pod(machine.graveyard, screen, case.native)
        if not play(pod, containers, case, example.pod.grace_seconds, alarm):
            return NOT_AS_DOCUMENTED
        return judge(screen, example.pod.kind, case, pod)


def introduce(screen: Screen, example: Example, case: Case, refused: str | None, changes_users: bool) -> None:
    """What is going to happen, and how far it is like a node."""
    screen.write(f"{example.local.about.strip()}\n\n{case.about.strip()}\n")
    if not changes_users:
        screen.write("All containers run as you: the users of the manifest take root, and files that others may read.")
    explain(screen, refused)


def explain(screen: Screen, refused: str | None) -> None:
    """Say how to read what follows. refused: why there is no network namespace."""
    if refused:
        screen.write(f"A network namespace is not available here ({refused}): the ports of this machine are used.")
    screen.write(f"Lines with {'◆' if screen.utf8 else '*'} are kubexit's, the others the containers' own.\n")


def initialise(machine: Machine, screen: Screen) -> bool:
    """Run the init containers, one after the other; False if one fails."""
    for spec in machine.pod.init:
        pod = Pod(machine.graveyard, screen)
        try:
            pod.start(machine.container(spec, {}))
            pod.follow()
        finally:
            pod.end()
        code = pod.code(spec.name)
        if code == REFUSED:
            screen.write("       (a link replaces the copy)")
            machine.link(spec)
        elif code != 0:
            screen.write(f"the init container {spec.name} exited with {code}")
            return False
    return True


def play(pod: Pod, containers: list[Container], case: Case, grace_seconds: float, alarm: float) -> bool:
    """Run the containers to their ends and draw their lives; False if that takes longer than `alarm` seconds."""
    try:
        follow(pod, containers, case, grace_seconds, alarm)
    except TimeoutError:
        pod.screen.write(f"not over after {alarm:g} s: ending it (--alarm SECONDS leaves it more time)")
        return False
    finally:
        pod.end()
    pod.screen.heading("What the tombstones show:")
    pod.screen.timeline(pod.lives())
    return True


def follow(pod: Pod, containers: list[Container], case: Case, grace_seconds: float, alarm: float) -> None:
    """Start the containers, follow them to their ends; delete the pod where the case says so."""
    for container in containers:
        pod.start(container)

    def seen(name: str, line: str) -> None:
        if name in case.delete_after and case.delete_after[name] in line:
            pod.screen.write("       the pod is deleted: SIGTERM to all its containers")
            pod.delete(grace_seconds)

    pod.follow(alarm, seen)


def judge(screen: Screen, kind: str, case: Case, pod: Pod) -> int:
    """Say what Kubernetes makes of it, and whether it is what the example promises; 0 if so."""
    codes = {name: pod.code(name) for name in pod.processes}
    if kind == "Job":
        outcome = (
            "has failed" if any(code for name, code in codes.items() if name not in case.native) else "is complete"
        )
        screen.write(f"\nThe Job {outcome}: " + ", ".join(f"{name} exited with {code}" for name, code in codes.items()))
    wrong = list(differences(case, codes, pod.lives(), pod.said))
    for line in wrong:
        screen.write(f"NOT AS DOCUMENTED: {line}")
    if not wrong:
        screen.write("That is how it is documented.")
    return NOT_AS_DOCUMENTED if wrong else 0


def differences(
    case: Case, codes: dict[str, int | None], lives: list[Life], said: dict[str, list[str]]
) -> Iterator[str]:
    """A sentence for each thing that is otherwise than the case has it."""
    if codes != case.ends:
        yield f"exit codes {codes} instead of {case.ends}"
    died = {life.name: life.died for life in lives if life.died is not None}
    order = sorted((name for name in case.order if name in died), key=died.__getitem__)
    if order != case.order:
        yield f"died in the order {order} instead of {case.order}"
    for name, words in case.says.items():
        if not any(words in line for line in said.get(name, [])):
            yield f'{name} never said "{words}"'
