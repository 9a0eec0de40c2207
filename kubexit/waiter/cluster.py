"""GET requests to the API server by the official client."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

from kubexit.waiter import lean
from kubexit.waiter.account import Account, address, authority
from kubexit.waiter.connection import KEEPALIVE

CONNECT_SECONDS = 5.0  # TCP and TLS each
UNAUTHORIZED = 401


class Cluster:
    """GET requests to the API server; the official client underneath, without its model classes."""

    def __init__(self, account: Account, environ: Mapping[str, str] = os.environ) -> None:
        self.account = account
        self.url = f"https://{authority(*address(environ))}"
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
        """Drop connections and certificate; the next request makes and reads new ones."""
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
