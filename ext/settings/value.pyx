"""Setting: one value, understood or refused with a word on what would be right."""
from libc.stddef cimport size_t
cimport cstd
cimport kernel

cdef enum:
    DISTANCE_BYTES = 64         # names are compared up to this length


cdef int setting_bool(settings_t *settings, int row, bint *value) noexcept nogil:
    """A boolean in the spellings of Go's strconv.ParseBool."""
    cdef const char *text = settings.value[row]
    if word_place(text, b"1 t T TRUE true True", c' ') >= 0:
        value[0] = True
    elif word_place(text, b"0 f F FALSE false False", c' ') >= 0:
        value[0] = False
    else:
        return settings_refuse(settings, row, b"must be true or false")
    return 0


cdef int setting_duration(settings_t *settings, int row, long long *ns) noexcept nogil:
    """A duration in Go's grammar; a negative one is 0, as in the original."""
    cdef int problem = duration_read(settings.value[row], ns)
    if problem != DURATION_OK:
        return settings_refuse(settings, row, duration_problem(problem))
    if ns[0] < 0:
        ns[0] = 0
    return 0


cdef int setting_choice(settings_t *settings, int row, int *value) noexcept nogil:
    """One of the words that the row lists with "|" between them: its place in the list."""
    cdef int place = word_place(settings.value[row], SETTINGS[row].values, c'|')
    cdef char why[128]
    if place >= 0:
        value[0] = place
        return 0
    cstd.snprintf(why, sizeof(why), b"must be one of %s", SETTINGS[row].values)
    return settings_refuse(settings, row, why)


cdef int setting_code(settings_t *settings, int row, int *code) noexcept nogil:
    """keep, zero, dependency, or a number that an exit code can be."""
    cdef const char *text = settings.value[row]
    cdef long long number = number_parse(text, 255)
    if cstd.strcmp(text, b"keep") == 0:
        code[0] = CODE_KEEP
    elif cstd.strcmp(text, b"zero") == 0:
        code[0] = 0
    elif cstd.strcmp(text, b"dependency") == 0:
        code[0] = CODE_DEPENDENCY
    elif number >= 0:
        code[0] = <int>number
    else:
        return settings_refuse(settings, row, b"must be keep, zero, dependency or a number from 0 to 255")
    return 0


cdef int setting_pod_field(const settings_t *settings, int row, const char *file, char *target) noexcept nogil:
    """A field of the pod from the variable, else from the downward-API volume; -1 when neither has it."""
    cdef const char *text = settings.value[row]
    cdef kernel.ssize_t length = <kernel.ssize_t>cstd.strnlen(text, POD_FIELD_BYTES)
    cdef int descriptor
    if length == 0:
        descriptor = kernel.openat(kernel.AT_FDCWD, file, kernel.O_RDONLY | kernel.O_NONBLOCK | kernel.O_CLOEXEC)
        if descriptor < 0:
            return -1
        length = kernel.read(descriptor, target, POD_FIELD_BYTES)
        kernel.close(descriptor)
        text = target
    while length > 0 and is_blank(text[length - 1]):
        length -= 1
    while length > 0 and is_blank(text[0]):
        length -= 1
        text += 1
    if length <= 0 or length >= POD_FIELD_BYTES:
        return -1
    cstd.memmove(target, text, <size_t>length)
    target[length] = 0
    return 0


cdef int settings_nearest(const char *name, size_t length) noexcept nogil:
    """The row whose name is nearest to a misspelt one: it begins with it, or a third of
    the letters at most differ; -1 when there is none such."""
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
    """Levenshtein distance of two names: letters to insert, delete or replace."""
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
            costs[column + 1] = least_of(above + 1, costs[column] + 1,
                                         above_left + (one[row] != two[column]))
            above_left = above
    return costs[two_length]


cdef int least_of(int one, int two, int three) noexcept nogil:
    """The least of three numbers."""
    if two < one:
        one = two
    return three if three < one else one


cdef int settings_refuse(settings_t *settings, int row, const char *why) noexcept nogil:
    """Compose the one line about a bad value; always EXIT_SETTINGS."""
    if settings.given[row]:
        cstd.snprintf(settings.problem, PROBLEM_BYTES, b"%s=%.120s %s",
                        SETTINGS[row].name, settings.value[row], why)
    else:
        cstd.snprintf(settings.problem, PROBLEM_BYTES, b"%s %s", SETTINGS[row].name, why)
    return EXIT_SETTINGS
