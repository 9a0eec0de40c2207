"""Access by an identity token: a token server gives an access token for it (OAuth 2, RFC 6749, section 6)."""

from typing import Any
from urllib.parse import urlsplit

import oras.auth

from kubectl_kubexit.registry.reference import LOCAL

CLIENT = "kubectl-kubexit"


class IdentityAuth(oras.auth.TokenAuth):  # type: ignore[misc]
    """Asks for an access token by POST, with the identity token as the refresh token."""

    def __init__(self, identity: str, other: oras.auth.TokenAuth) -> None:
        """Take over the connection of another backend."""
        super().__init__()
        self.identity = identity
        self.session, self._tls_verify, self.prefix = other.session, other._tls_verify, other.prefix
        self._basic_auth = ""  # without it, an anonymous token would be asked for first

    def request_token(self, h: Any) -> str | None:
        """Return an access token; None if the server gives none, or would get the identity token in plain text."""
        realm = urlsplit(str(h.realm))
        if realm.scheme != "https" and realm.hostname not in {host.strip("[]") for host in LOCAL.split(",")}:
            return None
        form = {"grant_type": "refresh_token", "client_id": CLIENT, "refresh_token": self.identity}
        form |= {key: value for key, value in (("service", h.service), ("scope", h.scope)) if value}
        answer = self.session.request("POST", h.realm, data=form, verify=self._tls_verify)
        if answer.status_code != 200:
            return None
        given = answer.json()
        token = given.get("access_token") or given.get("token")
        return str(token) if token else None
