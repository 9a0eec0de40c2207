"""The door of the native unit, for tests that call its functions without starting anything."""

from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def supervisor() -> ModuleType:
    """Return the extension module kubexit._supervisor."""
    try:
        from kubexit import _supervisor
    except ImportError as error:
        pytest.skip(f"NATIVE UNIT NOT TESTED: kubexit is not installed (make dev): {error}")
    return _supervisor
