"""The kubeconfig of the user: which API server is asked, and with which rights."""

import logging
from typing import Any

import yaml
from kubernetes import client, config  # type: ignore[import-untyped]

from kubectl_kubexit.errors import UserError

# What the client raises for files that are no kubeconfig, besides its own exception.
BROKEN = (yaml.YAMLError, OSError, AttributeError, IndexError, KeyError, TypeError, ValueError)


def read(context: str | None, hint: str) -> tuple[Any, str]:
    """Return the configuration for a client, and the namespace of the context; "" if it has none.

    Args:
        context: its name; None for the current one.
        hint: what the user can do, for the message.

    Raises:
        UserError: there is no kubeconfig, it has no such context, or the program that it names gives no credentials.
    """
    configuration = client.Configuration()
    configuration.retries = False  # one try: with several, a server that is away would be asked for a minute
    complaints = Complaints()
    try:
        contexts, current = config.list_kube_config_contexts()
        if context is not None:
            current = next((entry for entry in contexts if entry["name"] == context), None)
        with complaints:
            config.load_kube_config(context=context, client_configuration=configuration)
        namespace = str(((current or {}).get("context") or {}).get("namespace") or "")
    except config.ConfigException as error:
        raise UserError(f"no cluster is configured: {error}; {hint}") from None
    except BROKEN as error:
        what = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UserError(f"no cluster is configured: the kubeconfig cannot be read: {what}; {hint}") from None
    if complaints.first:
        raise UserError(f"the kubeconfig gives no credentials: {complaints.first}; log in again, or {hint}")
    return configuration, namespace


class Complaints(logging.Handler):
    """What the client logs while it reads a kubeconfig: that the program which gives the credentials has failed."""

    def __init__(self) -> None:
        """Begin without any."""
        super().__init__()
        self.first = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the first line of the first one."""
        self.first = self.first or (record.getMessage().splitlines() or ["no reason"])[0]

    def __enter__(self) -> None:
        """Keep what is logged from here on from the terminal."""
        logging.getLogger().addHandler(self)

    def __exit__(self, *_: object) -> None:
        """Let the next ones go where they went before."""
        logging.getLogger().removeHandler(self)


def why(error: Exception) -> str:
    """Return why a server gave no answer, without the names of Python's objects."""
    # A failed handshake is an ApiException without a status; the last line of its reason is the cause.
    lines = str(getattr(error, "reason", None) or error).splitlines() or [type(error).__name__]
    return lines[-1].rpartition(": ")[2].split(" (_ssl.c")[0].rstrip("')\"")
