"""Fixtures of the tests in a sandbox: pods, with either kind of graveyard."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.forms import FORMS, Form
from harness.untested import untested
from sandbox.pod import KINDS, Pod
from sandbox.runtime import Runtime, UnavailableError, find

not_tested = untested("in a sandbox", "KUBEXIT_SANDBOX_REQUIRED")


@pytest.fixture(scope="session")
def runsc() -> str:
    """The path of the runtime."""
    try:
        return find()
    except UnavailableError as reason:
        not_tested(str(reason))


def made(runsc: str, form: Form, folder: Path, kind: str) -> Iterator[Pod]:
    """A pod that ends with its test."""
    pod = None
    try:
        pod = Pod(Runtime(runsc, folder / "state"), form.path, folder / "pod", kind)
        yield pod
    finally:
        if pod is not None:
            pod.end()


@pytest.fixture(params=KINDS)
def pod(runsc: str, form: Form, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Pod]:
    """A pod with each kind of graveyard in turn."""
    yield from made(runsc, form, tmp_path, request.param)


@pytest.fixture
def shared(runsc: str, form: Form, tmp_path: Path) -> Iterator[Pod]:
    """A pod whose graveyard is a tmpfs that gVisor shares among the containers."""
    yield from made(runsc, form, tmp_path, "tmpfs")


@pytest.fixture
def bound(runsc: str, form: Form, tmp_path: Path) -> Iterator[Pod]:
    """A pod whose graveyard is a folder of the host, mounted into each container."""
    yield from made(runsc, form, tmp_path, "bind")


@pytest.fixture
def static(runsc: str, tmp_path: Path) -> Iterator[Pod]:
    """A pod with the static file, which has an interpreter inside."""
    form = FORMS["static"]
    if not form.exists or form.is_stale:
        not_tested(form.missing)
    yield from made(runsc, form, tmp_path, "tmpfs")
