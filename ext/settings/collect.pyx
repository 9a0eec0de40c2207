"""Collecting settings: our variables, found in one pass over the environment."""
from libc.stddef cimport size_t
cimport cstd


cdef void settings_collect(settings_t *settings, char **environ) noexcept nogil:
    """Find our variables in one pass over the environment; empty is unset."""
    cdef int row
    cdef const char *entry
    for row in range(SETTING_COUNT):
        settings.value[row] = SETTINGS[row].default_text
        settings.is_set[row] = False
    settings.unknown_count = 0
    settings.problem[0] = 0
    while environ[0] != NULL:
        entry = environ[0]
        environ += 1
        # The first letter first: most of an environment is not ours.
        if entry[0] == c'K' and cstd.strncmp(entry, b"KUBEXIT_", PREFIX_BYTES) == 0:
            row = settings_row(entry)
            if row < 0:
                unknown_note(settings, entry)
            elif not settings.is_set[row] and entry[cstd.strlen(SETTINGS[row].name) + 1] != 0:
                settings.value[row] = entry + cstd.strlen(SETTINGS[row].name) + 1
                settings.is_set[row] = True


cdef int settings_row(const char *entry) noexcept nogil:
    """Return the row of "KUBEXIT_X=value"; -1 if the table has none."""
    cdef int row
    cdef size_t length
    for row in range(SETTING_COUNT):
        length = cstd.strlen(SETTINGS[row].name)
        if cstd.strncmp(entry, SETTINGS[row].name, length) == 0 and entry[length] == c'=':
            return row
    return -1
