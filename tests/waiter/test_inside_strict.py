"""The static file's waiter works without any rights: an empty root, read-only, a foreign user, no /tmp."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from harness.kubexit import Kubexit
from harness.servers.apiserver import ApiServer
from harness.servers.pods import pod, ready
from harness.supervised import Supervised
from harness.world.sandbox import Sandbox, require_filters

WAITING = pod("main", "db")
READY = ready(WAITING, "db")
WORLDS = {
    "nobody": Sandbox(),
    "high uid": Sandbox(uid=1_000_710_000),
    "no /proc": Sandbox(proc=False),
    "seccomp": Sandbox(filtered=True),
    "seccomp, no /proc": Sandbox(filtered=True, proc=False, uid=1_000_710_000),
    "root without rights": Sandbox(uid=0),
}


@pytest.fixture
def begin(static: Kubexit, api: ApiServer, awaiting: Callable[..., Supervised]) -> Callable[..., Supervised]:
    """Start kubexit in its own world, with a command that waits for db and then exits with 3."""

    def begin(world: Sandbox, **settings: Any) -> Supervised:
        environment = {"NAME": "main", "GRAVEYARD": "/graveyard", "BIRTH_DEPS": "db", "BIRTH_TIMEOUT": "1m"}
        environment |= {"POD_NAME": "job-1", "NAMESPACE": "shop", **settings}
        variables = {f"KUBEXIT_{key}": value for key, value in environment.items() if value is not None}
        arguments = ["/bin/actor", "exit", "3"]
        world = replace(world, account=awaiting.account)
        return world.start(static, *arguments, environment={**api.environment, **variables})

    return begin


@pytest.mark.behaviour("runs-anywhere-unprivileged")
@pytest.mark.parametrize("world", WORLDS)
def test_waits_for_readiness(api: ApiServer, begin: Callable[..., Supervised], world: str) -> None:
    """A list and a watch over TLS, and then the command, in a world with kubexit, a command and an account alone."""
    if WORLDS[world].filtered:
        require_filters()
    api.show(WAITING)
    started = begin(WORLDS[world])
    api.wait_watched()
    api.show(READY)

    assert started.wait() == 3, started.stderr
    assert [request.verb for request in api.asked()] == ["list", "watch"]


@pytest.mark.behaviour("runs-anywhere-unprivileged")
@pytest.mark.parametrize("proc", [True, False], ids=["proc", "no proc"])
def test_modules_beside_it(api: ApiServer, begin: Callable[..., Supervised], proc: bool) -> None:
    """The file's folder need not be readable, and no file beside it is imported."""
    api.show(READY)
    names = ("urllib3", "json", "simplejson", "h2", "brotli", "zstandard", "sitecustomize", "encodings", "os")
    started = begin(Sandbox(proc=proc, beside=tuple(f"{name}.py" for name in names)))

    assert started.wait() == 3, started.stderr


@pytest.mark.behaviour("runs-anywhere-unprivileged")
@pytest.mark.parametrize("proc", [True, False], ids=["proc", "no proc"])
def test_an_execute_only_file_has_no_waiter(api: ApiServer, begin: Callable[..., Supervised], proc: bool) -> None:
    """A file that may be executed and not read has no waiter: the code is 70, and one line says what to do."""
    api.show(READY)
    started = begin(Sandbox(mode=0o111, proc=proc))

    assert started.wait() == 70
    started.wait_line("error.*cannot read /bin/kubexit: Permission denied .its mode should be 0555.", "stderr")
    assert api.connections == 0


@pytest.mark.behaviour("graveyard-source-asks-no-api", "runs-anywhere-unprivileged")
def test_execute_only_and_readiness_from_the_graveyard(static: Kubexit, begin: Callable[..., Supervised]) -> None:
    """Such a file needs no waiter when readiness is read from the graveyard."""
    static.carve("db", Born=True, Ready=True)

    assert begin(Sandbox(mode=0o111), BIRTH_SOURCE="graveyard", LIVENESS="false").wait() == 3
