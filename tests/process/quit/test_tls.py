"""Quit requests by TLS and to hosts with names, made by the real waiter."""

from collections.abc import Callable
from pathlib import Path

import pytest

from harness import waiters
from harness.containers import lines
from harness.kubexit import Kubexit
from harness.servers import certificates, webserver
from harness.servers.webserver import WebServer, status

pytestmark = [pytest.mark.every_form, pytest.mark.behaviour("quit-requests")]

Web = Callable[..., WebServer]
NAMED = "127.1"  # 127.0.0.1 to a resolver, and no IP literal


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> certificates.Certificate:
    """Who has signed the server's certificate."""
    return certificates.authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def certificate(
    tmp_path_factory: pytest.TempPathFactory, authority: certificates.Certificate
) -> certificates.Certificate:
    """Of a server on loopback."""
    return certificates.server(tmp_path_factory.mktemp("server"), authority, "IP:127.0.0.1", "DNS:localhost")


@pytest.mark.parametrize("code", [0, 3])
def test_a_trusted_certificate_is_accepted(
    kubexit: Kubexit,
    web: Web,
    authority: certificates.Certificate,
    certificate: certificates.Certificate,
    code: int,
) -> None:
    """https works with a certificate of an authority that SSL_CERT_FILE names."""
    server = web(certificate=certificate)
    finished = kubexit.run(
        "sh",
        "-c",
        f"exit {code}",
        waiter=waiters.real(kubexit),
        env={"SSL_CERT_FILE": authority.certificate},
        QUIT_POST=server.url("/quit"),
        QUIT_TIMEOUT="1h",
    )

    assert finished.code == code
    assert [(request.method, request.target) for request in server.requests] == [("POST", "/quit")]
    assert f"quit request POST {server.url('/quit')}: answered 200" in finished.stderr
    assert lines(finished.stderr, "warn") == []


@pytest.mark.parametrize("host", ["127.0.0.1", NAMED], ids=["authority", "name"])
def test_a_server_without_trust_hears_nothing(
    kubexit: Kubexit,
    web: Web,
    tmp_path: Path,
    certificate: certificates.Certificate,
    authority: certificates.Certificate,
    host: str,
) -> None:
    """A server that cannot show who it is hears nothing of us; a warning says how to trust it."""
    server = web(certificate=certificate)
    other = authority if host == NAMED else certificates.authority(tmp_path, "other")
    finished = kubexit.run(
        "true",
        waiter=waiters.real(kubexit),
        env={"SSL_CERT_FILE": other.certificate},
        QUIT_POST=server.url("/", host),
        QUIT_TIMEOUT="1h",
    )

    assert finished.code == 0
    assert server.requests == []
    (line,) = lines(finished.stderr, "warn")
    assert "SSL_CERT_FILE" in line


def test_a_host_name_is_resolved(kubexit: Kubexit, web: Web) -> None:
    """A host name that must be resolved works; a bad answer is a warning."""
    server = web(status(503))
    url = server.url("/quit", NAMED)
    finished = kubexit.run("true", waiter=waiters.real(kubexit), QUIT_GET=url, QUIT_TIMEOUT="1h")

    assert finished.code == 0
    assert [request.method for request in server.requests] == ["GET"]
    (line,) = lines(finished.stderr, "warn")
    assert f"quit request GET {url}: answered 503" in line


def test_without_a_name(kubexit: Kubexit, web: Web) -> None:
    """A container whose own name is missing asks too: its settings error is no reason for the pod to live on."""
    server = web()
    url = server.url("/", NAMED)
    finished = kubexit.run("true", name=None, waiter=waiters.real(kubexit), QUIT_POST=url, QUIT_TIMEOUT="1h")

    assert finished.code == 2
    assert f" info kubexit: quit request POST {url}: answered 200" in finished.stderr


def test_an_unknown_name_is_one_warning(kubexit: Kubexit) -> None:
    """So is a name that does not resolve."""
    finished = kubexit.run("true", waiter=waiters.real(kubexit), QUIT_POST="http://proxy.invalid/", QUIT_TIMEOUT="10s")

    assert finished.code == 0
    assert len(lines(finished.stderr, "warn")) == 1


@pytest.mark.behaviour("quit-requests-never-delay-sigkill")
def test_it_is_in_time(kubexit: Kubexit, web: Web) -> None:
    """A server that never answers costs no more than the time there is; kubexit's own requests are done meanwhile."""
    silent, quick = web(webserver.silent), web()
    finished = kubexit.run(
        "sh",
        "-c",
        "exit 3",
        waiter=waiters.real(kubexit),
        QUIT_POST=f"{silent.url('/', NAMED)},{quick.url()}",
        QUIT_TIMEOUT="1s",
    )

    assert finished.code == 3
    assert len(lines(finished.stderr, "warn")) == 1
    assert f"{quick.url()}: answered 200" in finished.stderr
