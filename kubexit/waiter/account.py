"""The service account as the kubelet puts it into the container, and the address of the API server.

The kubelet replaces the token about every hour and whenever it pleases. A client that
read it once at start is refused later, so it is read again at least each minute, and at
once when the server refuses it.
"""

from binascii import a2b_base64
from time import monotonic

from kubexit.waiter import engine
from kubexit.waiter.errors import SettingsError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
TOKEN_SECONDS = 60.0


class Account:
    """The files of a service account."""

    def __init__(self, folder: str = SERVICE_ACCOUNT) -> None:
        self.certificate = f"{folder}/ca.crt"
        self._file = f"{folder}/token"
        self._token = ""
        self._read_at = 0.0
        self.read()
        try:
            open(self.certificate, "rb").close()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            raise SettingsError(
                f"no service account: {self.certificate} is missing, the API server cannot be trusted"
            ) from None
        except OSError:
            pass  # it exists; the code that loads it reports why it cannot be read

    @property
    def token(self) -> str:
        """The token, at most a minute old."""
        if monotonic() - self._read_at > TOKEN_SECONDS:
            self.read()
        return self._token

    def read(self) -> None:
        """Read the token again."""
        try:
            # A newline at the end would make the header invalid.
            with open(self._file, "rb") as file:
                token = file.read().decode("ascii").strip()
        except (OSError, ValueError) as error:
            if self._token:
                return  # the old one may do until the file is back
            reason = error.strerror if isinstance(error, OSError) else "not a token"
            raise SettingsError(
                f"no service account is mounted ({self._file}: {reason}), and the Kubernetes API needs its token. Is "
                "automountServiceAccountToken false? KUBEXIT_BIRTH_SOURCE and _DEATH_SOURCE=graveyard need no API"
            ) from None
        if not token and not self._token:
            raise SettingsError(f"no service account is mounted: {self._file} is empty")
        self._token = token or self._token
        self._read_at = monotonic()

    @property
    def claims(self) -> "dict[str, Any]":
        """What the token says about its owner (unverified: only for messages, and to know our own pod)."""
        try:
            payload = self._token.split(".")[1].replace("-", "+").replace("_", "/")
            claims = engine.parse(a2b_base64(payload + "=" * (-len(payload) % 4)).decode())
        except (IndexError, ValueError):
            return {}
        return claims if isinstance(claims, dict) else {}

    def pod_uid(self, name: str, namespace: str) -> str | None:
        """The uid of the pod that the token is bound to, when that is the pod of this name."""
        bound = self.claims.get("kubernetes.io") or {}
        pod = bound.get("pod") or {}
        return pod.get("uid") if (bound.get("namespace"), pod.get("name")) == (namespace, name) else None


def address(environ: "Mapping[str, str]") -> tuple[str, str]:
    """Host and port of the API server."""
    host, port = (environ.get(f"KUBERNETES_SERVICE_{part}") or "" for part in ("HOST", "PORT"))
    if not host or not port:
        raise SettingsError("not in a pod: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set")
    return host, port


def authority(host: str, port: str) -> str:
    """Host and port as a URL has them; an IPv6 address goes in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
