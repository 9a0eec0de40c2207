"""Copy a layout into a registry, byte for byte: all of its tags, and what refers to them."""

import json
import sys
from pathlib import Path

from oras.layout import NewLayout

from kubectl_kubexit.registry.reference import parse
from kubectl_kubexit.registry.remote import connect
from release.oci.layout import NAME


def tags(folder: Path) -> list[str]:
    """Return the tags of a layout; what refers to an image comes after the image."""
    found = [entry["annotations"][NAME] for entry in json.loads((folder / "index.json").read_text())["manifests"]]
    return sorted(found, key=lambda tag: tag.startswith("sha256-"))


def push(folder: Path, repository: str) -> list[str]:
    """Push a layout to a repository, for example registry.example.com/kubexit. Return the names that were pushed.

    The credentials come from docker or podman. A registry on this machine (localhost) is asked without TLS.

    Raises:
        UserError: the registry needs credentials that are not there.
        requests.RequestException: it cannot be reached.
        ValueError: it refused a part.
    """
    client, _ = connect(parse(f"{repository}:x"))
    made = []
    for tag in tags(folder):
        name = f"{repository}:{tag}"
        NewLayout(str(folder)).push_to_registry(client, name, tag)
        made.append(name)
    return made


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python -m release.oci.push LAYOUT REPOSITORY")
    print("\n".join(push(Path(sys.argv[1]), sys.argv[2])))
