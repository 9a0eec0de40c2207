"""Where the folder must be mounted that the containers share."""

import re

from kubectl_kubexit.manifest.container import Container

GRAVEYARD = "/graveyard"


def graveyard_of(container: Container) -> str:
    """Return where kubexit looks for the graveyard; "" if the manifest does not show it, or it cannot be a mount."""
    variable = container.variables.get("KUBEXIT_GRAVEYARD")
    if variable is None:
        return GRAVEYARD
    if variable.source or re.search("[$:]", variable.written):
        return ""
    if variable.written == "":
        return GRAVEYARD
    parts = [part for part in variable.written.split("/") if part not in {"", "."}]
    return "/" + "/".join(parts) if parts and variable.written.startswith("/") else ""
