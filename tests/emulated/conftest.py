"""Fixtures of the tests of the other architecture's file: it runs in qemu-user, its commands on the machine itself."""

import platform
import shutil
from collections.abc import Callable, Iterator
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

ARCHITECTURE, EMULATOR = "arm64", "qemu-aarch64-static"


@pytest.fixture
def kubexit(tmp_path: Path) -> Iterator[Kubexit]:
    """kubexit for arm64, in an emulator."""
    file = forms.ROOT / "dist" / f"kubexit-linux-{ARCHITECTURE}"
    if platform.machine() == "aarch64":
        pytest.skip("EMULATOR NOT TESTED: this machine runs the file itself, in tests/process")
    if not file.exists():
        pytest.skip(f"ARM64 NOT TESTED: no dist/{file.name} (make static ARCH={ARCHITECTURE})")
    if shutil.which(EMULATOR) is None:
        pytest.skip(f"ARM64 NOT TESTED: {EMULATOR} is not installed (qemu-user-static)")
    script = tmp_path / "emulated"
    # PWD is the shell's own addition.
    script.write_text(f'#!/bin/sh\nunset PWD\nexec {EMULATOR} {file} "$@"\n')
    script.chmod(0o755)
    runner = Kubexit(forms.Form("static", script, f"make static ARCH={ARCHITECTURE}"), tmp_path)
    yield runner
    runner.end()


@pytest.fixture
def api(tmp_path: Path) -> Iterator[ApiServer]:
    """An API server on loopback; `api.account` is the service account that goes with it."""
    authority = certificates.authority(tmp_path)
    (tmp_path / "server").mkdir()
    server = ApiServer(certificates.server(tmp_path / "server", authority, "IP:127.0.0.1"))
    account = tmp_path / "serviceaccount"
    account.mkdir()
    (account / "ca.crt").write_bytes(authority.certificate.read_bytes())
    (account / "token").write_text(token())
    yield server
    server.close()


@pytest.fixture
def awaiting(kubexit: Kubexit, api: ApiServer, tmp_path: Path) -> Callable[..., Supervised]:
    """Start a command that waits for db."""
    namespaces.require_mounts()

    def start(*command: str, **keywords: Any) -> Supervised:
        world = namespaces.private_mounts(namespaces.service_account(tmp_path / "serviceaccount"))
        settings = {"BIRTH_DEPS": "db", "POD_NAME": "job-1", "NAMESPACE": "shop", "BIRTH_TIMEOUT": "2m"}
        return kubexit.start(*command, env=api.environment, preexec_fn=world, **{**settings, **keywords})

    return start
