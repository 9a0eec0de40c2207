"""Read the configuration of an image from its registry, with the credentials of docker or podman."""

import contextlib
import functools
import logging
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import oras.container
import oras.logger
import oras.provider
import requests

from kubectl_kubexit.errors import UserError
from kubectl_kubexit.registry import credentials, trust
from kubectl_kubexit.registry.credentials import Credentials
from kubectl_kubexit.registry.entries import ImageConfig, words_of
from kubectl_kubexit.registry.identity import IdentityAuth
from kubectl_kubexit.registry.reference import HUB, LOCAL, Reference, parse

TIMEOUT = (5, 20)  # seconds: to connect, and between two parts of an answer
INDEXES = ("application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json")
MANIFESTS = ("application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json")


class Registry(oras.provider.Registry):  # type: ignore[misc]
    """A client that tries each request once: this is a person's command line, which must not wait for minutes."""

    credentials = Credentials()

    def do_request(self, *arguments: Any, **keywords: Any) -> requests.Response:
        """Send a request.

        Raises:
            AccessError: the registry asks for credentials in a way that the client cannot answer.
        """
        once = oras.provider.Registry.do_request.__wrapped__
        try:
            response: requests.Response = once(self, *arguments, **keywords)
        except requests.RequestException:
            raise
        except ValueError:  # so says oras if it got no token
            raise AccessError from None
        return response


class AccessError(Exception):
    """The registry gives no access."""


def read(image: str, platform: str) -> ImageConfig:
    """Return what an image executes.

    Args:
        image: its name.
        platform: of an index the image for this one, for example linux/arm64 or linux/arm/v7.

    Raises:
        UserError: the registry cannot be reached, refuses, or does not have the image for this platform.
    """
    logging.getLogger(oras.logger.__name__).disabled = True  # an error is one line, which is ours
    try:
        reference = parse(image)
    except ValueError as error:
        raise UserError(str(error)) from None
    try:
        client, container = connect(reference)
        try:
            return configuration(client, container, reference, platform)
        except AccessError:
            raise refused(reference, client.credentials) from None
    except requests.exceptions.SSLError as error:
        raise UserError(f"the registry's certificate is not trusted: {reason_of(error)}; {trust.REMEDY}") from None
    except requests.RequestException as error:
        raise UserError(f"the registry cannot be reached: {reason_of(error)}") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(f"the registry's answer is not understood: {error}") from None


def configuration(
    client: Registry, container: oras.container.Container, reference: Reference, platform: str
) -> ImageConfig:
    """Return what an image executes: from the image itself, or from the one of an index that is for the platform."""
    manifest, digest = manifest_of(client, container, reference.digest or reference.tag)
    if "manifests" in manifest:
        manifest, _ = manifest_of(client, container, choose(manifest["manifests"], platform))
    blob = client.get_blob(container, manifest["config"]["digest"])
    refuse_bad(blob)
    return words_of(blob.json().get("config") or {}, digest)


def connect(reference: Reference) -> tuple[Registry, oras.container.Container]:
    """Return a client that has the credentials for a registry, and the image.

    Raises:
        UserError: the registry asks for a password, and no place has one.
    """
    session = session_for(reference)
    prefix, challenge = greet(session, reference)
    basic = challenge.lower().startswith("basic")
    client = Registry(reference.host, insecure=prefix == "http", auth_backend="basic" if basic else "token")
    client.session = client.auth.session = session
    client.credentials = credentials.find(reference)
    if client.credentials.identity and not basic:
        client.auth = IdentityAuth(client.credentials.identity, client.auth)
    elif client.credentials.user:
        client.auth.set_basic_auth(client.credentials.user, client.credentials.password)
    elif basic:
        raise refused(reference, client.credentials)
    return client, oras.container.Container(f"{reference.host}/{reference.repository}")


def session_for(reference: Reference) -> requests.Session:
    """Return a session with limits in time; it sends no password from ~/.netrc, and asks no proxy for this machine."""
    session = requests.Session()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.auth = lambda request: request
    session.mount("https://", trust.adapter(reference.host))
    proxies = {"no_proxy": LOCAL} if reference.is_local else None
    session.request = functools.partial(session.request, timeout=TIMEOUT, proxies=proxies)  # type: ignore[method-assign]
    return session


def greet(session: requests.Session, reference: Reference) -> tuple[str, str]:
    """Return the protocol of a registry, and how it asks for credentials; "" if it does not.

    A registry on this machine is asked by plain HTTP first, since it seldom has a certificate. One that has a
    certificate answers 400 to that, or not at all.
    """
    if reference.is_local:
        with contextlib.suppress(requests.ConnectionError):
            answer = session.get(f"http://{reference.host}/v2/")
            if answer.status_code != 400:
                return "http", answer.headers.get("Www-Authenticate", "")
    answer = session.get(f"https://{reference.host}/v2/")
    return "https", answer.headers.get("Www-Authenticate", "")


def manifest_of(client: Registry, container: oras.container.Container, tag: str) -> tuple[dict[str, Any], str]:
    """Return a manifest or an index, and its digest."""
    url = f"{client.prefix}://{container.manifest_url(tag)}"
    response = client.do_request(url, "GET", headers={"Accept": ", ".join([*INDEXES, *MANIFESTS])})
    refuse_bad(response)
    digest = response.headers.get("Docker-Content-Digest", "")
    return response.json(), digest or (tag if ":" in tag else "")


def refuse_bad(response: requests.Response) -> None:
    """Refuse an answer that is not 200, in words."""
    if response.status_code == 404:
        raise UserError("the registry does not have this image")
    if response.status_code in {401, 403}:
        raise AccessError
    if response.status_code != 200:
        raise UserError(f"the registry answered {response.status_code} {response.reason}")


def refused(reference: Reference, known: Credentials) -> UserError:
    """Return the error for a registry that gives no access: with the credentials that were found, or without any."""
    login = "docker login" if reference.registry == HUB else f"docker login {reference.registry}"
    if known.identity:
        return UserError(f"the registry {reference.registry} refuses the identity token; {login}")
    if known.found:
        return UserError(f"the registry {reference.registry} refuses access to user {known.user}; check the name")
    problem = f" ({known.problem})" if known.problem else ""
    return UserError(f"the registry {reference.registry} needs credentials{problem}; {login}")


def choose(manifests: list[dict[str, Any]], platform: str) -> str:
    """Return the digest of the image for a platform; attestations, whose platform is unknown, are no images."""
    wanted = platform.split("/")
    offered = []
    for manifest in manifests:
        has = manifest.get("platform") or {}
        parts = [str(has.get("os", "")), str(has.get("architecture", "")), str(has.get("variant", ""))]
        if parts[0] == "unknown":
            continue
        if parts[: len(wanted)] == wanted:
            return str(manifest["digest"])
        offered.append("/".join(part for part in parts if part))
    raise UserError(f"the image has no platform {platform}; it has {', '.join(offered)} (--platform)")


def reason_of(error: requests.RequestException) -> str:
    """Return why a request failed, in a few words."""
    cause = error.args[0] if error.args else error
    reason = getattr(cause, "reason", cause)
    return str(reason).rpartition(": ")[2].split(" (_ssl.c")[0] or type(error).__name__
