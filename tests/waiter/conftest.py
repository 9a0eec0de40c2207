"""Fixtures of the waiter's tests: a scripted API server, and the waiter with its service account."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness import forms
from harness.kubexit import Kubexit
from harness.servers import certificates
from harness.servers.apiserver import ApiServer
from harness.servers.pods import token
from harness.supervised import Supervised
from harness.world import namespaces

ANY_LOOPBACK = ("IP:127.0.0.1", "IP:::1")


class Waiter:
    """The waiter as the supervisor runs it; also an executable that stands in for it (`os.fspath`)."""

    def __init__(self, folder: Path, api: ApiServer, authority: Path) -> None:
        self.api = api
        self.account = folder / "serviceaccount"
        self.account.mkdir()
        (self.account / "ca.crt").write_bytes(authority.read_bytes())
        self.mount(token())
        self.started: list[Supervised] = []
        self._script = folder / "waiter"
        self.watch_seconds(20)

    def __fspath__(self) -> str:
        return str(self._script)

    def mount(self, text: str) -> None:
        """Put a token in place by rename, as the kubelet does."""
        draft = self.account / "..token"
        draft.write_text(text + "\n")
        draft.rename(self.account / "token")

    def watch_seconds(self, seconds: int) -> None:
        """How long the first watch is asked to last."""
        own = f"--service-account {self.account} --watch-seconds {seconds}"
        # -P: the folder of the tests is not where to import from.
        self._script.write_text(f'#!/bin/sh\nexec {sys.executable} -P -m kubexit.waiter {own} "$@"\n')
        self._script.chmod(0o755)

    @property
    def keywords(self) -> dict[str, Any]:
        """What `kubexit.start` has to be given for a kubexit with this waiter."""
        return {"waiter": self}

    def start(self, *dependencies: str, name: str = "main", **environment: str) -> Supervised:
        """Start it for these dependencies; the environment is added to that of a container."""
        words = ["--pod", "job-1", "--namespace", "shop", "--name", name, *dependencies]
        variables = {"PATH": "/usr/bin:/bin", **self.api.environment, **environment}
        process = subprocess.Popen(
            [os.fspath(self), *words], env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        self.started.append(Supervised(process, {}))
        return self.started[-1]


class InsideSupervised(Supervised):
    """The waiter in its kubexit: its verdict is kubexit's exit code, and its signals are for it alone."""

    def signal(self, number: int) -> None:
        os.kill(self.command_pid(), number)


class InsideWaiter(Waiter):
    """The waiter in the static file: there is no way to it but through a kubexit that has to wait for birth.

    The service account is where the kubelet mounts it, for this process alone.
    """

    def __init__(self, folder: Path, api: ApiServer, authority: Path) -> None:
        super().__init__(folder, api, authority)
        namespaces.require_mounts()
        self._graveyard = folder / "waiting"
        self._graveyard.mkdir()

    def watch_seconds(self, seconds: int) -> None:
        if seconds != 20:
            pytest.skip("the static form takes no arguments for tests: watches last as long as they do")

    @property
    def keywords(self) -> dict[str, Any]:
        return {"preexec_fn": namespaces.private_mounts(namespaces.service_account(self.account))}

    def start(self, *dependencies: str, name: str = "main", **environment: str) -> Supervised:
        variables = {"PATH": "/usr/bin:/bin", **self.api.environment, "KUBEXIT_NAME": name}
        variables |= {"KUBEXIT_GRAVEYARD": os.fspath(self._graveyard), "KUBEXIT_LIVENESS": "false"}
        variables |= {"KUBEXIT_BIRTH_DEPS": ",".join(dependencies), "KUBEXIT_BIRTH_TIMEOUT": "infinite"}
        variables |= {"KUBEXIT_POD_NAME": "job-1", "KUBEXIT_NAMESPACE": "shop", **environment}
        process = subprocess.Popen(
            [forms.FORMS["static"].path, "true"],
            env=variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            **self.keywords,
        )
        self.started.append(InsideSupervised(process, {}))
        return self.started[-1]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test of the waiter alone runs over the module, which all forms but one start, and over the static file."""
    if "waiter_form" in metafunc.fixturenames and "form" not in metafunc.fixturenames:
        kinds = {"static" if form.name == "static" else "installed": form for form in forms.chosen() if form.exists}
        metafunc.parametrize("waiter_form", [pytest.param(kind, id=kind) for kind in sorted(kinds)])


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> certificates.Certificate:
    """The CA of the cluster."""
    return certificates.authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="session")
def server_certificate(
    tmp_path_factory: pytest.TempPathFactory, authority: certificates.Certificate
) -> certificates.Certificate:
    """The certificate of an API server on loopback."""
    return certificates.server(tmp_path_factory.mktemp("server"), authority, *ANY_LOOPBACK)


@pytest.fixture
def api(server_certificate: certificates.Certificate) -> Iterator[ApiServer]:
    """An API server that knows no pod yet."""
    server = ApiServer(server_certificate)
    yield server
    server.close()


@pytest.fixture
def waiter_form(form: forms.Form) -> str:
    """Where the waiter is: that of the form which the test runs over."""
    return form.name


@pytest.fixture
def waiter(tmp_path: Path, api: ApiServer, authority: certificates.Certificate, waiter_form: str) -> Iterator[Waiter]:
    """The waiter, in a pod whose API server is `api`."""
    kind = InsideWaiter if waiter_form == "static" else Waiter
    started = kind(tmp_path, api, authority.certificate)
    yield started
    for supervised in started.started:
        supervised.end()


@pytest.fixture
def start(kubexit, api, waiter):
    """Start a command that waits for db."""

    def start(*command, **keywords):
        settings = {"BIRTH_DEPS": "db", "POD_NAME": "job-1", "NAMESPACE": "shop", "env": api.environment}
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
def awaiting(static, api, tmp_path, authority):
    """Start the static file with a command that waits for db; its waiter finds the service account of `api`'s pod."""
    inside = InsideWaiter(tmp_path, api, authority.certificate)

    def start(*command, env=None, steps=(), **keywords):
        settings = {"BIRTH_DEPS": "db", "POD_NAME": "job-1", "NAMESPACE": "shop", "BIRTH_TIMEOUT": "infinite"}
        world = namespaces.in_turn(inside.keywords["preexec_fn"], *steps)
        given = {**settings, "env": {**api.environment, **(env or {})}, "preexec_fn": world, **keywords}
        return given.pop("kubexit", static).start(*command, **given)

    start.account = inside.account
    return start
