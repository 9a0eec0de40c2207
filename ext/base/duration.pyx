"""Durations: "1m30s" to nanoseconds, as Go's time.ParseDuration reads them.

Decimal numbers, each with an optional fraction and a unit; units are ns, us (or
µs), ms, s, m, h; "0" needs no unit. The reach is that of 64-bit nanoseconds.
"""
from libc.stddef cimport size_t
cimport cstd

cdef extern from *:
    """
    #define DURATION_END (1ULL << 63) /* one more nanosecond than the longest duration has */
    """
    const unsigned long long DURATION_END

ctypedef struct duration_unit_t:
    size_t length       # bytes of the unit's name
    long long ns

cdef enum:
    DURATION_OK = 0
    DURATION_MALFORMED = 1
    DURATION_NO_UNIT = 2
    DURATION_UNKNOWN_UNIT = 3
    DURATION_TOO_LONG = 4


cdef const char *duration_problem(int code) noexcept nogil:
    """Return what is wrong with a duration, and what would be right."""
    if code == DURATION_NO_UNIT:
        return b"no unit; use 300ms, 30s, 1m30s or 1.5h"
    if code == DURATION_UNKNOWN_UNIT:
        return b"unknown unit; use ns, us, ms, s, m or h"
    if code == DURATION_TOO_LONG:
        return b"too long; the longest is about 292 years"
    return b"not a duration; use 300ms, 30s, 1m30s or 1.5h"


cdef duration_unit_t duration_unit(const char *text) noexcept nogil:
    """Return the unit that a text begins with; it ends at the next digit, point or end."""
    cdef duration_unit_t unit
    unit.length = 0
    while text[unit.length] != 0 and text[unit.length] != c'.' and not is_digit(text[unit.length]):
        unit.length += 1
    unit.ns = duration_unit_ns(text, unit.length)
    return unit


cdef long long duration_unit_ns(const char *text, size_t length) noexcept nogil:
    """Return the nanoseconds of a unit; 0 if the name is unknown."""
    if length == 1:
        if text[0] == c's':
            return 1000000000
        if text[0] == c'm':
            return 60 * <long long>1000000000
        if text[0] == c'h':
            return 3600 * <long long>1000000000
    if length == 2 and text[1] == c's':
        if text[0] == c'n':
            return 1
        if text[0] == c'u':
            return 1000
        if text[0] == c'm':
            return 1000000
    # Both spellings of the micro sign: U+00B5 and the Greek letter U+03BC.
    if length == 3 and (cstd.memcmp(text, b"\xc2\xb5s", 3) == 0
                        or cstd.memcmp(text, b"\xce\xbcs", 3) == 0):
        return 1000
    return 0


cdef int duration_read(const char *text, long long *ns) noexcept nogil:
    """Read a duration as nanoseconds (may be negative); DURATION_OK, or what is wrong."""
    cdef bint negative = text[0] == c'-'
    cdef unsigned long long total = 0
    cdef unsigned long long part = 0
    cdef int problem = DURATION_OK
    ns[0] = 0
    if text[0] == c'-' or text[0] == c'+':
        text += 1
    if cstd.strcmp(text, b"0") == 0:
        return DURATION_OK
    if text[0] == 0:
        return DURATION_MALFORMED
    while text[0] != 0:
        problem = duration_parse_part(&text, &part)
        if problem != DURATION_OK:
            return problem
        if part > DURATION_END - total:
            return DURATION_TOO_LONG
        total += part
    if negative:
        # The most negative value has no positive twin; Go accepts it.
        ns[0] = <long long>(0 - total)
        return DURATION_OK
    if total > DURATION_END - 1:
        return DURATION_TOO_LONG
    ns[0] = <long long>total
    return DURATION_OK


cdef int duration_parse_part(const char **text, unsigned long long *part) noexcept nogil:
    """Read one number with its unit, for example 1.5h; move the text behind it."""
    cdef const char *at = text[0]
    cdef unsigned long long whole = 0
    cdef unsigned long long fraction = 0
    cdef double scale = 1
    cdef duration_unit_t unit
    if not duration_parse_whole(&at, &whole):
        return DURATION_TOO_LONG
    if at[0] == c'.':
        at += 1
        duration_parse_fraction(&at, &fraction, &scale)
    if at == text[0] or (at == text[0] + 1 and at[-1] == c'.'):
        return DURATION_MALFORMED       # no digit at all
    unit = duration_unit(at)
    if unit.length == 0:
        return DURATION_NO_UNIT
    if unit.ns == 0:
        return DURATION_UNKNOWN_UNIT
    if whole > DURATION_END // <unsigned long long>unit.ns:
        return DURATION_TOO_LONG
    whole *= <unsigned long long>unit.ns
    if fraction > 0:
        whole += <unsigned long long>(<double>fraction * (<double>unit.ns / scale))
        if whole > DURATION_END:
            return DURATION_TOO_LONG
    part[0] = whole
    text[0] = at + unit.length
    return DURATION_OK


cdef bint duration_parse_whole(const char **at, unsigned long long *whole) noexcept nogil:
    """Read digits as a number; False if it does not fit."""
    while is_digit(at[0][0]):
        if whole[0] > DURATION_END // 10:
            return False
        whole[0] = whole[0] * 10 + <unsigned long long>(at[0][0] - c'0')
        if whole[0] > DURATION_END:
            return False
        at[0] += 1
    return True


cdef void duration_parse_fraction(const char **at, unsigned long long *fraction, double *scale) noexcept nogil:
    """Read the digits behind a point, as a number and the power of ten that divides it."""
    cdef bint precise = True
    while is_digit(at[0][0]):
        # Digits beyond what 63 bits hold are below any unit's resolution.
        precise = precise and fraction[0] <= (DURATION_END - 1) // 10 and \
            fraction[0] * 10 + <unsigned long long>(at[0][0] - c'0') <= DURATION_END
        if precise:
            fraction[0] = fraction[0] * 10 + <unsigned long long>(at[0][0] - c'0')
            scale[0] *= 10
        at[0] += 1
