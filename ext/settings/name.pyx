"""Names: of this container and of its dependencies; each is the file name of a tombstone."""
from libc.stddef cimport size_t
cimport cstd


cdef int setting_parse_name(settings_t *settings, int row) noexcept nogil:
    """Read KUBEXIT_NAME."""
    cdef const char *name = settings.value[row]
    cdef const char *why = name_problem(name, cstd.strlen(name))
    if name[0] == 0 and settings.no_pod:
        return 0
    if name[0] == 0:
        return setting_refuse(settings, row, b"is required; use the container's name, "
                              b"or KUBEXIT_DISABLED=true outside of a pod")
    if why != NULL:
        return setting_refuse(settings, row, why)
    settings.name = name
    settings.name_valid = True
    return 0


cdef const char *name_problem(const char *name, size_t length) noexcept nogil:
    """Return why a name cannot be a tombstone's; NULL if it can."""
    cdef size_t at
    if length == 0:
        return b"empty name; use the name of a container"
    if length > NAME_BYTES:
        return b"name is too long; use at most 240 bytes"
    if name[0] == c'.':
        return b"invalid name; it cannot begin with a dot"
    for at in range(length):
        if is_control(name[at]) or is_blank(name[at]) or name[at] == c',' or name[at] == c':' or name[at] == c'/':
            return b"invalid name; it cannot contain blanks, control characters, ',', ':' or '/'"
        if is_mark(name + at, length - at):
            return b"invalid name; it cannot contain a byte order mark (U+FEFF), which is not visible"
    if length > 6 and bytes_equal(name + length - 6, 6, b".alive"):
        return b"invalid name; kubexit's own files in the graveyard end in .alive"
    return NULL
