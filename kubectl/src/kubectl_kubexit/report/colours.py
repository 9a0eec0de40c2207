"""Whether a report has colours."""

import os
from typing import Literal


def colours() -> Literal["auto"] | None:
    """Return what a console of rich needs: colours on a terminal that has them, none at all with NO_COLOR."""
    return None if os.environ.get("NO_COLOR") else "auto"
