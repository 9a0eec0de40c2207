"""What a machine cannot test: a skip with a reason, or a failure where it must be tested."""

import os
from collections.abc import Callable
from typing import NoReturn

import pytest


def untested(subject: str, required: str) -> Callable[[str], NoReturn]:
    """Return a function that skips a test with a reason, loudly; it fails the test where the subject is required.

    Args:
        subject: what is not tested, as the end of "NOT TESTED ...": for example "in containers".
        required: the variable that CI sets where the subject must be tested.
    """

    def not_tested(reason: str) -> NoReturn:
        said = f"NOT TESTED {subject}: {reason}"
        if os.environ.get(required):
            pytest.fail(said)
        pytest.skip(said)

    return not_tested
