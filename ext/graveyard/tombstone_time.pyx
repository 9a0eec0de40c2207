"""Tombstone times: RFC 3339, with any zone and fraction, as nanoseconds."""
from libc.stddef cimport size_t


cdef long long time_read(const char *text, size_t length) noexcept nogil:
    """Return nanoseconds since 1970; ABSENT if the text is not a time. A year that does not fit is 1678 or 2261."""
    cdef long long seconds
    cdef long long year
    cdef int zone
    if text == NULL or not is_time(text, length):
        return ABSENT
    year = digits_parse(text, 4)
    year = 1678 if year < 1678 else 2261 if year > 2261 else year
    seconds = days_of_date(year, digits_parse(text + 5, 2), digits_parse(text + 8, 2)) * 86400
    seconds += digits_parse(text + 11, 2) * 3600 + digits_parse(text + 14, 2) * 60 + digits_parse(text + 17, 2)
    if text[length - 1] != c'Z':
        zone = digits_parse(text + length - 5, 2) * 3600 + digits_parse(text + length - 2, 2) * 60
        seconds += zone if text[length - 6] == c'-' else -zone
    return seconds * SECOND_NS + time_fraction(text + 19)


cdef long long time_fraction(const char *text) noexcept nogil:
    """Return the nanoseconds of ".123"; digits beyond the ninth do not count."""
    cdef long long ns = 0
    cdef long long unit = SECOND_NS // 10
    if text[0] != c'.':
        return 0
    text += 1
    while is_digit(text[0]) and unit > 0:
        ns += (text[0] - c'0') * unit
        unit //= 10
        text += 1
    return ns


cdef long long days_of_date(long long year, int month, int day) noexcept nogil:
    """Return the days from 1970-01-01 to a date of the Gregorian calendar: the reverse of date_of_days."""
    cdef long long era
    cdef long long year_of_era
    cdef int month_from_march = month - 3 if month > 2 else month + 9
    if month <= 2:
        year -= 1
    era = year // 400
    year_of_era = year - era * 400
    return era * 146097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 \
        + (153 * month_from_march + 2) // 5 + day - 1 - 719468
