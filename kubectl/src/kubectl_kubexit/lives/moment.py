"""Moments as texts."""

from datetime import UTC, datetime


def moment(text: object) -> float | None:
    """Return the seconds since 1970 of a time such as 2026-11-26T12:00:00.5Z; None if it is not one."""
    if not isinstance(text, str) or not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.replace(tzinfo=found.tzinfo or UTC).timestamp()


def timestamp(seconds: float | None) -> str | None:
    """Return a time in UTC to the millisecond, for example 2026-11-26T12:00:00.500Z; None for None."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
