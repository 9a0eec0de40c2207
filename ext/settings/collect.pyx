"""Collecting settings: our variables, found in one pass over the environment."""
from libc.stddef cimport size_t
cimport cstd


cdef void settings_collect(settings_t *settings, char **environ) noexcept nogil:
    """Find our variables in one pass over the environment; empty is unset."""
    cdef int row
    cdef const char *entry
    for row in range(SETTING_COUNT):
        settings.value[row] = SETTINGS[row].fallback
        settings.given[row] = False
    settings.unknown_count = 0
    while environ[0] != NULL:
        entry = environ[0]
        environ += 1
        if cstd.strncmp(entry, b"KUBEXIT_", PREFIX_BYTES) == 0:
            row = settings_row(entry)
            if row < 0:
                settings_note_unknown(settings, entry)
            elif not settings.given[row] and entry[cstd.strlen(SETTINGS[row].name) + 1] != 0:
                settings.value[row] = entry + cstd.strlen(SETTINGS[row].name) + 1
                settings.given[row] = True


cdef int settings_row(const char *entry) noexcept nogil:
    """The row of "KUBEXIT_X=value", -1 when the table has none."""
    cdef int row
    cdef size_t length
    for row in range(SETTING_COUNT):
        length = cstd.strlen(SETTINGS[row].name)
        if cstd.strncmp(entry, SETTINGS[row].name, length) == 0 and entry[length] == c'=':
            return row
    return -1


cdef void settings_note_unknown(settings_t *settings, const char *entry) noexcept nogil:
    """Remember a variable to warn about, unless Kubernetes made it.

    For a Service named kubexit the kubelet sets KUBEXIT_SERVICE_HOST,
    KUBEXIT_PORT_80_TCP and so on in every container of the namespace.
    """
    if cstd.strchr(entry, c'=') == NULL:
        return                  # no variable at all, though execve(2) takes it
    if cstd.strncmp(entry, b"KUBEXIT_SERVICE_", 16) == 0 or \
            cstd.strncmp(entry, b"KUBEXIT_PORT", 12) == 0:
        return
    if settings.unknown_count < UNKNOWN_MOST:
        settings.unknown[settings.unknown_count] = entry
        settings.unknown_count += 1
