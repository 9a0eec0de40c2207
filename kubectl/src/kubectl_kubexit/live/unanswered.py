"""Why a command in a container gave no answer, in words."""

import json
import re

# What the client says if the API server, or the kubelet behind it, does not accept the connection.
HANDSHAKE = re.compile(r"Handshake status (\d+) ?(.*?) -\+-\+- .*? -\+-\+- (.*)", re.DOTALL)
# What the kubelet, containerd and CRI-O say of a container that has just ended, or is about to.
ENDED = re.compile(
    r"container not found|not running|stopped (?:state|container)|CONTAINER_EXITED|no running task|task \S+ not found"
    r"|container \S+ not found|pods \"\S+\" not found|not created or running",
    re.IGNORECASE,
)

# What the API server says of a right that is missing. Without `create`, Kubernetes 1.35 and later give no reason.
NO_RIGHT = re.compile(r"is forbidden:\s*(?:.*cannot (?P<verb>[a-z]+) resource \"pods/exec\".*)?\Z", re.DOTALL)


class EndingError(Exception):
    """The container is ending, or has ended since its state was read: no command can run in it."""


class RightError(Exception):
    """The user lacks a right: no command can run in any container."""


def why(said: str, namespace: str) -> str:
    """Return one line about what a client or a server says.

    Raises:
        EndingError: the container has ended.
        RightError: the user may not run commands in containers of this namespace.
    """
    match = HANDSHAKE.search(said)
    body = match[3] if match else said
    text = message(body) or (f"the API server answered {match[1]} {match[2]}".rstrip() if match else said)
    if ENDED.search(text):
        raise EndingError
    if missing := NO_RIGHT.search(text):
        verb = missing["verb"] or "create"
        raise RightError(
            f"the right {verb} on pods/exec in namespace {namespace} is missing (get and create are"
            " needed). Without it, status shows what the kubelet reports, and kubectl kubexit timeline what is logged"
        )
    return text.strip().splitlines()[0] if text.strip() else "no answer"


def message(body: str) -> str:
    """Return the message of a Status, which the API server writes as JSON, or a short text itself; "" for neither."""
    try:
        return str(json.loads(body)["message"])
    except (TypeError, KeyError):
        return ""
    except ValueError:
        return "" if body.strip() in {"", "None"} or body.lstrip().startswith("<") else body.strip()
