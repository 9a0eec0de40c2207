"""What to say when the API server answers 403: who may not do what, and what would allow it.

"Forbidden" sends people searching. The server's own message and the token name the
service account, so the missing Role and RoleBinding can be printed ready for use.
"""

import json
import re
from typing import Any

ROLE = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: kubexit
  namespace: {namespace}
rules:
- apiGroups: [""]
  resources: [pods]
  verbs: [list, watch]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: kubexit-{account}
  namespace: {namespace}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: kubexit
subjects:
- kind: ServiceAccount
  name: {account}
  namespace: {account_namespace}
"""


def explain(verb: str, namespace: str, claims: dict[str, Any], body: bytes | None) -> tuple[str, str]:
    """The sentence, and the manifests."""
    said = _message(body)
    account_namespace, account = _account(claims, said) or (namespace, "default")
    sentence = (
        f'403: service account "{account}" of namespace "{account_namespace}" may not {verb} the resource "pods" in '
        f'namespace "{namespace}". This Role and RoleBinding would allow it:'
    )
    if said and "is forbidden" not in said:
        sentence = f"{said}. {sentence}"
    return sentence, ROLE.format(namespace=namespace, account=account, account_namespace=account_namespace)


def _message(body: bytes | None) -> str:
    try:
        status = json.loads(body or b"")
    except ValueError:
        return ""
    return str(status.get("message") or "") if isinstance(status, dict) else ""


def _account(claims: dict[str, Any], said: str) -> tuple[str, str] | None:
    """Namespace and name, from the token or else from the words of the server."""
    name = r"system:serviceaccount:([a-z0-9.-]+):([a-z0-9.-]+)"
    found = re.fullmatch(name, str(claims.get("sub"))) or re.search(name, said)
    return (found[1], found[2]) if found else None
