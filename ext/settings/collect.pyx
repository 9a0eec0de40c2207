"""Collecting settings: our variables, found in one pass over the environment."""
from libc.stddef cimport size_t
cimport cstd


cdef void settings_collect(settings_t *settings, char **environ) noexcept nogil:
    """Find our variables in one pass over the environment; empty is unset, but for a plan, which is an error then.

    A byte order mark, which an editor may have written into the file of a ConfigMap, is no part of a value.
    """
    cdef int row
    cdef const char *entry
    cdef const char *value
    settings_clear(settings)
    while environ[0] != NULL:
        entry = environ[0]
        environ += 1
        # The first letter first: most of an environment is not ours.
        if entry[0] != c'K' and entry[0] != c'k':
            continue
        if cstd.strncmp(entry, b"KUBEXIT_", PREFIX_BYTES) != 0:
            unknown_note_prefix(settings, entry)
        else:
            row = settings_row(entry)
            if row < 0:
                unknown_note(settings, entry, PREFIX_BYTES - 1)
                continue
            value = text_skip_mark(entry + cstd.strlen(SETTINGS[row].name) + 1)
            if not settings.is_set[row] and (value[0] != 0 or row == SETTING_PLAN):
                settings.value[row] = value
                settings.is_set[row] = True


cdef void settings_clear(settings_t *settings) noexcept nogil:
    """Set all values to their defaults. Nothing is wrong with them."""
    cdef int row
    for row in range(SETTING_COUNT):
        settings.value[row] = SETTINGS[row].default_text
        settings.is_set[row] = False
        settings.is_refused[row] = False
    settings.unknown_count = 0
    problems_clear(&settings.problems)
    settings.plan = NULL
    settings.line = NULL
    settings.is_other = False
    settings.no_pod = False


cdef int settings_row(const char *entry) noexcept nogil:
    """Return the row of "KUBEXIT_X=value"; -1 if the table has none."""
    cdef int row
    cdef size_t length
    for row in range(SETTING_COUNT):
        length = cstd.strlen(SETTINGS[row].name)
        if cstd.strncmp(entry, SETTINGS[row].name, length) == 0 and entry[length] == c'=':
            return row
    return -1
