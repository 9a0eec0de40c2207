"""The bill of materials of a static file: where it is, and which licences it names."""

import json
from pathlib import Path

from release.project import static_file


def path(arch: str) -> Path:
    """Return the path of the bill for an architecture.

    Raises:
        ReleaseError: the static file is not built.
    """
    return static_file(arch).with_name(f"kubexit-linux-{arch}.cdx.json")


def licences(arch: str) -> str:
    """Return the licences of everything in the file, as one SPDX expression in the order of the bill."""
    content = json.loads(path(arch).read_text())
    found = [
        entry.get("expression") or entry["license"]["id"]
        for component in [content["metadata"]["component"], *content["components"]]
        for entry in component["licenses"]
    ]
    return " AND ".join(f"({name})" if " " in name else name for name in dict.fromkeys(found))
