"""A birth wait against the API server: the pod objects, the stand-in that runs the waiter, the start of kubexit."""

import shlex
from pathlib import Path
from typing import Any

from cluster.access import Access, Account
from cluster.audit import Audit
from cluster.pods import PodObject
from harness.forms import BUILD
from harness.kubexit import Kubexit
from harness.supervised import Supervised
from harness.world import namespaces

PYTHON = BUILD / "venv/bin/python"
OWN_NAME = "app"


class Birth:
    """The parts that a test of the birth wait needs; its pods are removed afterwards."""

    def __init__(self, access: Access, account: Account, folder: Path, audit: Audit | None) -> None:
        self.access = access
        self.account = account
        self.address = (access.host, access.port)
        self._folder = folder
        self._audit = audit
        self._pods: list[PodObject] = []

    @property
    def log_level(self) -> dict[str, str]:
        """The setting with which `watched` can tell; plain where the audit log does."""
        return {} if self._audit is not None else {"LOG_LEVEL": "debug"}

    def pod(self, *containers: str | dict[str, Any], **keywords: Any) -> PodObject:
        """Make a Pod object with the container `app`, which must wait, and the containers that are given."""
        return self.keep(PodObject(self.access, OWN_NAME, *containers, **keywords))

    def keep(self, pod: PodObject) -> PodObject:
        """Register a pod, so that it is removed at the end."""
        self._pods.append(pod)
        return pod

    def waiter(self, folder: Path | None = None) -> Path:
        """A stand-in that runs the real waiter with this account, as it would run in a pod."""
        host, port = self.address
        folder = folder or self.account.folder
        path = self._folder / f"waiter-{port}-{folder.parent.name}"
        if not path.exists():  # a script that runs cannot be written
            python = shlex.join([str(PYTHON), "-P", "-m", "kubexit.waiter"])
            path.write_text(
                "#!/bin/sh\n"
                f"export KUBERNETES_SERVICE_HOST={host} KUBERNETES_SERVICE_PORT={port}\n"
                f'exec {python} --service-account {shlex.quote(str(folder))} "$@"\n'
            )
            path.chmod(0o755)
        return path

    def waiting(self, kubexit: Kubexit, folder: Path | None = None) -> dict[str, Any]:
        """The settings that `kubexit.start` needs so that its waiter finds this server, with this account."""
        if kubexit.form != "static":
            return {"waiter": self.waiter(folder)}
        # The one in the static file has no arguments but the supervisor's: the account is where a pod has it.
        namespaces.require_mounts()
        host, port = self.address
        world = namespaces.private_mounts(namespaces.service_account(folder or self.account.folder))
        return {"preexec_fn": world, "env": {"KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": str(port)}}

    def start(
        self, kubexit: Kubexit, pod: PodObject | str, deps: str, *, account: Path | None = None, **keywords: Any
    ) -> Supervised:
        """The container `app` of that pod, whose command says BORN."""
        waiting = self.waiting(kubexit, account)
        keywords = {"BIRTH_TIMEOUT": "90s", "name": OWN_NAME, **waiting, **self.log_level, **keywords}
        name = pod if isinstance(pod, str) else pod.name
        command = keywords.pop("command", ["echo", "BORN"])
        return kubexit.start(*command, BIRTH_DEPS=deps, POD_NAME=name, NAMESPACE=self.access.namespace, **keywords)

    def watched(self, container: Supervised, pod: PodObject) -> None:
        """Return when the waiter has judged what it listed, and watches for what comes."""
        container.wait_line("waiting for birth dependencies", "stderr")
        if self._audit is None:  # another server, without this log: the waiter says it itself
            container.wait_line("debug .*not ready: ", "stderr")
        else:
            self._audit.wait_watching(pod.name)

    def end(self) -> None:
        for pod in self._pods:
            pod.remove()


def assert_born(container: Supervised) -> None:
    """Assert that the command starts, and that kubexit exits with its code."""
    assert container.wait(60) == 0, container.stderr
    assert container.stdout == "BORN\n"


def failed(container: Supervised, code: int, *said: str) -> None:
    """Assert that the command does not start, and that kubexit exits with this code and says why."""
    assert container.wait(60) == code, container.stderr
    assert container.stdout == ""
    for word in said:
        assert word in container.stderr
