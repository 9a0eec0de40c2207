"""Which container tool there is, found by running a container with it."""

import os
import subprocess
import tarfile
from pathlib import Path

from images.engine import MODEST, Engine, UnavailableError

# podman first: it can be kept away from what the user has.
CANDIDATES = (("podman", ""), ("podman", MODEST), ("docker", ""))
HOW = "build/machine.sh containers installs podman"


def find(kubexit: Path) -> Engine:
    """The first tool, with as little configuration as possible, that runs kubexit in an empty image."""
    reasons = []
    for tool, configuration in CANDIDATES:
        if os.environ.get("CONTAINER_TOOL", tool) != tool:
            continue
        try:
            engine = Engine(tool, configuration)
        except UnavailableError as reason:
            reasons.append(str(reason))
            continue
        try:
            _try(engine, kubexit)
        except (AssertionError, subprocess.TimeoutExpired) as failure:
            engine.close()
            reasons.append(str(failure).strip().splitlines()[-1])
        else:
            return engine
    why = "; ".join(dict.fromkeys(reasons)) or "CONTAINER_TOOL is neither podman nor docker"
    raise UnavailableError(f"{why} ({HOW})")


def _try(engine: Engine, kubexit: Path) -> None:
    archive = engine.folder / "probe.tar"
    with tarfile.open(archive, "w") as tar:
        tar.add(kubexit, "kubexit")
    done = engine.run(engine.load(archive, f"kubexit-probe-{os.getpid()}"), "/kubexit", "--version")
    assert done.code == 0, done
