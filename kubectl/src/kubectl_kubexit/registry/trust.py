"""What a connection to a registry trusts: the authorities of this machine, and the ones that docker and podman have."""

import contextlib
import os
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests.adapters

REMEDY = "put the certificate of its authority into /etc/docker/certs.d/HOST/ca.crt, or name it in SSL_CERT_FILE"
FOLDERS = ("/etc/docker/certs.d", "/etc/containers/certs.d")


class Adapter(requests.adapters.HTTPAdapter):
    """Connections that trust more than the authorities that come with requests."""

    def __init__(self, context: ssl.SSLContext) -> None:
        """Keep the context: the pool of connections is made in the constructor of the base."""
        self.context = context
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **keywords: Any) -> Any:
        """Make the pool of connections."""
        return super().init_poolmanager(*arguments, **keywords, ssl_context=self.context)


def adapter(host: str) -> Adapter:
    """Return an adapter for a registry: the authorities of the system (SSL_CERT_FILE), of docker and of podman count.

    Args:
        host: of the registry, with its port, as the folders in certs.d are called.
    """
    context = ssl.create_default_context()
    for path in authorities(host):
        with contextlib.suppress(OSError, ssl.SSLError):  # what is missing shows when the certificate is verified
            context.load_verify_locations(path)
    return Adapter(context)


def authorities(host: str) -> Iterator[Path]:
    """Return the certificates of authorities that docker or podman trusts for a registry."""
    own = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "containers" / "certs.d"
    for folder in (own, Path.home() / ".docker" / "certs.d", *map(Path, FOLDERS)):
        if (folder / host).is_dir():
            yield from sorted((folder / host).glob("*.crt"))
