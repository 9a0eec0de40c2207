"""Refusals: one line about each bad value, in one shape for every setting."""
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
    For a plan it begins with the place.
    """
    cdef char line[PROBLEM_BYTES]
    settings.is_refused[row] = True
    if plan_has(settings.plan, part):
        cstd.snprintf(line, PROBLEM_BYTES, b"%s=%.*s: %s", SETTINGS[row].name + PREFIX_BYTES,
                      <int>(length if length < QUOTED_BYTES else QUOTED_BYTES), part, why)
        return plan_refuse(&settings.problems, settings.plan, part, line)
    if settings.is_set[row]:
        cstd.snprintf(line, PROBLEM_BYTES, b"%s=%.*s: %s", SETTINGS[row].name,
                      <int>(length if length < QUOTED_BYTES else QUOTED_BYTES), part, why)
    else:
        cstd.snprintf(line, PROBLEM_BYTES, b"%s: %s", SETTINGS[row].name, why)
    return problem_add(&settings.problems, line)


cdef int settings_refuse(settings_t *settings, const char *why) noexcept nogil:
    """Refuse several values together; always EXIT_SETTINGS."""
    if settings.line != NULL:
        return plan_refuse(&settings.problems, settings.plan, settings.line.name, why)
    return problem_add(&settings.problems, why)
