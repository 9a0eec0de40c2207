"""References such as $(PORT) in the value of a variable, which the kubelet replaces."""

import re
from collections.abc import Mapping

from kubectl_kubexit.manifest.container import Variable

# What the kubelet makes for the Services of a namespace, which no manifest shows.
OF_SERVICE = re.compile(r".+_(?:SERVICE_HOST|SERVICE_PORT|PORT)(?:_.*)?")
REFERENCE = re.compile(r"\$\$|\$\(([^)]*)\)")


def is_replaced(text: str) -> bool:
    """Return whether the kubelet replaces a part of a text."""
    return "$(" in text or "$$" in text


def expanded(text: str, known: Mapping[str, Variable], opaque: bool) -> str | None:
    """Return a value as the container gets it; None if that is not known.

    Args:
        text: as it is written. `$$` is a dollar sign, and a reference to a variable that does not exist stays.
        known: the variables before this one.
        opaque: whether there are others, which the manifest does not show.
    """
    parts, at = [], 0
    for match in REFERENCE.finditer(text):
        name = match[1]
        if name is None:
            value: str | None = "$"
        elif name in known:
            value = known[name].value
        else:
            value = None if opaque or OF_SERVICE.fullmatch(name) else match[0]
        if value is None:
            return None
        parts += [text[at : match.start()], value]
        at = match.end()
    return "".join([*parts, text[at:]])
