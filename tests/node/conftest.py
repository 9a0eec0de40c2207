"""Fixtures for tests with pods in a real cluster: a namespace for each test, and the node where it is ours."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from e2e.space import Space, space
from node.control import Control
from node.layout import Layout


@pytest.fixture(scope="session")
def kubeconfig() -> Path:
    """The admin's way into the cluster."""
    if named := os.environ.get("KUBECONFIG"):
        return Path(named)
    pytest.skip("NOT TESTED on a real node: KUBECONFIG is not set (make e2e makes a node)")


@pytest.fixture
def spaces(kubeconfig: Path) -> Iterator[Callable[..., Space]]:
    """Make namespaces, `spaces(standard)`; they go with the test."""
    with ExitStack() as stack:

        def make(standard: str = "restricted") -> Space:
            return stack.enter_context(space(kubeconfig, standard))

        yield make


@pytest.fixture
def here(spaces: Callable[..., Space]) -> Space:
    """A namespace under the restricted pod security standard."""
    return spaces()


@pytest.fixture
def free(spaces: Callable[..., Space]) -> Space:
    """A namespace in which everything is allowed."""
    return spaces("privileged")


@pytest.fixture(scope="session")
def layout() -> Layout:
    """The node's own files, where it is ours."""
    if folder := os.environ.get("KUBEXIT_NODE"):
        return Layout(Path(folder))
    pytest.skip("NOT TESTED: what stops daemons or reads the audit log; the cluster is that of KUBECONFIG")


@pytest.fixture
def daemons(layout: Layout) -> Iterator[Control]:
    """What stops and starts daemons; all run afterwards."""
    control = Control(layout)
    yield control
    for name in ("kube-apiserver", "containerd", "kubelet"):
        control.start(name)


@pytest.fixture
def version(here: Space) -> tuple[int, int]:
    """The cluster's version as a pair of numbers."""
    told = here.access.call("GET", "/version")
    return int(told["major"]), int(told["minor"].rstrip("+"))
