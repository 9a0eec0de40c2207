"""Durations such as 1m30s, as Go's time.ParseDuration reads them."""

import re

SECOND = 10**9
UNITS = {"ns": 1, "us": 1000, "µs": 1000, "μs": 1000, "ms": 10**6, "s": SECOND, "m": 60 * SECOND, "h": 3600 * SECOND}
END = 2**63  # one more nanosecond than the longest duration has
PART = re.compile(r"([0-9]*)(?:\.([0-9]*))?([^0-9.]*)")
USE = "use 300ms, 30s, 1m30s or 1.5h"


def parse(text: str) -> int:
    """Return the nanoseconds of a duration; a negative one is 0. ValueError says what is wrong."""
    sign, rest = (text[:1], text[1:]) if text[:1] in {"-", "+"} else ("", text)
    if rest == "0":
        return 0
    if not rest:
        raise ValueError(f"not a duration; {USE}")
    total, at = 0, 0
    while at < len(rest):
        match = PART.match(rest, at)
        assert match is not None  # each group can be empty
        total += part(*match.groups())
        at = match.end()
        if total > END:
            raise ValueError("too long; the longest is about 292 years")
    if sign == "-":
        return 0
    if total > END - 1:
        raise ValueError("too long; the longest is about 292 years")
    return total


def part(whole: str, fraction: str | None, unit: str) -> int:
    """Return the nanoseconds of one number with its unit."""
    if not whole and not fraction:
        raise ValueError(f"not a duration; {USE}")
    if int(whole or "0") > END:
        raise ValueError("too long; the longest is about 292 years")
    if not unit:
        raise ValueError(f"no unit; {USE}")
    if unit not in UNITS:
        raise ValueError("unknown unit; use ns, us, ms, s, m or h")
    nanoseconds = int(whole or "0") * UNITS[unit]
    if fraction:
        nanoseconds += below_the_point(fraction, UNITS[unit])
    if nanoseconds > END:
        raise ValueError("too long; the longest is about 292 years")
    return nanoseconds


def below_the_point(digits: str, unit: int) -> int:
    """Return the nanoseconds of a fraction, in the floating-point arithmetic of Go."""
    number, scale = 0, 1.0
    for digit in digits:
        if number * 10 + int(digit) > END - 1:
            break  # beyond what 63 bits hold, far below a nanosecond
        number = number * 10 + int(digit)
        scale *= 10
    return int(float(number) * (float(unit) / scale))


def text(nanoseconds: int) -> str:
    """Return a duration as a person writes it: 1m30s, 500ms, 0s."""
    if nanoseconds == 0:
        return "0s"
    words = []
    for unit in ("h", "m", "s", "ms", "us", "ns"):
        count, nanoseconds = divmod(nanoseconds, UNITS[unit])
        if count:
            words.append(f"{count}{unit}")
    return "".join(words)
