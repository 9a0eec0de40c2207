"""Unknown variables: one warning for each KUBEXIT_* that does not exist, with the nearest that does."""
from libc.stddef cimport size_t
cimport cstd

cdef enum:
    PREFIX_BYTES = 8            # "KUBEXIT_"
    DISTANCE_BYTES = 64         # names are compared up to this length


cdef void unknown_note(settings_t *settings, const char *entry) noexcept nogil:
    """Remember a variable to warn about, unless Kubernetes made it."""
    cdef const char *value = cstd.strchr(entry, c'=')
    if value == NULL:
        return                  # not a variable, though execve(2) takes it
    if service_link_is(entry + PREFIX_BYTES - 1, <size_t>(value - entry) - PREFIX_BYTES + 1, value + 1):
        return
    if settings.unknown_count < MAX_UNKNOWN:
        settings.unknown[settings.unknown_count] = entry
        settings.unknown_count += 1


cdef void unknown_warn(const settings_t *settings, log_t *log) noexcept nogil:
    """Log one line for each variable that was noted."""
    cdef int index
    cdef int nearest
    cdef int length
    cdef const char *entry
    for index in range(settings.unknown_count):
        entry = settings.unknown[index]
        length = <int>(cstd.strchr(entry, c'=') - entry)
        nearest = unknown_nearest(entry, <size_t>length)
        if nearest >= 0:
            log_warn(log, b"unknown setting %.*s; did you mean %s?", length, entry, SETTINGS[nearest].name)
        else:
            log_warn(log, b"unknown setting %.*s; kubexit --help lists the settings", length, entry)


cdef int unknown_nearest(const char *name, size_t length) noexcept nogil:
    """Return the row whose name is nearest to a misspelt one; -1 if none is near.

    Near means that it begins with the misspelt one, or that at most a third of the letters differ.
    """
    cdef int row
    cdef int best = -1
    cdef int distance
    cdef int least = <int>(length - PREFIX_BYTES + 2) // 3 + 1
    for row in range(SETTING_COUNT):
        distance = edit_distance(name + PREFIX_BYTES, length - PREFIX_BYTES,
                                 SETTINGS[row].name + PREFIX_BYTES,
                                 cstd.strlen(SETTINGS[row].name) - PREFIX_BYTES)
        if length > PREFIX_BYTES + 2 and cstd.strncmp(SETTINGS[row].name, name, length) == 0:
            distance = 1        # GRACE for GRACE_PERIOD
        if distance < least:
            least = distance
            best = row
    return best


cdef int edit_distance(const char *one, size_t one_length, const char *two, size_t two_length) noexcept nogil:
    """Return the Levenshtein distance of two names: letters to insert, delete or replace."""
    cdef int costs[DISTANCE_BYTES + 1]
    cdef int above_left
    cdef int above
    cdef size_t row
    cdef size_t column
    if one_length > DISTANCE_BYTES:
        one_length = DISTANCE_BYTES
    if two_length > DISTANCE_BYTES:
        two_length = DISTANCE_BYTES
    for column in range(two_length + 1):
        costs[column] = <int>column
    for row in range(one_length):
        above_left = <int>row
        costs[0] = <int>row + 1
        for column in range(two_length):
            above = costs[column + 1]
            costs[column + 1] = min3(above + 1, costs[column] + 1, above_left + (one[row] != two[column]))
            above_left = above
    return costs[two_length]


cdef int min3(int one, int two, int three) noexcept nogil:
    """Return the least of three numbers."""
    if two < one:
        one = two
    return three if three < one else one
