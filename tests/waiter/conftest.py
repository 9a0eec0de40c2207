"""Fixtures of the waiter's tests: a scripted API server, and the waiter with its service account."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness import certificates
from harness.apiserver import ApiServer
from harness.pods import token
from harness.supervised import Supervised

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

    def start(self, *dependencies: str, name: str = "main", **environment: str) -> Supervised:
        """Start it for these dependencies; the environment is added to that of a container."""
        words = ["--pod", "job-1", "--namespace", "shop", "--name", name, *dependencies]
        variables = {"PATH": "/usr/bin:/bin", **self.api.environment, **environment}
        process = subprocess.Popen(
            [os.fspath(self), *words], env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        self.started.append(Supervised(process, {}))
        return self.started[-1]


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
def waiter(tmp_path: Path, api: ApiServer, authority: certificates.Certificate) -> Iterator[Waiter]:
    """The waiter, in a pod whose API server is `api`."""
    started = Waiter(tmp_path, api, authority.certificate)
    yield started
    for supervised in started.started:
        supervised.end()


@pytest.fixture
def start(kubexit, api, waiter):
    """Start a command that waits for db."""

    def start(*command, **keywords):
        settings = {"BIRTH_DEPS": "db", "POD_NAME": "job-1", "NAMESPACE": "shop", "env": api.environment}
        return kubexit.start(*command, waiter=waiter, **{**settings, **keywords})

    return start
