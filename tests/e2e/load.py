"""How the images get to the nodes of a cluster."""

import os
import subprocess
from pathlib import Path

import yaml

from e2e import images as made
from node import life
from node.layout import HERE
from node.programs import UnavailableError


def images(kubeconfig: Path, folder: Path, own: bool) -> None:
    """Make the images and give them to the cluster; UnavailableError where no way is known.

    KUBEXIT_EXAMPLE_IMAGE=PRESENT says that they are there by their names.
    """
    if os.environ.get("KUBEXIT_EXAMPLE_IMAGE") == "PRESENT":
        return
    context = "" if own else str(yaml.safe_load(kubeconfig.read_text())["current-context"])
    archive = folder / "images.tar"
    ways = {
        "kind-": ["kind", "load", "image-archive", archive, "--name", context.removeprefix("kind-")],
        "k3d-": ["k3d", "image", "import", archive, "--cluster", context.removeprefix("k3d-")],
        "minikube": ["minikube", "image", "load", archive, "--profile", context],
    }
    way = next((command for prefix, command in ways.items() if context.startswith(prefix)), None)
    if not own and way is None:
        raise UnavailableError(
            f"no way is known to load images into {context}; load {', '.join(made.names())}, as tests/e2e/images.py"
            " makes them, and set KUBEXIT_EXAMPLE_IMAGE=PRESENT"
        )
    made.archive(archive)
    if way is None:
        life.load(HERE, archive)
    else:
        subprocess.run(way, check=True)
