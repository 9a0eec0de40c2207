"""python -m demo: a Job's pod with two sidecars, an example, or a manifest, on this machine, without a cluster."""

import argparse
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from types import FrameType
from typing import NoReturn

from demo import example, file
from demo.local import LocalError
from demo.manifest import ManifestError
from demo.pod import Container, Pod
from demo.screen import Screen
from demo.three import containers

GATE = Path(".build/gate/kubexit")
EXAMPLES = Path("examples")
FAILURE = 3
UNEXPECTED = 1
EXAMPLE_SECONDS = 60.0  # far more than any of them takes: an alarm, not a plan
INTRODUCTION = """\
Three containers of one pod, each started as `kubexit COMMAND`:

  web      a server, slow to start            ends when client has ended
  client   the work; waits until web is ready
  shipper  takes client's log away            ends a second after client has ended
"""


def main() -> int:
    """Run the pod, show what happened; 0 if it ended as it was meant to."""
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__.partition(": ")[2])
    parser.add_argument("--fail", action="store_true", help=f"the client fails, with exit code {FAILURE}")
    parser.add_argument(
        "example",
        nargs="?",
        help=f"one of {', '.join(example.names(EXAMPLES))}, or a file with the "
        "manifest of a pod whose commands this machine has, instead of the three",
    )
    parser.add_argument("case", nargs="?", help="one of the cases in its local.toml; its first one if not given")
    parser.add_argument(
        "--alarm", type=float, default=EXAMPLE_SECONDS, metavar="SECONDS", help="give an example or a file up"
    )
    parser.add_argument("--folder", type=Path, default=EXAMPLES, help="where the examples are")
    options = parser.parse_args()
    kubexit = find_kubexit()
    if kubexit is None:
        print("kubexit is not built here: make gate, or make dev", file=sys.stderr)
        return 1
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, leave)
    if options.example is not None and file.is_meant(options.example):
        return run_file(options, kubexit)
    if options.example is not None:
        return run_example(parser, options, kubexit)
    with tempfile.TemporaryDirectory(prefix="kubexit-demo-") as folder:
        graveyard = Path(folder, "graveyard")
        graveyard.mkdir()
        expected = FAILURE if options.fail else 0
        code = run(graveyard, containers(kubexit, Path(folder), expected))
        # A failure that was asked for is what the demo shows, and no error of make.
        return 0 if code == expected else code or UNEXPECTED


def run_example(parser: argparse.ArgumentParser, options: argparse.Namespace, kubexit: Path) -> int:
    """Run one case of an example. Return the exit code of example.run."""
    if options.example not in example.names(options.folder):
        parser.error(f"there is no example {options.example}; there are {', '.join(example.names(options.folder))}")
    try:
        found = example.load(options.folder / options.example)
    except (ManifestError, LocalError) as error:
        parser.error(str(error))
    case = options.case or next(iter(found.local.case))
    if case not in found.local.case:
        parser.error(f"{found.name} has no case {case}; it has {', '.join(found.local.case)}")
    return example.run(found, case, kubexit, options.alarm)


def run_file(options: argparse.Namespace, kubexit: Path) -> int:
    """Run the pod of a manifest. Return the exit code of file.run, or 2 if it cannot be run here."""
    try:
        return file.run(Path(options.example), kubexit, options.folder / "programs", options.alarm)
    except ManifestError as error:
        print(error, file=sys.stderr)
        return example.CANNOT_RUN


def leave(number: int, _frame: FrameType | None) -> NoReturn:
    """Interrupted: everything that was started is ended on the way out."""
    sys.exit(128 + number)


def find_kubexit() -> Path | None:
    """The program without an interpreter if it was built, else the console script."""
    for candidate in (GATE.absolute(), Path(sys.executable).with_name("kubexit")):
        if candidate.is_file():
            return candidate
    found = shutil.which("kubexit")
    return Path(found) if found else None


def run(graveyard: Path, manifest: list[Container]) -> int:
    """From the first start to the picture."""
    screen = Screen([container.name for container in manifest])
    screen.write(INTRODUCTION)
    screen.write(f"Lines with {'◆' if screen.utf8 else '*'} are kubexit's, the others the commands' own.\n")
    pod = Pod(graveyard, screen)
    try:
        for container in manifest:
            pod.start(container)
        pod.follow()
    except TimeoutError:
        print("this takes far too long: ending it", file=sys.stderr)
        return 1
    except SystemExit:
        screen.write("\ninterrupted: ending the containers")
        raise
    finally:
        pod.end()
    screen.heading("What the tombstones show:")
    screen.timeline(pod.lives())
    screen.heading("The tombstone of web:")
    screen.write((graveyard / "web").read_text().rstrip())
    return verdict(screen, pod.processes["client"].returncode)


def verdict(screen: Screen, code: int) -> int:
    """What Kubernetes would make of it; the code."""
    outcome = "the Job is complete" if code == 0 else "the Job fails, although both sidecars exited with 0"
    screen.write(f"\nThe exit code of the work counts: client exited with {code}, so {outcome}.")
    return code


if __name__ == "__main__":
    sys.exit(main())
