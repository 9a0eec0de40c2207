"""distribution's registry on loopback: open or with passwords or tokens, plain or with TLS.

    with Registry(folder, access=BASIC, tls=certificate) as registry:
        push(registry, layout, "team/app:1")

By hand, `PYTHONPATH=tests:build python -m images.registry FOLDER` runs an open one until Ctrl-C.
"""

import base64
import contextlib
import hashlib
import json
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from harness.servers import certificates
from harness.servers.certificates import Certificate
from harness.waiting import eventually
from node import programs

OPEN, BASIC, TOKEN = "open", "basic", "token"
USER, PASSWORD = "user", "secret"
IDENTITY = "an-identity-token"  # what the token server gives an access token for, instead of a password
# bcrypt of the password: the registry takes no other kind.
HTPASSWD = f"{USER}:$2b$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a\n"
ISSUER, SERVICE = "tests", "registry"
START_ALARM = 30.0
INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"


class Registry:
    """A registry that keeps its images in a folder. access: open, basic or token."""

    def __init__(self, folder: Path, access: str = OPEN, tls: Certificate | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.access = access
        self.tls = tls
        self.host = ""
        self._tokens = TokenServer(folder) if access == TOKEN else None
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Registry":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def start(self) -> None:
        """Start it; return when it listens. UnavailableError if the program is not built."""
        configuration = self.folder / "config.json"  # YAML is a superset of JSON
        configuration.write_text(json.dumps(self._configuration()))
        with self._log.open("wb") as log:
            command = [programs.find(programs.REGISTRY), "serve", configuration]
            self._process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        self.host = eventually(self._listening, f"the registry listens (log: {self._log})", START_ALARM, 0.02)

    def end(self) -> None:
        """End it; what was pushed stays in the folder."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(START_ALARM)
        if self._tokens is not None:
            self._tokens.close()

    @property
    def tokens(self) -> "TokenServer":
        """What gives its tokens."""
        assert self._tokens is not None
        return self._tokens

    @property
    def log(self) -> str:
        """What it has logged: each request is in it."""
        return self._log.read_text()

    @property
    def _log(self) -> Path:
        return self.folder / "log"

    def _listening(self) -> str:
        assert self._process is not None
        assert self._process.poll() is None, self.log
        found = re.search(r"listening on (127\.0\.0\.1:\d+)", self.log)
        return found[1] if found else ""

    def _configuration(self) -> dict[str, Any]:
        made: dict[str, Any] = {
            "version": 0.1,
            "log": {"level": "info"},
            "storage": {"filesystem": {"rootdirectory": str(self.folder / "data")}, "delete": {"enabled": True}},
            "http": {"addr": "127.0.0.1:0", "secret": "one"},
        }
        if self.tls is not None:
            made["http"]["tls"] = {"certificate": str(self.tls.certificate), "key": str(self.tls.key)}
        if self.access == BASIC:
            (self.folder / "htpasswd").write_text(HTPASSWD)
            made["auth"] = {"htpasswd": {"realm": "tests", "path": str(self.folder / "htpasswd")}}
        if self._tokens is not None:
            made["auth"] = {"token": self._tokens.configuration}
        return made


class TokenServer(ThreadingHTTPServer):
    """What gives tokens for a password, as Docker Hub does, and for a repository public/… without one.

    The registry trusts its key by a certificate. asked: the users of all requests, "" without a password. forms: of all
    requests with an identity token, by POST (OAuth 2).
    """

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), TokenHandler)
        self.forms: list[dict[str, str]] = []
        self.signer = certificates.authority(folder, "tokens", "rsa:2048")
        self.asked: list[str] = []
        self._serving = threading.Thread(target=self.serve_forever, args=(0.05,))
        self._serving.start()

    @property
    def configuration(self) -> dict[str, str]:
        """What the registry must know of it."""
        return {
            "realm": f"http://127.0.0.1:{self.server_port}/token",
            "service": SERVICE,
            "issuer": ISSUER,
            "rootcertbundle": str(self.signer.certificate),
        }

    def close(self) -> None:
        """End it."""
        self.shutdown()
        self._serving.join()
        self.server_close()

    def token(self, user: str, scopes: list[str]) -> str:
        """A signed token with the rights that a user has of those it asks for."""
        access = []
        for scope in scopes:
            kind, name, actions = scope.split(":")
            if user or name.startswith("public/"):
                access.append({"type": kind, "name": name, "actions": actions.split(",") if user else ["pull"]})
        now = int(time.time())
        claims = {"iss": ISSUER, "sub": user, "aud": SERVICE, "jti": "1", "access": access}
        claims |= {"nbf": now - 60, "iat": now - 60, "exp": now + 600}
        pem = self.signer.certificate.read_text()
        header = {"typ": "JWT", "alg": "RS256", "x5c": ["".join(pem.splitlines()[1:-1])]}
        text = ".".join(url64(json.dumps(part).encode()) for part in (header, claims))
        sign = ["openssl", "dgst", "-sha256", "-sign", self.signer.key]
        return f"{text}.{url64(subprocess.run(sign, input=text.encode(), capture_output=True, check=True).stdout)}"


class TokenHandler(BaseHTTPRequestHandler):
    """Answers of the token server."""

    server: TokenServer

    def do_GET(self) -> None:
        given = self.headers.get("Authorization", "")
        known = given == f"Basic {base64.b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}"
        self.server.asked.append(USER if known else "")
        scopes = parse_qs(urlsplit(self.path).query).get("scope", [])
        allowed = known or not given
        self.answer({"token": self.server.token(USER if known else "", scopes)} if allowed else {})

    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {key: values[0] for key, values in parse_qs(text).items()}
        self.server.forms.append(form)
        known = (form.get("grant_type"), form.get("refresh_token")) == ("refresh_token", IDENTITY)
        right = known and form.get("service") == SERVICE and bool(form.get("client_id"))
        scopes = form.get("scope", "").split()
        self.answer({"access_token": self.server.token(USER, scopes), "expires_in": 60} if right else {})

    def answer(self, given: dict[str, Any]) -> None:
        """Give a token, or refuse."""
        body = json.dumps(given).encode()
        self.send_response(200 if given else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing on stderr."""


def url64(data: bytes) -> str:
    """Base64 for URLs, without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class ImageLayout:
    """A folder with images, as the OCI image layout describes it."""

    def __init__(self, folder: Path) -> None:
        (folder / "blobs/sha256").mkdir(parents=True)
        self.folder = folder
        (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')

    def image(self, config: Mapping[str, Any], **platform: str) -> dict[str, Any]:
        """Add an image without files; its descriptor. config: its `config`. platform: os, architecture, variant."""
        described = {**platform, "config": dict(config), "rootfs": {"type": "layers", "diff_ids": []}}
        manifest = {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": self.blob(CONFIG, described),
            "layers": [],
        }
        return {**self.blob(MANIFEST, manifest), "platform": platform}

    def index(self, manifests: list[dict[str, Any]]) -> dict[str, Any]:
        """Add an index of images; its descriptor."""
        return self.blob(INDEX, {"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests})

    def tag(self, name: str, descriptor: dict[str, Any]) -> None:
        """Give the only name of this layout to an image or an index."""
        named = {**descriptor, "annotations": {"org.opencontainers.image.ref.name": name}}
        text = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": [named]})
        (self.folder / "index.json").write_text(text)

    def blob(self, kind: str, content: object) -> dict[str, Any]:
        """Add a JSON document; its descriptor."""
        data = json.dumps(content).encode()
        digest = hashlib.sha256(data).hexdigest()
        (self.folder / "blobs/sha256" / digest).write_bytes(data)
        return {"mediaType": kind, "digest": f"sha256:{digest}", "size": len(data)}


def push(registry: Registry, layout: ImageLayout, name: str) -> str:
    """Copy the only image or index of a layout to a name in a registry, with skopeo; its digest there."""
    password = [] if registry.access == OPEN else ["--dest-creds", f"{USER}:{PASSWORD}"]
    target = f"docker://{registry.host}/{name}"
    # A push does not verify certificates; the code that is tested does.
    copy = ["skopeo", "--insecure-policy", "copy", "--all", "--quiet", "--dest-tls-verify=false", *password]
    done = subprocess.run([*copy, f"oci:{layout.folder}", target], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    manifest = json.loads((layout.folder / "index.json").read_text())["manifests"][0]
    return str(manifest["digest"])


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    with contextlib.suppress(KeyboardInterrupt), Registry(Path(sys.argv[1]).resolve()) as one:
        print(one.host, flush=True)
        signal.pause()
