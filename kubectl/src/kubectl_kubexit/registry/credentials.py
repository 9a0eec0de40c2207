"""Credentials of a registry, where docker and podman keep them."""

import base64
import binascii
import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kubectl_kubexit.registry.reference import Reference

SECONDS = 20  # for a credential helper, which may ask a service
IDENTITY_USER = "<token>"  # what a helper gives as the user of an identity token
NOT_FOUND = "credentials not found"  # what a helper prints if it has none


@dataclass(frozen=True)
class Credentials:
    """A user and a password, or an identity token; all are "" without credentials.

    identity: a refresh token of OAuth 2, which `docker login` gets from some registries. problem: why a place that
    should have credentials does not.
    """

    user: str = ""
    password: str = ""
    problem: str = ""
    identity: str = ""

    @property
    def found(self) -> bool:
        """Whether there are any."""
        return bool(self.user or self.identity)


def find(reference: Reference) -> Credentials:
    """Return the credentials for an image: the first that a file or a credential helper has.

    A public image needs none, so nothing is raised here: a problem is only of interest if the registry refuses.
    """
    problems = []
    for path in files():
        for found in in_file(path, reference):
            if found.found:
                return found
            problems.append(found.problem)
    return Credentials(problem="; ".join(problem for problem in problems if problem))


def files() -> Iterator[Path]:
    """Return the files of docker and podman that exist: what a variable names comes first."""
    home, runtime = Path.home(), os.environ.get("XDG_RUNTIME_DIR")
    docker, podman = os.environ.get("DOCKER_CONFIG"), os.environ.get("REGISTRY_AUTH_FILE")
    places = [
        Path(podman) if podman else None,
        Path(docker, "config.json") if docker else None,
        Path(runtime, "containers", "auth.json") if runtime else None,
        home / ".config" / "containers" / "auth.json",
        home / ".docker" / "config.json",
    ]
    return (place for place in places if place is not None and place.is_file())


def in_file(path: Path, reference: Reference) -> Iterator[Credentials]:
    """Return what a file has for an image: a helper of the registry, an entry, the helper of all registries."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        helpers, entries = dict(content.get("credHelpers") or {}), dict(content.get("auths") or {})
        store = content.get("credsStore")
    except (OSError, ValueError, AttributeError, TypeError):
        yield Credentials(problem=f"{path} cannot be read as JSON")
        return
    for key in keys(reference):
        if key in helpers:
            yield from_helper(str(helpers[key]), key, path)
        if entries.get(key):
            yield from_entry(entries[key], path)
    if store:
        yield from_helper(str(store), reference.credentials_key, path)


def keys(reference: Reference) -> list[str]:
    """Return the keys under which a file can have an image: podman knows parts of its name, docker also URLs."""
    name = f"{reference.registry}/{reference.repository}"
    parts = [name]
    while "/" in parts[-1]:
        parts.append(parts[-1].rpartition("/")[0])
    host = reference.registry
    return [*dict.fromkeys([*parts, reference.credentials_key, f"https://{host}", f"https://{host}/v1/"])]


def from_entry(entry: Any, path: Path) -> Credentials:
    """Return the credentials of an entry in `auths`: `identitytoken`, or `auth`, which is USER:PASSWORD in base64."""
    try:
        if isinstance(entry.get("identitytoken"), str) and entry["identitytoken"]:
            return Credentials(identity=entry["identitytoken"])
        user, _, password = base64.b64decode(entry.get("auth") or "").decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, AttributeError, TypeError):
        return Credentials(problem=f"{path} has an entry that is not base64")
    return Credentials(user, password.strip("\x00"))


def from_helper(name: str, key: str, path: Path) -> Credentials:
    """Return the credentials that docker-credential-NAME gives."""
    program = f"docker-credential-{name}"
    try:
        done = subprocess.run([program, "get"], input=key, capture_output=True, encoding="utf-8", timeout=SECONDS)
        if done.returncode != 0:
            said = (done.stdout.strip() or done.stderr.strip() or f"exit code {done.returncode}").splitlines()[0]
            return Credentials(problem="" if NOT_FOUND in said else f"{program} failed: {said}")
        given = json.loads(done.stdout)
        user, password = str(given["Username"]), str(given["Secret"])
    except FileNotFoundError:
        return Credentials(problem=f"{program}, which {path} names, is not in PATH")
    except subprocess.TimeoutExpired:
        return Credentials(problem=f"{program} gave no answer in {SECONDS} s")
    except (OSError, ValueError, KeyError, TypeError):
        return Credentials(problem=f"{program} gave no credentials")
    return Credentials(identity=password) if user == IDENTITY_USER else Credentials(user, password)
