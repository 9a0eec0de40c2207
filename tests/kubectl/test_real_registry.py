"""`wrap` reads entry points from distribution's registry: access, certificates, platforms, digests, refusals."""

import base64
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from harness.servers import certificates
from harness.untested import untested
from images.registry import BASIC, IDENTITY, OPEN, PASSWORD, TOKEN, USER, ImageLayout, Registry, push
from node.programs import UnavailableError

pytestmark = [pytest.mark.container, pytest.mark.behaviour("authoring-real-registry")]
not_tested = untested("with a registry", "KUBEXIT_CONTAINERS_REQUIRED")

IMAGE = "team/app:1"


class World:
    """A registry with one image for three platforms, and a home folder without credentials."""

    def __init__(self, folder: Path, registry: Registry) -> None:
        self.folder = folder
        self.registry = registry
        self.home = folder / "home"
        self.home.mkdir()
        path = f"{self.home / 'bin'}:{os.environ['PATH']}"
        self.environment = {"PATH": path, "HOME": str(self.home), "LANG": "C.UTF-8"}
        layout = ImageLayout(folder / "layout")
        attestation = layout.image({"Cmd": ["attestation"]}, os="unknown", architecture="unknown")
        arm = layout.image({"Entrypoint": ["/arm64"]}, os="linux", architecture="arm64")
        amd = {"Entrypoint": ["/app", "run"], "Cmd": ["--port", "80"]}
        layout.tag("1", layout.index([attestation, arm, layout.image(amd, os="linux", architecture="amd64")]))
        self.digest = push(registry, layout, IMAGE)
        self.layout = layout

    @property
    def image(self) -> str:
        """The name of the image."""
        return f"{self.registry.host}/{IMAGE}"

    def wrap(self, image: str = "", *options: str) -> subprocess.CompletedProcess[str]:
        """Call wrap for a pod with this image, as a user does."""
        pod = f"kind: Pod\nspec:\n  containers:\n  - name: main\n    image: {image or self.image}\n"
        program = Path(sys.executable).with_name("kubectl-kubexit")
        command = [program, "wrap", "--deliver", "none", "--entry", "registry", *options, "-"]
        return subprocess.run(command, input=pod, env=self.environment, capture_output=True, text=True, timeout=60)

    def container(self, image: str = "", *options: str) -> dict[str, object]:
        """The container of that pod, after wrap."""
        done = self.wrap(image, *options)
        assert (done.returncode, done.stderr) == (0, "")
        return dict(yaml.safe_load(done.stdout)["spec"]["containers"][0])

    def refusal(self, image: str = "", *options: str) -> str:
        """The one line of an error."""
        done = self.wrap(image, *options)
        assert (done.returncode, done.stdout) == (2, "")
        (line,) = done.stderr.splitlines()
        assert line.startswith("kubectl kubexit: -:3 Pod: container main has no command: ")
        assert line.endswith("give --command main='COMMAND', or write `command` in the manifest")
        return line

    def log_in(self, **content: object) -> None:
        """Write a configuration of docker."""
        (self.home / ".docker").mkdir(exist_ok=True)
        (self.home / ".docker/config.json").write_text(json.dumps(content))

    def helper(self, name: str, script: str) -> None:
        """Write a credential helper."""
        program = self.home / "bin" / f"docker-credential-{name}"
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)


def entry(user: str = USER, password: str = PASSWORD) -> dict[str, str]:
    """An entry of auths."""
    return {"auth": base64.b64encode(f"{user}:{password}".encode()).decode()}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Callable[..., World]]:
    """Make a registry with an image, `world(access, tls)`; it ends with the test."""
    made: list[Registry] = []

    def make(access: str = OPEN, tls: certificates.Certificate | None = None) -> World:
        made.append(Registry(tmp_path / "registry", access, tls))
        try:
            made[-1].start()
        except UnavailableError as reason:
            not_tested(str(reason))
        return World(tmp_path, made[-1])

    yield make
    for each in made:
        each.end()


def test_entry_point_is_that_of_the_platform(world: Callable[..., World]) -> None:
    """Of an index the image for the platform is read, over plain HTTP on this machine."""
    here = world()

    assert here.container()["command"] == ["kubexit", "--", "/app", "run", "--port", "80"]
    assert here.container("", "--platform", "linux/arm64")["command"] == ["kubexit", "--", "/arm64"]
    assert "no platform linux/s390x; it has linux/arm64, linux/amd64" in here.refusal("", "--platform", "linux/s390x")


def test_digest_of_the_index_is_pinned(world: Callable[..., World]) -> None:
    """--pin writes the digest of what the tag means, and a digest alone is read as well."""
    here = world()
    pinned = here.container("", "--pin")["image"]

    assert pinned == f"{here.image}@{here.digest}"
    assert here.container(str(pinned))["image"] == pinned
    bare = f"{here.registry.host}/team/app@{here.digest}"
    assert here.container(bare, "--pin") == {**here.container(bare), "image": bare}


def test_an_image_that_is_not_there_is_named(world: Callable[..., World]) -> None:
    """Unknown repositories, tags and digests have one line."""
    here = world()
    for name in ("team/other:1", "team/app:2", f"team/app@sha256:{'0' * 64}"):
        assert "the registry does not have this image" in here.refusal(f"{here.registry.host}/{name}")
    assert "is not the name of an image" in here.refusal(f"{here.registry.host}/team/app@sha256:xyz")


def test_a_single_image_and_one_without_entry_point(world: Callable[..., World], tmp_path: Path) -> None:
    """A name can lead to an image without an index; one that executes nothing is refused."""
    here = world()
    for name, config in (("single", {"Cmd": ["/one"]}), ("empty", {})):
        layout = ImageLayout(tmp_path / name)
        layout.tag("1", layout.image(config, os="linux", architecture="amd64"))
        push(here.registry, layout, f"team/{name}:1")

    assert here.container(f"{here.registry.host}/team/single:1")["command"] == ["kubexit", "--", "/one"]
    assert "has no ENTRYPOINT" in here.refusal(f"{here.registry.host}/team/empty:1")


@pytest.mark.parametrize("access", [BASIC, TOKEN])
@pytest.mark.parametrize("place", ["docker", "helper", "store", "podman", "podman-team"])
def test_credentials_are_found(world: Callable[..., World], access: str, place: str) -> None:
    """A password, also one that gets a token, comes from docker, podman or a real credential helper."""
    here = world(access)
    host = here.registry.host
    here.helper("test", 'read -r host\n[ "$host" = "$WANTED" ] && printf \'{"Username": "user", "Secret": "secret"}\'')
    here.environment["WANTED"] = host
    podman = here.home / ".config/containers/auth.json"
    podman.parent.mkdir(parents=True)
    if place == "docker":
        here.log_in(auths={host: entry()})
    elif place == "helper":
        here.log_in(credHelpers={host: "test"}, auths={host: {}})
    elif place == "store":
        here.log_in(credsStore="test", auths={host: {}})
    else:
        key = host if place == "podman" else f"{host}/team"
        podman.write_text(json.dumps({"auths": {key: entry(), host: entry(password="wrong")} | {key: entry()}}))

    assert here.container()["command"] == ["kubexit", "--", "/app", "run", "--port", "80"]


@pytest.mark.behaviour("authoring-identity-token")
@pytest.mark.parametrize("place", ["docker", "helper"])
def test_an_identity_token_is_enough(world: Callable[..., World], place: str) -> None:
    """Instead of a password, docker or a helper has a token for which the token server gives an access token."""
    here = world(TOKEN)
    host = here.registry.host
    if place == "docker":
        here.log_in(auths={host: {"identitytoken": IDENTITY, "auth": entry("00000000", "")["auth"]}})
    else:
        here.helper("test", f'printf \'{{"Username": "<token>", "Secret": "{IDENTITY}"}}\'')
        here.log_in(credsStore="test", auths={host: {}})

    assert here.container()["command"] == ["kubexit", "--", "/app", "run", "--port", "80"]
    pinned = here.container(f"{host}/team/app@{here.digest}", "--platform", "linux/arm64")
    assert pinned["command"] == ["kubexit", "--", "/arm64"]
    forms = here.registry.tokens.forms
    assert {form["scope"] for form in forms} == {"repository:team/app:pull"}


def test_a_public_image_needs_no_password(world: Callable[..., World]) -> None:
    """A registry with tokens gives one without a password for a public image, also if a helper is missing."""
    here = world(TOKEN)
    push(here.registry, here.layout, "public/app:1")
    here.log_in(credsStore="missing")

    image = f"{here.registry.host}/public/app:1"
    assert here.container(image)["command"] == ["kubexit", "--", "/app", "run", "--port", "80"]


@pytest.mark.parametrize("access", [BASIC, TOKEN])
def test_a_refusal_says_what_to_do(world: Callable[..., World], access: str) -> None:
    """Without credentials, with wrong ones, and with a helper that fails: one line each, without the password."""
    here = world(access)
    host = here.registry.host
    assert f"the registry {host} needs credentials; docker login {host}" in here.refusal()

    here.log_in(auths={host: entry(password="wr0ng")})
    line = here.refusal()
    assert f"the registry {host} refuses access to user user" in line
    assert "wr0ng" not in line
    assert entry(password="wr0ng")["auth"] not in line

    here.log_in(credsStore="absent")
    assert "docker-credential-absent, which" in here.refusal()
    here.helper("broken", "echo 'no keychain' >&2; exit 1")
    here.log_in(credsStore="broken")
    assert "(docker-credential-broken failed: no keychain); docker login" in here.refusal()
    here.helper("empty", "echo 'credentials not found in native keychain'; exit 1")
    here.log_in(credsStore="empty")
    assert f"needs credentials; docker login {host}" in here.refusal()
    here.log_in(auths={host: {"identitytoken": "wr0ng", "auth": entry("00", "")["auth"]}})
    line = here.refusal()
    assert f"the registry {host} refuses the identity token; docker login {host}" in line
    assert "wr0ng" not in line
    (here.home / ".docker/config.json").write_text("{")
    assert re.search(r"\(\S+/\.docker/config\.json cannot be read as JSON\)", here.refusal())


@pytest.mark.parametrize("place", ["docker", "podman", "variable"])
def test_a_private_authority_is_trusted_if_named(world: Callable[..., World], tmp_path: Path, place: str) -> None:
    """A certificate of a private authority is trusted where docker or podman trusts it, or by SSL_CERT_FILE."""
    authority = certificates.authority(tmp_path)
    here = world(BASIC, certificates.server(tmp_path, authority, "IP:127.0.0.1"))
    here.log_in(auths={here.registry.host: entry()})
    line = here.refusal()
    assert "the registry's certificate is not trusted: " in line
    assert "SSL_CERT_FILE" in line

    if place == "variable":
        here.environment["SSL_CERT_FILE"] = str(authority.certificate)
    else:
        parent = {"docker": ".docker", "podman": ".config/containers"}[place]
        folder = here.home / parent / "certs.d" / here.registry.host
        folder.mkdir(parents=True)
        (folder / "ca.crt").write_bytes(authority.certificate.read_bytes())
    assert here.container()["command"] == ["kubexit", "--", "/app", "run", "--port", "80"]


def test_a_certificate_for_another_name_is_refused(world: Callable[..., World], tmp_path: Path) -> None:
    """The name of the registry must be in its certificate."""
    authority = certificates.authority(tmp_path)
    here = world(OPEN, certificates.server(tmp_path, authority, "IP:127.0.0.2"))
    here.environment["SSL_CERT_FILE"] = str(authority.certificate)

    assert "the registry's certificate is not trusted: " in here.refusal()


def test_a_registry_that_has_ended_is_said_at_once(world: Callable[..., World]) -> None:
    """If nothing listens, the line says so after one try."""
    here = world()
    here.registry.end()

    assert "the registry cannot be reached: " in here.refusal()


def test_no_proxy_and_no_netrc_come_between(world: Callable[..., World]) -> None:
    """A registry of this machine is asked without a proxy, and a password of ~/.netrc is not sent."""
    here = world(BASIC)
    here.log_in(auths={here.registry.host: entry()})
    here.environment |= {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
    (here.home / ".netrc").write_text("machine 127.0.0.1 login other password other\n")
    (here.home / ".netrc").chmod(0o600)

    assert here.container()["command"] == ["kubexit", "--", "/app", "run", "--port", "80"]
