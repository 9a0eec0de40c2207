"""The native unit, which the tool is compared with."""

from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def supervisor() -> ModuleType:
    """Return the extension module kubexit._supervisor."""
    return pytest.importorskip(
        "kubexit._supervisor", reason="NATIVE UNIT NOT TESTED: kubexit is not installed (make dev)"
    )
