"""Unknown variables: KUBEXIT_* that do not exist, and settings with a misspelt prefix; each with the nearest setting.

They cause one warning each, or with KUBEXIT_STRICT one error each.
"""
from libc.stddef cimport size_t
cimport cstd

cdef enum:
    PREFIX_BYTES = 8            # "KUBEXIT_"
    DISTANCE_BYTES = 64         # names are compared up to this length


cdef void unknown_note(settings_t *settings, const char *entry, size_t prefix) noexcept nogil:
    """Remember a variable to report, unless Kubernetes made it. The prefix is as long as its "_" is far."""
    cdef const char *value = cstd.strchr(entry, c'=')
    if value == NULL:
        return                  # not a variable, though execve(2) takes it
    if service_link_is(entry + prefix, <size_t>(value - entry) - prefix, value + 1):
        return
    if settings.unknown_count < MAX_UNKNOWN:
        settings.unknown[settings.unknown_count] = entry
        settings.unknown_count += 1


cdef void unknown_note_prefix(settings_t *settings, const char *entry) noexcept nogil:
    """Remember a variable whose prefix is nearly ours, unless Kubernetes made it.

    Other programs have variables with similar prefixes (KUBELET_, KUBECTL_): the prefix may differ in one letter,
    in case, or in two letters that changed places. KUBE_EXIT_ can be the begin of other names too (KUBE_EXIT_CODE):
    behind it the rest must be near to a setting.
    """
    cdef const char *value = cstd.strchr(entry, c'=')
    cdef size_t prefix = 0
    while prefix < PREFIX_BYTES + 2 and entry[prefix] != c'=' and entry[prefix] != 0:
        if entry[prefix] == c'_' and prefix + 2 >= PREFIX_BYTES:    # KUBE_EXIT_ has an earlier one
            break
        prefix += 1
    if value == NULL or entry[prefix] != c'_' or not unknown_is_prefix(entry, prefix):
        return
    if cstd.memchr(entry, c'_', prefix) == NULL or \
            unknown_nearest(entry + prefix + 1, <size_t>(value - entry) - prefix - 1) >= 0:
        unknown_note(settings, entry, prefix)


cdef bint unknown_is_prefix(const char *text, size_t length) noexcept nogil:
    """Return whether a prefix is nearly KUBEXIT, in any case, or KUBE_EXIT."""
    cdef const char *right = b"KUBEXIT"
    cdef size_t at
    if edit_distance(text, length, right, PREFIX_BYTES - 1) <= 1 or (
            length == PREFIX_BYTES + 1 and cstd.strncasecmp(text, b"KUBE_EXIT", length) == 0):
        return True
    for at in range(PREFIX_BYTES - 2):
        if length == PREFIX_BYTES - 1 and same_letter(text[at], right[at + 1]) and \
                same_letter(text[at + 1], right[at]):
            return cstd.strncasecmp(text, right, at) == 0 and \
                cstd.strncasecmp(text + at + 2, right + at + 2, PREFIX_BYTES - 3 - at) == 0
    return False


cdef void unknown_warn(const settings_t *settings, log_t *log) noexcept nogil:
    """Log one line for each variable that was noted, unless each was refused."""
    cdef char line[PROBLEM_BYTES]
    cdef int index
    for index in range(settings.unknown_count):
        if not settings.strict:
            unknown_describe(settings.unknown[index], line)
            log_warn(log, b"%s", line)


cdef void unknown_refuse(settings_t *settings) noexcept nogil:
    """Refuse each variable that was noted (KUBEXIT_STRICT)."""
    cdef char line[PROBLEM_BYTES]
    cdef int index
    for index in range(settings.unknown_count):
        unknown_describe(settings.unknown[index], line)
        problem_add(&settings.problems, line)


cdef void unknown_describe(const char *entry, char *line) noexcept nogil:
    """Write which variable is unknown, and what is nearest. Its value may be a secret."""
    cdef int length = <int>(cstd.strchr(entry, c'=') - entry)
    cdef int prefix = 0
    cdef int nearest
    while prefix < length and (entry[prefix] != c'_' or prefix + 2 < PREFIX_BYTES):
        prefix += 1
    nearest = unknown_nearest(entry + prefix + 1, <size_t>(length - prefix - 1)) if prefix < length else -1
    if nearest >= 0:
        cstd.snprintf(line, PROBLEM_BYTES, b"unknown setting %.*s; did you mean %s?", length, entry,
                      SETTINGS[nearest].name)
    else:
        cstd.snprintf(line, PROBLEM_BYTES, b"unknown setting %.*s; kubexit --help lists the settings", length, entry)


cdef int unknown_nearest(const char *name, size_t length) noexcept nogil:
    """Return the row whose name is nearest to a misspelt one, both without prefix; -1 if none is near.

    Near means that it begins with the misspelt one, or that at most a third of the letters differ.
    """
    cdef int row
    cdef int best = -1
    cdef int distance
    cdef int least = <int>(length + 2) // 3 + 1
    for row in range(SETTING_COUNT):
        distance = edit_distance(name, length, SETTINGS[row].name + PREFIX_BYTES,
                                 cstd.strlen(SETTINGS[row].name) - PREFIX_BYTES)
        if length > 2 and cstd.strncmp(SETTINGS[row].name + PREFIX_BYTES, name, length) == 0 and distance > 0:
            distance = 1        # GRACE for GRACE_PERIOD
        if distance < least:
            least = distance
            best = row
    return best


cdef int edit_distance(const char *one, size_t one_length, const char *two, size_t two_length) noexcept nogil:
    """Return the Levenshtein distance of two names, in any case: letters to insert, delete or replace."""
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
            costs[column + 1] = min3(above + 1, costs[column] + 1,
                                     above_left + (not same_letter(one[row], two[column])))
            above_left = above
    return costs[two_length]


cdef int min3(int one, int two, int three) noexcept nogil:
    """Return the least of three numbers."""
    if two < one:
        one = two
    return three if three < one else one


cdef bint same_letter(char one, char two) noexcept nogil:
    """Return whether two bytes are the same letter, in any case."""
    return cstd.strncasecmp(&one, &two, 1) == 0
