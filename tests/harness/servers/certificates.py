"""A certificate authority and servers' certificates, made on the fly by openssl(1)."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

_OPTIONS = ("-nodes", "-days", "2")
_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", *_OPTIONS)


@dataclass(frozen=True)
class Certificate:
    """The files that a TLS server, or who trusts it, wants."""

    certificate: Path
    key: Path


def authority(folder: Path, name: str = "ca", kind: str = "") -> Certificate:
    """A certificate that signs others. kind: of the key as openssl-req(1) calls it, instead of an elliptic curve."""
    made = Certificate(folder / f"{name}.crt", folder / f"{name}.key")
    key = ("-newkey", kind, *_OPTIONS) if kind else _KEY
    _openssl("req", "-x509", *key, "-subj", f"/CN={name}", "-keyout", made.key, "-out", made.certificate)
    return made


def server(folder: Path, signer: Certificate, *names: str) -> Certificate:
    """A certificate for these names, such as "IP:127.0.0.1"."""
    made = Certificate(folder / "server.crt", folder / "server.key")
    names_entry = f"subjectAltName={','.join(names)}"
    signed_by = ("-CA", signer.certificate, "-CAkey", signer.key)
    subject = ("-subj", "/CN=apiserver", "-addext", names_entry, "-addext", "basicConstraints=critical,CA:FALSE")
    _openssl("req", "-x509", *_KEY, *signed_by, *subject, "-keyout", made.key, "-out", made.certificate)
    return made


def _openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True, timeout=60)
