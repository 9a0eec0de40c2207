"""How often the rare orders of events are tried: a few dozen times, or STRESS_ROUNDS times."""

import os

import pytest

from harness.forms import Form


@pytest.fixture
def rounds(request: pytest.FixtureRequest, form: Form) -> int:
    """The number of rounds: STRESS_ROUNDS for tests marked stress, else what takes about a second."""
    if request.node.get_closest_marker("stress"):
        return int(os.environ.get("STRESS_ROUNDS", "200"))
    return 40 if form.is_native else 10
