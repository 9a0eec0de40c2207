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

    After `make release`, kubexit's own image is the published one. It is not made a second time: when a name gets
    another image, containerd makes no reference by the new image's ID, and no image volume of it can be mounted.

    KUBEXIT_EXAMPLE_IMAGE=PRESENT says that they are there by their names.
    """
    if os.environ.get("KUBEXIT_EXAMPLE_IMAGE") == "PRESENT":
        return
    context = "" if own else str(yaml.safe_load(kubeconfig.read_text())["current-context"])
    ways = {
        "kind-": ["kind", "load", "image-archive", "--name", context.removeprefix("kind-")],
        "k3d-": ["k3d", "image", "import", "--cluster", context.removeprefix("k3d-")],
        "minikube": ["minikube", "image", "load", "--profile", context],
    }
    way = next((command for prefix, command in ways.items() if context.startswith(prefix)), None)
    if not own and way is None:
        raise UnavailableError(
            f"no way is known to load images into {context}; load {', '.join(made.names())}, as tests/e2e/images.py"
            " makes them, and set KUBEXIT_EXAMPLE_IMAGE=PRESENT"
        )
    published = made.published()
    for archive in filter(None, (made.archive(folder / "images.tar", own=published is None), published)):
        if way is None:
            life.load(HERE, archive)
        else:
            subprocess.run([*way, archive], check=True)
