"""python -m kubexit.demo: a Job's pod with two sidecars, on this machine, without a cluster."""

import argparse
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from types import FrameType
from typing import NoReturn

from kubexit.demo.pod import Container, Pod, containers
from kubexit.demo.screen import Screen

GATE = Path(".build/gate/kubexit")
FAILURE = 3
INTRODUCTION = """\
Three containers of one pod, each started as `kubexit COMMAND`:

  web      a server, slow to start            ends when client has ended
  client   the work; waits until web is ready
  shipper  takes client's log away            ends a second after client has ended
"""


def main() -> int:
    """Run the pod, show what happened; the client's exit code."""
    parser = argparse.ArgumentParser(prog="python -m kubexit.demo", description=__doc__.partition(": ")[2])
    parser.add_argument("--fail", action="store_true", help=f"the client fails, with exit code {FAILURE}")
    options = parser.parse_args()
    kubexit = find_kubexit()
    if kubexit is None:
        print("kubexit is not built here: make gate, or make dev", file=sys.stderr)
        return 1
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, leave)
    with tempfile.TemporaryDirectory(prefix="kubexit-demo-") as folder:
        graveyard = Path(folder, "graveyard")
        graveyard.mkdir()
        return run(kubexit, graveyard, containers(Path(folder), FAILURE if options.fail else 0))


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


def run(kubexit: Path, graveyard: Path, manifest: list[Container]) -> int:
    """From the first start to the picture."""
    screen = Screen([container.name for container in manifest])
    screen.write(INTRODUCTION)
    screen.write(f"Lines with {'◆' if screen.utf8 else '*'} are kubexit's, the others the commands' own.\n")
    pod = Pod(kubexit, graveyard, screen)
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
    screen.heading("What the tombstones tell:")
    screen.timeline(pod.lives())
    screen.heading("The tombstone of web:")
    screen.write((graveyard / "web").read_text().rstrip())
    return verdict(screen, pod.processes["client"].returncode)


def verdict(screen: Screen, code: int) -> int:
    """What Kubernetes would make of it; the code."""
    outcome = "the Job is complete" if code == 0 else "the Job fails, although both sidecars left with 0"
    screen.write(f"\nThe work's own exit code counts: client left with {code}, so {outcome}.")
    return code


if __name__ == "__main__":
    sys.exit(main())
