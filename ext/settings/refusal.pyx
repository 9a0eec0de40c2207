"""Refusals: the one line about a bad value, in one shape for every setting."""
from libc.stddef cimport size_t
cimport cstd

cdef enum:
    QUOTED_BYTES = 120          # of a bad value, in a message


cdef int setting_refuse(settings_t *settings, int row, const char *why) noexcept nogil:
    """Refuse the value of a row; always EXIT_SETTINGS."""
    return setting_refuse_part(settings, row, settings.value[row], cstd.strlen(settings.value[row]), why)


cdef int setting_refuse_part(settings_t *settings, int row, const char *part, size_t length,
                             const char *why) noexcept nogil:
    """Refuse one element of a list; always EXIT_SETTINGS.

    Every bad value gives one line of the same shape: "KUBEXIT_X=value: why; what would be right".
    The first refusal counts.
    """
    if settings.problem[0] != 0:
        return EXIT_SETTINGS
    if settings.is_set[row]:
        cstd.snprintf(settings.problem, PROBLEM_BYTES, b"%s=%.*s: %s", SETTINGS[row].name,
                      <int>(length if length < QUOTED_BYTES else QUOTED_BYTES), part, why)
    else:
        cstd.snprintf(settings.problem, PROBLEM_BYTES, b"%s: %s", SETTINGS[row].name, why)
    return EXIT_SETTINGS
