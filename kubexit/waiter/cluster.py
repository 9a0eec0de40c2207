"""The way to the API server from inside a pod: its address, our token, its certificate.

The kubelet puts all three into the container, and replaces the token about every hour
and whenever it pleases. A client that read it once at start is refused later, so it
is read again at least each minute, and at once when the server refuses it.
"""

import base64
import json
import os
import socket
import time
from collections.abc import Mapping, Sequence
from typing import Any

from kubexit.waiter import lean
from kubexit.waiter.errors import SettingsError

SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
TOKEN_SECONDS = 60.0
CONNECT_SECONDS = 5.0  # TCP and TLS each
UNAUTHORIZED = 401
KEEPALIVE = [
    (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),  # urllib3's own default, which this list replaces
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 15),  # seconds of silence before the first probe
    (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 5),
    (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3),
]


class Account:
    """The service account as the kubelet mounts it."""

    def __init__(self, folder: str | os.PathLike[str] = SERVICE_ACCOUNT) -> None:
        # No pathlib: importing it takes a twentieth of the time to the first request.
        self.certificate = os.path.join(folder, "ca.crt")
        self._file = os.path.join(folder, "token")
        self._token = ""
        self._read_at = 0.0
        self.read()
        if not os.path.isfile(self.certificate):
            raise SettingsError(f"no service account: {self.certificate} is missing, the API server cannot be trusted")

    @property
    def token(self) -> str:
        """The token, at most a minute old."""
        if time.monotonic() - self._read_at > TOKEN_SECONDS:
            self.read()
        return self._token

    def read(self) -> None:
        """Read the token again."""
        try:
            # A newline at the end would make the header invalid.
            with open(self._file, encoding="ascii") as file:
                token = file.read().strip()
        except (OSError, ValueError) as error:
            if self._token:
                return  # the old one may do until the file is back
            reason = error.strerror if isinstance(error, OSError) else "not a token"
            raise SettingsError(
                f"no service account is mounted ({self._file}: {reason}): KUBEXIT_BIRTH_DEPS asks the Kubernetes API. "
                "Is automountServiceAccountToken false? KUBEXIT_BIRTH_SOURCE=graveyard needs no API"
            ) from None
        if not token and not self._token:
            raise SettingsError(f"no service account is mounted: {self._file} is empty")
        self._token = token or self._token
        self._read_at = time.monotonic()

    @property
    def claims(self) -> dict[str, Any]:
        """What the token says about its owner (unverified: only for messages, and to know our own pod)."""
        try:
            payload = self._token.split(".")[1]
            claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        except (IndexError, ValueError):
            return {}
        return claims if isinstance(claims, dict) else {}

    def pod_uid(self, name: str, namespace: str) -> str | None:
        """The uid of the pod that the token is bound to, when that is the pod of this name."""
        bound = self.claims.get("kubernetes.io") or {}
        pod = bound.get("pod") or {}
        return pod.get("uid") if (bound.get("namespace"), pod.get("name")) == (namespace, name) else None


def address(environ: Mapping[str, str]) -> str:
    """The URL of the API server; an IPv6 address goes in brackets."""
    host, port = (environ.get(f"KUBERNETES_SERVICE_{part}") or "" for part in ("HOST", "PORT"))
    if not host or not port:
        raise SettingsError("not in a pod: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set")
    return f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}"


class Cluster:
    """GET requests to the API server; the official client underneath, without its model classes."""

    def __init__(self, account: Account, environ: Mapping[str, str] = os.environ) -> None:
        self.account = account
        self.url = address(environ)
        self._client: Any = None

    def get(self, path: str, names: dict[str, str], query: Sequence[tuple[str, object]], read_seconds: float) -> Any:
        """Return the open answer (urllib3.HTTPResponse); ApiException for a status that is not 2xx.

        A first 401 is answered with the token as it is in the file now.
        """
        try:
            return self._get(path, names, query, read_seconds)
        except lean.client().ApiException as error:
            if error.status != UNAUTHORIZED:
                raise
        self.account.read()
        return self._get(path, names, query, read_seconds)

    def disconnect(self) -> None:
        """Forget connections and certificate; the next request makes and reads them anew."""
        if self._client is not None:
            self._client.rest_client.pool_manager.clear()
            self._client = None

    def _get(self, path: str, names: dict[str, str], query: Sequence[tuple[str, object]], read_seconds: float) -> Any:
        if self._client is None:
            self._client = self._connect()
        return self._client.call_api(
            path,
            "GET",
            path_params=names,
            query_params=list(query),
            header_params={"Accept": "application/json"},
            auth_settings=["BearerToken"],
            _preload_content=False,
            _return_http_data_only=True,
            _request_timeout=(CONNECT_SECONDS, read_seconds),
        )

    def _connect(self) -> Any:
        settings = lean.client().Configuration(host=self.url)
        settings.ssl_ca_cert = self.account.certificate
        settings.proxy = None  # a proxy of the environment is not for the cluster's own address
        settings.retries = False  # kubexit.waiter.pod decides when to try again
        settings.api_key = {"authorization": ""}
        settings.refresh_api_key_hook = lambda it: it.api_key.update(authorization=f"Bearer {self.account.token}")
        client = lean.client().ApiClient(settings)
        client.user_agent = "kubexit"
        # A node or load balancer that is gone sends nothing, not even an end; the client has no setting for this.
        client.rest_client.pool_manager.connection_pool_kw["socket_options"] = KEEPALIVE
        return client
