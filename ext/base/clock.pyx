"""Clocks: monotonic time for waiting, wall time for tombstones and log lines.

The conversion to a calendar date is our own arithmetic: gmtime(3) of a static
C library opens /etc/localtime, a system call without a reason.
"""
cimport kernel

cdef extern from *:
    """
    #define MILLISECOND_NS 1000000LL
    #define SECOND_NS 1000000000LL
    #define NEVER_NS 0x7fffffffffffffffLL
    """
    const long long MILLISECOND_NS
    const long long SECOND_NS
    const long long NEVER_NS    # no deadline

cdef enum:
    TIME_BYTES = 36  # "2006-01-02T15:04:05.999999999Z" and room for a far year

ctypedef struct date_t:
    long long year
    int month
    int day


cdef long long clock_read_ns(int clock) noexcept nogil:
    """Return the nanoseconds of one clock; clock_gettime(2) cannot fail for the clocks used here."""
    cdef kernel.timespec now
    kernel.clock_gettime(clock, &now)
    return now.tv_sec * SECOND_NS + now.tv_nsec


cdef long long clock_monotonic_ns() noexcept nogil:
    """Return the time for deadlines: steps of the wall clock do not change it."""
    return clock_read_ns(kernel.CLOCK_MONOTONIC)


cdef long long clock_wall_ns() noexcept nogil:
    """Return nanoseconds since 1970 in UTC, for people and tombstones only."""
    return clock_read_ns(kernel.CLOCK_REALTIME)


cdef long long clock_of_file_ns(const kernel.timespec *time) noexcept nogil:
    """Return the time of a file as clock_wall_ns does. A file can have any time (utimensat(2)): what does not fit is
    the first or the last that does."""
    if time.tv_sec < 0:
        return 0
    return time.tv_sec * SECOND_NS + time.tv_nsec if time.tv_sec < NEVER_NS // SECOND_NS else NEVER_NS - 1


cdef long long clock_add_ns(long long start_ns, long long length_ns) noexcept nogil:
    """Return start + length, or NEVER_NS if that does not fit."""
    if length_ns >= NEVER_NS - start_ns:
        return NEVER_NS
    return start_ns + length_ns


cdef long long clock_earlier(long long one_ns, long long two_ns) noexcept nogil:
    """Return the earlier of two times."""
    return one_ns if one_ns < two_ns else two_ns


cdef void pause_ms(long long length_ms) noexcept nogil:
    """Sleep. Signals are blocked, so nothing but a stop cuts it short."""
    cdef kernel.timespec length
    length.tv_sec = length_ms // 1000
    length.tv_nsec = length_ms % 1000 * MILLISECOND_NS
    kernel.nanosleep(&length, NULL)


cdef date_t date_of_days(long long days) noexcept nogil:
    """Return days since 1970-01-01 as a date of the Gregorian calendar (any year from 0 on).

    Years start in March here, so that the leap day is the last day of a year;
    146097 days make one era of 400 years.
    """
    cdef date_t date
    cdef long long since_era_zero = days + 719468
    cdef long long era = since_era_zero // 146097
    cdef long long day_of_era = since_era_zero - era * 146097
    cdef long long year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36524
                                  - day_of_era // 146096) // 365
    cdef long long day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4
                                               - year_of_era // 100)
    cdef long long month_from_march = (5 * day_of_year + 2) // 153
    date.day = <int>(day_of_year - (153 * month_from_march + 2) // 5 + 1)
    date.month = <int>(month_from_march + 3 if month_from_march < 10 else month_from_march - 9)
    date.year = year_of_era + era * 400 + (1 if date.month <= 2 else 0)
    return date


cdef void time_write(char *target, long long wall_ns, int digits) noexcept nogil:
    """Write RFC 3339 in UTC, with 0 to 9 digits of fraction, into TIME_BYTES bytes."""
    cdef long long seconds = quotient_down(wall_ns, SECOND_NS)
    cdef long long fraction = wall_ns - seconds * SECOND_NS
    cdef long long days = quotient_down(seconds, 86400)
    cdef int of_day = <int>(seconds - days * 86400)
    cdef date_t date = date_of_days(days)
    cdef int at = time_digits(target, 0, date.year, 4, c'-')
    at = time_digits(target, at, date.month, 2, c'-')
    at = time_digits(target, at, date.day, 2, c'T')
    at = time_digits(target, at, of_day // 3600, 2, c':')
    at = time_digits(target, at, of_day // 60 % 60, 2, c':')
    at = time_digits(target, at, of_day % 60, 2, c'.')
    at = time_digits(target, at, fraction, 9, 0) - 1
    at -= 9 - digits
    if digits == 0:
        at -= 1
    target[at] = c'Z'
    target[at + 1] = 0


cdef long long quotient_down(long long number, long long divisor) noexcept nogil:
    """Return the quotient, rounded down: before 1970 too, a moment is in the second that began last."""
    return number // divisor - (number % divisor < 0)


cdef int time_digits(char *target, int at, long long value, int width, char after) noexcept nogil:
    """Write `width` digits of a number and the character after them; return the place behind.

    Not snprintf(3): each life has half a dozen times in it, and that took half of all our instructions.
    """
    cdef int place = width
    while place > 0:
        place -= 1
        target[at + place] = <char>(c'0' + value % 10)
        value //= 10
    target[at + width] = after
    return at + width + 1
