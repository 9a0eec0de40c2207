"""What an audit has to say: something to renew, something to know, or a question that could not be asked."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Finding:
    """One line of the report."""

    kind: Literal["RENEW", "newer", "unknown"]
    """RENEW: a pin is known to be vulnerable, and the check fails. newer: a later release fixes no known danger.
    unknown: the question was not answered, a person must look."""
    text: str
