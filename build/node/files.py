"""The files that the daemons read: certificates, tokens, ways in, configurations."""

import json
import secrets
import subprocess
from pathlib import Path

from node.layout import ADDRESS, NAME, PODS, SERVICE, Layout

TEMPLATES = Path(__file__).parent / "templates"
_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30")


def write(layout: Layout, port: int) -> None:
    """Write all of them; `port` is where this machine reaches the API server."""
    (layout.etc / "cni").mkdir(parents=True)
    _certificates(layout.etc)
    admin, node = secrets.token_hex(16), secrets.token_hex(16)
    tokens = f'{admin},admin,1,"system:masters"\n{node},system:node:{NAME},2,"system:nodes"\n'
    (layout.etc / "tokens.csv").write_text(tokens)
    (layout.etc / "tokens.csv").chmod(0o600)
    _kubeconfig(layout, layout.kubeconfig, f"https://127.0.0.1:{port}", admin)
    _kubeconfig(layout, layout.etc / "admin.kubeconfig", "https://127.0.0.1:443", admin)
    _kubeconfig(layout, layout.etc / "node.kubeconfig", "https://127.0.0.1:443", node)
    for name in ("containerd.toml", "kubelet.yaml", "audit.yaml"):
        (layout.etc / name).write_text(_filled(layout, name))
    (layout.etc / "cni/bridge.conflist").write_text(_filled(layout, "bridge.json"))
    # No name server: what is asked by name is asked in vain at once.
    (layout.etc / "resolv.conf").touch()


def _filled(layout: Layout, name: str) -> str:
    text = (TEMPLATES / name).read_text()
    values = {
        "@DIR@": str(layout.folder),
        "@BIN@": str(layout.bin),
        "@CGROUP@": layout.cgroup,
        "@PODS@": PODS,
    }
    for mark, value in values.items():
        text = text.replace(mark, value)
    return text


def _certificates(folder: Path) -> None:
    authority = (folder / "ca.crt", folder / "ca.key")
    _openssl("req", "-x509", *_KEY, "-subj", "/CN=ca", "-keyout", authority[1], "-out", authority[0])
    names = [f"IP:{address}" for address in ("127.0.0.1", ADDRESS, SERVICE)]
    names += ["DNS:localhost", "DNS:kubernetes.default.svc"]
    entries = ("-addext", f"subjectAltName={','.join(names)}", "-addext", "basicConstraints=critical,CA:FALSE")
    signed = ("-CA", authority[0], "-CAkey", authority[1], "-keyout", folder / "server.key")
    _openssl("req", "-x509", *_KEY, *signed, "-subj", "/CN=server", *entries, "-out", folder / "server.crt")
    key = folder / "sa.key"
    _openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", key)
    _openssl("pkey", "-in", key, "-pubout", "-out", folder / "sa.pub")


def _kubeconfig(layout: Layout, file: Path, server: str, token: str) -> None:
    made = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "node",
        "contexts": [{"name": "node", "context": {"cluster": "node", "user": "user"}}],
        "users": [{"name": "user", "user": {"token": token}}],
        "clusters": [
            {"name": "node", "cluster": {"server": server, "certificate-authority": str(layout.etc / "ca.crt")}}
        ],
    }
    file.write_text(json.dumps(made))  # YAML is a superset of JSON
    file.chmod(0o600)


def _openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True, timeout=60)
