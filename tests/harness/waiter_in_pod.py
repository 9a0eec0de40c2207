"""The waiter with its service account: as a module, or inside a kubexit that waits for birth."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from . import forms
from .servers.apiserver import ApiServer
from .servers.pods import token
from .supervised import Supervised
from .world import namespaces


class Waiter:
    """The waiter as the supervisor runs it; also an executable that replaces it (`os.fspath`)."""

    def __init__(self, folder: Path, api: ApiServer, authority: Path) -> None:
        self.api = api
        self.is_patient = False
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

    def prepare(self) -> None:
        """Just before a start: break the first look, if it is the official client that the test is about."""
        self.api.breaks = int(self.is_patient)

    @property
    def keywords(self) -> dict[str, Any]:
        """Return the arguments of `kubexit.start` for a kubexit with this waiter."""
        return {"waiter": self}

    def start(self, *dependencies: str, name: str = "main", **environment: str) -> Supervised:
        """Start it for these dependencies; the environment is added to that of a container."""
        words = ["--pod", "job-1", "--namespace", "shop", "--name", name, *dependencies]
        variables = {"PATH": "/usr/bin:/bin", **self.api.environment, **environment}
        self.prepare()
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
            pytest.skip("SHORT WATCHES NOT TESTED in this form: the watcher in the static file has no argument for it")

    @property
    def keywords(self) -> dict[str, Any]:
        return {"preexec_fn": namespaces.private_mounts(namespaces.service_account(self.account))}

    def start(self, *dependencies: str, name: str = "main", **environment: str) -> Supervised:
        variables = {"PATH": "/usr/bin:/bin", **self.api.environment, "KUBEXIT_NAME": name}
        variables |= {"KUBEXIT_GRAVEYARD": os.fspath(self._graveyard), "KUBEXIT_LIVENESS": "false"}
        variables |= {"KUBEXIT_BIRTH_DEPS": ",".join(dependencies), "KUBEXIT_BIRTH_TIMEOUT": "infinite"}
        variables |= {"KUBEXIT_POD_NAME": "job-1", "KUBEXIT_NAMESPACE": "shop", **environment}
        self.prepare()
        process = subprocess.Popen(
            [forms.FORMS["static"].path, "true"],
            env=variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            **self.keywords,
        )
        self.started.append(InsideSupervised(process, {}))
        return self.started[-1]
