"""A connection of the tests to the API server: as admin, by raw requests, and for a service account like a pod's."""

import json
import uuid
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import kubernetes.client  # type: ignore[import-untyped]
    import kubernetes.config  # type: ignore[import-untyped]

# What the waiter may do, and nothing else.
RIGHTS = ("list", "watch")


class RefusedError(Exception):
    """An answer that is not 2xx."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code


@dataclass(frozen=True)
class Account:
    """A service account: its name and a folder as it is mounted into a pod."""

    name: str
    folder: Path


class Access:
    """The admin's connection, in a namespace for this test run."""

    def __init__(self, kubeconfig: Path) -> None:
        self.client = kubernetes.config.new_client_from_config(str(kubeconfig))
        self.namespace = f"kubexit-test-{uuid.uuid4().hex[:8]}"
        address = urlsplit(self.client.configuration.host)
        self.host, self.port = str(address.hostname), address.port or 443

    @property
    def pods(self) -> str:
        """The path of this namespace's pods."""
        return f"/api/v1/namespaces/{self.namespace}/pods"

    def call(
        self, method: str, path: str, body: Any = None, query: Mapping[str, str] | None = None, text: bool = False
    ) -> Any:
        """The answer to one request, parsed unless it is text; RefusedError when it is not 2xx."""
        kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
        try:
            return self.client.call_api(
                path,
                method,
                query_params=list((query or {}).items()),
                header_params={"Accept": "*/*" if text else "application/json", "Content-Type": kind},
                body=body,
                response_type="str" if text else "object",
                auth_settings=["BearerToken"],
                _return_http_data_only=True,
                _request_timeout=30,
            )
        except kubernetes.client.ApiException as error:
            raise RefusedError(error.status, str(error.body)) from None

    def follow(self, path: str, query: Mapping[str, str]) -> Any:
        """The answer to a GET that comes bit by bit, as a stream of bytes."""
        return self.client.call_api(
            path,
            "GET",
            query_params=list(query.items()),
            header_params={"Accept": "*/*"},
            auth_settings=["BearerToken"],
            _return_http_data_only=True,
            _preload_content=False,
            _request_timeout=(30, 300),
        )

    def open(self, standard: str = "privileged") -> None:
        """Make the namespace under a pod security standard, with the account that its pods need."""
        metadata = {"name": self.namespace, "labels": {"pod-security.kubernetes.io/enforce": standard}}
        self.call("POST", "/api/v1/namespaces", {"metadata": metadata})
        try:
            self.call("POST", self._path("", "serviceaccounts"), {"metadata": {"name": "default"}})
        except RefusedError as error:
            if error.code != 409:  # a controller was faster
                raise

    def close(self) -> None:
        """Remove the namespace; a controller removes its contents, if there is one."""
        self.call("DELETE", f"/api/v1/namespaces/{self.namespace}")
        self.client.close()

    def account(self, folder: Path, verbs: Iterable[str] = RIGHTS) -> Account:
        """A new service account that may do just that to pods; its token and the CA as they are mounted."""
        account = Account(f"account-{uuid.uuid4().hex[:8]}", folder)
        self.call("POST", self._path("", "serviceaccounts"), {"metadata": {"name": account.name}})
        if verbs := list(verbs):
            self.grant(account, verbs)
        self.mount(account)
        return account

    def mount(self, account: Account) -> None:
        """Fill the account's folder as a kubelet does."""
        account.folder.mkdir(parents=True)
        (account.folder / "ca.crt").write_bytes(Path(self.client.configuration.ssl_ca_cert).read_bytes())
        (account.folder / "namespace").write_text(self.namespace)
        (account.folder / "token").write_text(self.token(account))

    def replace(self, account: Account) -> None:
        """Make the account again, so that its old tokens are void, and put a new token into its folder."""
        accounts = self._path("", "serviceaccounts")
        self.call("DELETE", f"{accounts}/{account.name}")
        self.call("POST", accounts, {"metadata": {"name": account.name}})
        draft = account.folder / ".token"
        draft.write_text(self.token(account))
        draft.rename(account.folder / "token")

    def kubeconfig(self, account: Account) -> Path:
        """A kubeconfig of the account, in its folder."""
        cluster = {"server": self.client.configuration.host, "certificate-authority": str(account.folder / "ca.crt")}
        config = {
            "clusters": [{"name": "here", "cluster": cluster}],
            "users": [{"name": "account", "user": {"token": (account.folder / "token").read_text()}}],
            "contexts": [{"name": "it", "context": {"cluster": "here", "user": "account"}}],
            "current-context": "it",
        }
        file = account.folder / "kubeconfig"
        file.write_text(json.dumps(config))
        return file

    def grant(self, account: Account, verbs: Iterable[str] = RIGHTS, resource: str = "pods") -> None:
        """A Role for these verbs on pods or a part of them, bound to the account."""
        group = "rbac.authorization.k8s.io"
        rules = [{"apiGroups": [""], "resources": [resource], "verbs": list(verbs)}]
        metadata = {"name": f"{account.name}-{resource.replace('/', '-')}"}
        reference = {"apiGroup": group, "kind": "Role", "name": metadata["name"]}
        subjects = [{"kind": "ServiceAccount", "name": account.name, "namespace": self.namespace}]
        self.call("POST", self._path(group, "roles"), {"metadata": metadata, "rules": rules})
        binding = {"metadata": metadata, "roleRef": reference, "subjects": subjects}
        self.call("POST", self._path(group, "rolebindings"), binding)

    def token(self, account: Account) -> str:
        """A fresh token of the account."""
        path = f"{self._path('', 'serviceaccounts')}/{account.name}/token"
        return str(self.call("POST", path, {"spec": {"expirationSeconds": 3600}})["status"]["token"])

    def _path(self, group: str, resource: str) -> str:
        root = f"/apis/{group}/v1" if group else "/api/v1"
        return f"{root}/namespaces/{self.namespace}/{resource}"
