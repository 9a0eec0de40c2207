"""Where `wrap` finds the entry point of an image whose container has no `command`."""

import base64
import hashlib
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from click.testing import CliRunner

from kubectl_kubexit.commands.wrap import command as wrap
from kubectl_kubexit.errors import UserError
from kubectl_kubexit.registry import local, reference

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
USER = "user:secret"


class Registry(ThreadingHTTPServer):
    """A registry as the OCI distribution specification describes it, with one image for three platforms.

    access: open, basic or token. requests: method, path and the Authorization that came.
    """

    def __init__(self, access: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.access = access
        self.blobs: dict[str, tuple[str, bytes]] = {}
        self.requests: list[tuple[str, str, str]] = []
        manifests = [
            self.image({"os": "unknown", "architecture": "unknown"}, {"Cmd": ["attestation"]}),
            self.image({"os": "linux", "architecture": "arm", "variant": "v7"}, {"Cmd": ["/arm"]}),
            self.image({"os": "linux", "architecture": "arm64"}, {"Entrypoint": ["/arm64"], "Cmd": None}),
            self.image(
                {"os": "linux", "architecture": "amd64"}, {"Entrypoint": ["/app", "run"], "Cmd": ["--port", "80"]}
            ),
        ]
        self.index = self.put(INDEX, {"schemaVersion": 2, "manifests": manifests})
        self.empty = self.put(MANIFEST, self.manifest({}))
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    def put(self, kind: str, content: object) -> str:
        body = json.dumps(content).encode()
        digest = f"sha256:{hashlib.sha256(body).hexdigest()}"
        self.blobs[digest] = (kind, body)
        return digest

    def manifest(self, config: dict[str, object]) -> dict[str, object]:
        return {
            "schemaVersion": 2,
            "config": {"digest": self.put("application/json", {"config": config})},
            "layers": [],
        }

    def image(self, platform: dict[str, str], config: dict[str, object]) -> dict[str, object]:
        return {"mediaType": MANIFEST, "digest": self.put(MANIFEST, self.manifest(config)), "platform": platform}

    def may_pass(self, authorization: str) -> bool:
        basic = f"Basic {base64.b64encode(USER.encode()).decode()}"
        return {"open": True, "basic": authorization == basic, "token": authorization == "Bearer good"}[self.access]


class Handler(BaseHTTPRequestHandler):
    """Answers of the registry."""

    server: Registry

    def do_GET(self) -> None:
        given = self.headers.get("Authorization", "")
        url = urlsplit(self.path)
        self.server.requests.append(("GET", self.path, given))
        if url.path == "/token":
            good = parse_qs(url.query).get("service") == ["registry"] and given.startswith("Basic ")
            self.answer(200, "application/json", json.dumps({"token": "good" if good else "bad"}).encode())
        elif not self.server.may_pass(given):
            realm = (
                f'Bearer realm="http://{self.server.host}/token",service="registry",scope="repository:team/app:pull"'
            )
            challenge = 'Basic realm="registry"' if self.server.access == "basic" else realm
            self.answer(401, "application/json", b"{}", {"Www-Authenticate": challenge})
        else:
            names = {"latest": self.server.index, "1": self.server.index, "empty": self.server.empty}
            key = url.path.rpartition("/")[2]
            digest = names.get(key, key)
            kind, body = self.server.blobs.get(digest, ("", b""))
            status = 200 if kind or url.path == "/v2/" else 404
            self.answer(status, kind, body, {"Docker-Content-Digest": digest})

    def answer(self, status: int, kind: str, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for key, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing on stderr."""


@pytest.fixture
def registry(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Registry]:
    """A registry; the home folder has no credentials."""
    for name in ("DOCKER_CONFIG", "REGISTRY_AUTH_FILE", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    server = Registry(getattr(request, "param", "open"))
    yield server
    server.shutdown()
    server.server_close()


def wrapped(image: str, tmp_path: Path, *options: str, args: str = "") -> dict[str, object]:
    """The container of a pod with one container, after wrap."""
    path = tmp_path / "pod.yaml"
    path.write_text(f"kind: Pod\nspec:\n  containers:\n  - name: main\n    image: {image}\n{args}")
    found = CliRunner().invoke(wrap, ["--deliver", "none", *options, str(path)], catch_exceptions=False)
    container = yaml.safe_load(found.stdout)["spec"]["containers"][0]
    return dict(container)


def refusal(image: str, tmp_path: Path, *options: str) -> str:
    """The line of an error of the user."""
    with pytest.raises(UserError) as raised:
        wrapped(image, tmp_path, *options)
    return str(raised.value)


def log_in(folder: Path, host: str, **more: object) -> None:
    """Write a configuration of docker with credentials for a registry."""
    folder.mkdir(parents=True, exist_ok=True)
    auth = base64.b64encode(USER.encode()).decode()
    (folder / "config.json").write_text(json.dumps({"auths": {host: {"auth": auth}}, **more}))


@pytest.mark.behaviour("authoring-entry-point")
@pytest.mark.parametrize(
    ("options", "args", "command"),
    [
        ([], "", ["/app", "run", "--port", "80"]),
        ([], "    args: [--fast]\n", ["/app", "run"]),
        (["--platform", "linux/arm64"], "", ["/arm64"]),
        (["--platform", "linux/arm/v7"], "", ["/arm"]),
        (["--platform", "linux/arm"], "", ["/arm"]),
    ],
)
def test_entry_point_is_that_of_the_platform(
    registry: Registry, tmp_path: Path, options: list[str], args: str, command: list[str]
) -> None:
    """ENTRYPOINT and CMD come from the image of the platform; `args` of the manifest replace CMD."""
    container = wrapped(f"{registry.host}/team/app:1", tmp_path, "--entry", "registry", *options, args=args)

    assert container["command"] == ["kubexit", "--", *command]
    assert container.get("args") == (["--fast"] if args else None)


@pytest.mark.behaviour("authoring-entry-point")
def test_digest_is_pinned_only_when_asked_for(registry: Registry, tmp_path: Path) -> None:
    """--pin writes the digest of what the name leads to, the index; without it the image stays."""
    image = f"{registry.host}/team/app:1"

    assert wrapped(image, tmp_path, "--entry", "registry")["image"] == image
    pinned = str(wrapped(image, tmp_path, "--entry", "registry", "--pin")["image"])
    assert pinned == f"{image}@{registry.index}"
    assert wrapped(pinned, tmp_path, "--entry", "registry", "--pin")["image"] == pinned


@pytest.mark.behaviour("authoring-entry-point")
@pytest.mark.parametrize("registry", ["basic", "token"], indirect=True)
@pytest.mark.parametrize("place", ["home", "DOCKER_CONFIG", "podman", "helper"])
def test_credentials_of_docker_and_podman_are_used(
    registry: Registry, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Credentials come from docker, from podman, or from a credential helper; they also get a token."""
    folders = {"home": tmp_path / "home/.docker", "DOCKER_CONFIG": tmp_path / "config", "podman": tmp_path / "run"}
    if place == "helper":
        program = tmp_path / "bin" / "docker-credential-test"
        program.parent.mkdir()
        program.write_text('#!/bin/sh\necho "{\\"Username\\": \\"user\\", \\"Secret\\": \\"secret\\"}"\n')
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
        (tmp_path / "home/.docker").mkdir(parents=True)
        content = json.dumps({"credHelpers": {registry.host: "test"}})
        (tmp_path / "home/.docker/config.json").write_text(content)
    else:
        log_in(folders[place], registry.host)
        monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "config"))
        monkeypatch.setenv("REGISTRY_AUTH_FILE", str(tmp_path / "run/config.json"))
    container = wrapped(f"{registry.host}/team/app", tmp_path, "--entry", "registry")

    assert container["command"] == ["kubexit", "--", "/app", "run", "--port", "80"]


@pytest.mark.behaviour("authoring-entry-point")
@pytest.mark.parametrize(
    ("registry", "image", "words"),
    [
        ("open", "team/app:gone", "does not have this image"),
        ("open", "team/app:empty", "has no ENTRYPOINT"),
        ("basic", "team/app:1", "docker login"),
        ("token", "team/app:1", "needs credentials; docker login"),
    ],
    indirect=["registry"],
)
def test_an_unknown_entry_point_names_the_remedy(registry: Registry, image: str, words: str, tmp_path: Path) -> None:
    """Without an entry point the line names the file, the container, the reason, and what to give."""
    line = refusal(f"{registry.host}/{image}", tmp_path, "--entry", "registry")

    assert words in line
    assert f"{tmp_path}/pod.yaml:3 Pod: container main has no command" in line
    assert "--command main='COMMAND'" in line


@pytest.mark.behaviour("authoring-entry-point")
def test_a_missing_platform_lists_the_others(registry: Registry, tmp_path: Path) -> None:
    """If the image is not for the platform, the line lists its platforms, without attestations."""
    line = refusal(f"{registry.host}/team/app", tmp_path, "--entry", "registry", "--platform", "linux/s390x")

    assert "no platform linux/s390x; it has linux/arm/v7, linux/arm64, linux/amd64" in line


@pytest.mark.behaviour("authoring-entry-point")
def test_offline_it_fails_at_once(tmp_path: Path) -> None:
    """If the registry cannot be reached, the line says so; there is one try, not minutes of them."""
    line = refusal("127.0.0.1:9/team/app", tmp_path, "--entry", "registry")

    assert "cannot be reached" in line
    assert "--command main=" in line


@pytest.mark.behaviour("authoring-entry-point")
def test_the_users_words_need_no_registry(registry: Registry, tmp_path: Path) -> None:
    """--command is split as a shell would, and nothing is asked."""
    container = wrapped(f"{registry.host}/team/app", tmp_path, "--command", "main=/app --name 'a b'")

    assert container["command"] == ["kubexit", "--", "/app", "--name", "a b"]
    assert registry.requests == []


@pytest.mark.behaviour("authoring-entry-point")
def test_an_image_of_several_containers_is_read_once(registry: Registry, tmp_path: Path) -> None:
    """Two containers of one image cost one look at the registry."""
    path = tmp_path / "pods.yaml"
    pod = f"kind: Pod\nspec: {{containers: [{{name: a, image: {registry.host}/team/app}}]}}\n"
    path.write_text(f"{pod}---\n{pod}")
    done = CliRunner().invoke(wrap, ["--entry", "registry", str(path)], catch_exceptions=False)

    assert done.stdout.count("/app") >= 2
    assert len([path for _, path, _ in registry.requests if "manifests" in path]) == 2


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("redis", ("docker.io", "library/redis", "latest", "")),
        ("redis:7", ("docker.io", "library/redis", "7", "")),
        ("grafana/loki:3", ("docker.io", "grafana/loki", "3", "")),
        ("docker.io/library/redis", ("docker.io", "library/redis", "latest", "")),
        ("localhost/app", ("localhost", "app", "latest", "")),
        ("registry:5000/app", ("registry:5000", "app", "latest", "")),
        ("registry:5000/a/b:1@sha256:00ff", ("registry:5000", "a/b", "1", "sha256:00ff")),
        ("gcr.io/p/x@sha256:12", ("gcr.io", "p/x", "latest", "sha256:12")),
    ],
)
def test_names_of_images_have_defaults(image: str, expected: tuple[str, str, str, str]) -> None:
    """Without a registry it is Docker Hub, whose official images are in library/; without a tag it is latest."""
    found = reference.parse(image)

    assert (found.registry, found.repository, found.tag, found.digest) == expected


@pytest.mark.container
@pytest.mark.behaviour("authoring-entry-point")
def test_an_image_of_this_machine_is_read_from_it(tmp_path: Path) -> None:
    """Podman's or docker's own copy of an image is read first."""
    engine = shutil.which("podman") or shutil.which("docker")
    if engine is None:
        pytest.skip("NOT TESTED: neither podman nor docker is here")
    archive = tmp_path / "root.tar"
    subprocess.run(["tar", "-cf", archive, "-C", tmp_path, "--files-from", "/dev/null"], check=True)
    name = "localhost/kubectl-kubexit-test:1"
    changes = ["--change", 'ENTRYPOINT ["/here"]', "--change", 'CMD ["--now"]']
    subprocess.run([engine, "import", *changes, archive, name], check=True, capture_output=True)
    try:
        found = local.read(name)
        container = wrapped(name, tmp_path)
    finally:
        subprocess.run([engine, "rmi", name], check=True, capture_output=True)

    assert found is not None
    assert container["command"] == ["kubexit", "--", "/here", "--now"]
