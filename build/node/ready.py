"""What the API server answers to the admin, and so whether pods can be placed."""

import json
import ssl
import urllib.request

from node.layout import NAME, Layout


def api_server(layout: Layout) -> bool:
    """Whether the API server answers that it is ready."""
    try:
        return ask(layout, "/readyz") == b"ok"
    except OSError:
        return False


def node(layout: Layout) -> bool:
    """Whether pods can be placed: the node is ready, and a controller has made the account that pods run as."""
    try:
        status = json.loads(ask(layout, f"/api/v1/nodes/{NAME}"))["status"]
        ask(layout, "/api/v1/namespaces/default/serviceaccounts/default")
        ask(layout, "/api/v1/namespaces/default/configmaps/kube-root-ca.crt")
    except OSError:
        return False
    return any(entry["type"] == "Ready" and entry["status"] == "True" for entry in status.get("conditions", []))


def ask(layout: Layout, path: str) -> bytes:
    """Return the API server's answer to the admin; OSError if there is no good one."""
    way = json.loads(layout.kubeconfig.read_text())
    cluster, user = way["clusters"][0]["cluster"], way["users"][0]["user"]
    tls = ssl.create_default_context(cafile=cluster["certificate-authority"])
    request = urllib.request.Request(cluster["server"] + path, headers={"Authorization": f"Bearer {user['token']}"})
    with urllib.request.urlopen(request, context=tls, timeout=10) as answer:
        return bytes(answer.read())
