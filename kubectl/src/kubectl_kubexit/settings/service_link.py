"""Service links: variables that the kubelet makes for each Service of a namespace; they are no settings."""

import re

SHAPE = re.compile(
    r"_(?:SERVICE_HOST|SERVICE_PORT(?:_.+)?|PORT_[0-9]+_(?:TCP|UDP|SCTP)(?:_PROTO|_PORT|_ADDR)?)\Z", re.DOTALL
)
URL = re.compile(r"(?:tcp|udp|sctp)://")


def is_service_link(name: str, value: str) -> bool:
    """Return whether KUBEXIT_X has the shape of a variable for a Service whose name begins with kubexit."""
    end = name.removeprefix("KUBEXIT")
    return bool(SHAPE.search(end) or (end.endswith("_PORT") and URL.match(value)))
