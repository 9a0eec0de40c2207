"""Fixtures for tests against an API server: that of KUBECONFIG, or else one that the tests start on loopback."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from cluster import policy
from cluster.access import Access, Account
from cluster.audit import Audit
from cluster.birth import Birth
from cluster.keeper import Keeper
from harness.untested import untested
from node.programs import UnavailableError

not_tested = untested("against a real API server", "KUBEXIT_CLUSTER_REQUIRED")


@dataclass(frozen=True)
class Server:
    """How to reach an API server as its admin; `own` when the tests may stop it."""

    kubeconfig: Path
    own: Keeper | None


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The API server of this run."""
    if named := os.environ.get("KUBECONFIG"):
        yield Server(Path(named), None)
        return
    try:
        own = Keeper(tmp_path_factory.mktemp("apiserver"))
    except UnavailableError as reason:
        not_tested(f"KUBECONFIG is not set, and {reason}")
    yield Server(own.kubeconfig, own)
    own.end()


@pytest.fixture(scope="session")
def access(server: Server) -> Iterator[Access]:
    """The admin's connection, with a namespace of this run."""
    opened = Access(server.kubeconfig)
    opened.open()
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def restricted(server: Server) -> Iterator[Access]:
    """A namespace that enforces the restricted pod security standard."""
    opened = Access(server.kubeconfig)
    opened.open("restricted")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def account(access: Access, tmp_path_factory: pytest.TempPathFactory) -> Account:
    """A service account that may list and watch pods, and do nothing else."""
    return access.account(tmp_path_factory.mktemp("account") / "folder")


@pytest.fixture
def birth(server: Server, access: Access, account: Account, tmp_path: Path) -> Iterator[Birth]:
    """Pods and birth waits of one test."""
    audit = Audit(server.own.audit_log) if server.own else None
    made = Birth(access, account, tmp_path, audit)
    yield made
    made.end()


@pytest.fixture
def own(server: Server, birth: Birth) -> Iterator[Keeper]:
    """The server when the test may stop it and read its audit log; it runs again afterwards."""
    if server.own is None:
        pytest.skip("NOT TESTED: stopping the API server and reading its audit log, which is not ours (KUBECONFIG)")
    yield server.own
    if not server.own.serves:
        server.own.start_server()


@pytest.fixture(scope="session")
def injection(server: Server, access: Access) -> policy.Injection:
    """A server that injects kubexit, by the policies of deploy/."""
    if server.own is None:
        pytest.skip("NOT TESTED: the admission policies, in a cluster that is not ours (KUBECONFIG)")
    policy.install(access)
    return policy.Injection(access)


@pytest.fixture
def audit(own: Keeper) -> Audit:
    """What reached the server."""
    return Audit(own.audit_log)
