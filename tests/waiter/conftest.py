"""Fixtures of the waiter's tests: a scripted API server, and the waiter with its service account."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from harness import forms
from harness.kubexit import Kubexit
from harness.servers import certificates
from harness.servers.apiserver import ApiServer
from harness.supervised import Supervised
from harness.waiter_in_pod import InsideWaiter, Waiter
from harness.world import namespaces

ANY_LOOPBACK = ("IP:127.0.0.1", "IP:::1")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test through both clients: that of the first look, and the official one.

    The official client continues when the server breaks the connection of the look.

    A test of the waiter alone runs over the module and over the static file, whose look uses other modules. The
    official client is the same in both: only a test marked `every_form` runs through that in the static file too.
    """
    if "waiter" not in metafunc.fixturenames:
        return
    if "waiter_form" not in metafunc.fixturenames or "form" in metafunc.fixturenames:
        metafunc.parametrize("client", ["look", "official"])
        return
    every_form = metafunc.definition.get_closest_marker("every_form") is not None
    names = {form.name for form in forms.of_test(True, single_file=False) if form.exists}
    pairs = [("installed", "look"), ("installed", "official")] if names - {"static"} else []
    pairs += [("static", "look")] if "static" in names else []
    pairs += [("static", "official")] if "static" in names and every_form else []
    metafunc.parametrize(("waiter_form", "client"), pairs, ids=["-".join(pair) for pair in pairs])


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> certificates.Certificate:
    """Return the CA of the cluster."""
    return certificates.authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="session")
def server_certificate(
    tmp_path_factory: pytest.TempPathFactory, authority: certificates.Certificate
) -> certificates.Certificate:
    """Return the certificate of an API server on loopback."""
    return certificates.server(tmp_path_factory.mktemp("server"), authority, *ANY_LOOPBACK)


@pytest.fixture
def api(server_certificate: certificates.Certificate) -> Iterator[ApiServer]:
    """Return an API server that knows no pod yet."""
    server = ApiServer(server_certificate)
    yield server
    server.close()


@pytest.fixture
def waiter_form(form: forms.Form) -> str:
    """Where the waiter is: that of the form which the test runs over."""
    return form.name


@pytest.fixture
def waiter(
    tmp_path: Path, api: ApiServer, authority: certificates.Certificate, waiter_form: str, client: str
) -> Iterator[Waiter]:
    """Return the waiter, in a pod whose API server is `api`."""
    kind = InsideWaiter if waiter_form == "static" else Waiter
    started = kind(tmp_path, api, authority.certificate)
    started.is_patient = client == "official"
    yield started
    for supervised in started.started:
        supervised.end()


@pytest.fixture
def start(kubexit: Kubexit, api: ApiServer, waiter: Waiter) -> Callable[..., Supervised]:
    """Start a command that waits for db."""

    def start(*command: str, **keywords: Any) -> Supervised:
        settings = {"BIRTH_DEPS": "db", "POD_NAME": "job-1", "NAMESPACE": "shop", "env": api.environment}
        waiter.prepare()
        return kubexit.start(*command, **{**waiter.keywords, **settings, **keywords})

    return start


@pytest.fixture
def static(tmp_path: Path) -> Iterator[Kubexit]:
    """kubexit as the static file, for tests of what only that has inside."""
    form = forms.FORMS["static"]
    if not form.exists or (form.is_stale and forms.named() is None):
        pytest.skip(f"NOT TESTED: {form.missing}")
    runner = Kubexit(form, tmp_path)
    runner.graveyard.mkdir()
    yield runner
    runner.end()


@pytest.fixture
def awaiting(
    static: Kubexit, api: ApiServer, tmp_path: Path, authority: certificates.Certificate
) -> Callable[..., Supervised]:
    """Start the static file with a command that waits for db; its waiter finds the service account of `api`'s pod."""
    inside = InsideWaiter(tmp_path, api, authority.certificate)

    def start(
        *command: str, env: dict[str, str] | None = None, steps: Sequence[namespaces.Step] = (), **keywords: Any
    ) -> Supervised:
        settings = {"BIRTH_DEPS": "db", "POD_NAME": "job-1", "NAMESPACE": "shop", "BIRTH_TIMEOUT": "infinite"}
        world = namespaces.in_turn(inside.keywords["preexec_fn"], *steps)
        given = {**settings, "env": {**api.environment, **(env or {})}, "preexec_fn": world, **keywords}
        return given.pop("kubexit", static).start(*command, **given)

    start.account = inside.account
    return start
