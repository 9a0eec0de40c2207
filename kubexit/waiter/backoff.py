"""How long to wait before the next try.

When an API server comes back, all its clients come back too. With the same delays they
would overload it together, again and again. A pause is random, from nothing up to a
limit that doubles (full jitter), so that they spread.
"""

import math
import random
import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime

LEAST_SECONDS = 0.5
MOST_SECONDS = 8.0
RETRY_AFTER_MOST_SECONDS = 120.0


class Backoff:
    """The next delay in seconds, longer with each failure in a row."""

    def __init__(self, draw: Callable[[float, float], float] = random.uniform) -> None:
        self._draw = draw
        self._bound = LEAST_SECONDS

    def reset(self) -> None:
        """Start with the shortest pause again: something worked."""
        self._bound = LEAST_SECONDS

    @property
    def is_fresh(self) -> bool:
        """Whether nothing has failed since something worked."""
        return self._bound == LEAST_SECONDS

    def delay(self, headers: Mapping[str, str] | None = None, most_seconds: float = math.inf) -> float:
        """Return a draw of at most so much; when the server named a time (Retry-After), it comes on top of that.

        The bound is cut, not the draw: cut draws would all be the same.
        """
        drawn = self._draw(0.0, min(self._bound, most_seconds))
        self._bound = min(self._bound * 2, MOST_SECONDS)
        return retry_after_seconds(headers) + drawn


def retry_after_seconds(headers: Mapping[str, str] | None) -> float:
    """Retry-After as seconds or as a date (RFC 9110, 10.2.3); 0 without one that can be understood."""
    value = ((headers or {}).get("Retry-After") or "").strip()
    if not value:
        return 0.0
    try:
        seconds = float(value) if value.isdigit() else parsedate_to_datetime(value).timestamp() - time.time()
    except (ValueError, OverflowError):  # a date with a year or a zone out of all bounds
        return 0.0
    return min(max(seconds, 0.0), RETRY_AFTER_MOST_SECONDS)
