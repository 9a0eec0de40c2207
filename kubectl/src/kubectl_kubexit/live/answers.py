"""What an API server answers: an object, or why it gives none, in one line."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kubernetes import client  # type: ignore[import-untyped]
from urllib3.exceptions import HTTPError

from kubectl_kubexit.errors import UserError
from kubectl_kubexit.live import kubeconfig

NO_SERVER = "this is no API server: its answer is not an object of Kubernetes; is the address in the kubeconfig right?"


def thing(body: bytes) -> dict[str, Any]:
    """Return the object in an answer; a proxy can answer with a page on which one must log in."""
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("kind"), str):
        raise UserError(NO_SERVER)
    return found


@contextmanager
def explained() -> Iterator[None]:
    """Make one line of what the API server refuses, or if it does not answer."""
    try:
        yield
    except client.ApiException as error:
        if error.status:
            raise UserError(f"the API server refuses: {first_line(error)}") from None
        raise UserError(f"the API server does not answer: {kubeconfig.why(error)}") from None
    except (HTTPError, OSError) as error:
        raise UserError(f"the API server does not answer: {kubeconfig.why(error)}") from None


def first_line(error: Any) -> str:
    """Return the message of a Status, or else the first line of an error."""
    try:
        return str(json.loads(error.body)["message"])
    except (TypeError, ValueError, KeyError):
        return str(error.reason or error).splitlines()[0]
