"""Plan: the settings of all containers of the pod in one text (KUBEXIT_PLAN), as lines with settings.

The text is copied and cut into words in place: names and values are C strings in the copy, everything between
them is NUL. So a word has the same offset in the copy and in the text as it was set, which messages show.
"""
from libc.stddef cimport size_t
cimport cstd

cdef enum:
    PLAN_BYTES = 32 * 1024
    MAX_PLAN_LINES = 128        # as many as a container can have dependencies
    PLAN_HASH_BYTES = 17        # 16 hexadecimal digits
    PLAN_SHOWN_BYTES = 120      # of a line, in a message

cdef enum:                      # relations that must not form a cycle
    PLAN_WAITS = 1              # the birth of a line waits for the other
    PLAN_SERVES = 2             # it is a sidecar of the other

ctypedef struct plan_line_t:    # of one container
    const char *name
    const char *words           # behind the colon
    const char *end
    bint probed                 # it has a readiness probe
    bint starts_anyway          # KUBEXIT_BIRTH_ON_TIMEOUT=start
    bint reported               # its cycle is reported
    unsigned char leads_to[MAX_PLAN_LINES]      # PLAN_*: what this line wants of that one

ctypedef struct plan_t:
    const char *source          # as it was set
    size_t length
    char hash[PLAN_HASH_BYTES]
    int count
    plan_line_t lines[MAX_PLAN_LINES]
    char text[PLAN_BYTES + 1]   # the copy


cdef int plan_find(const plan_t *plan, const char *name, size_t length) noexcept nogil:
    """Return the line of a container; -1 if the plan has none."""
    cdef int index
    for index in range(plan.count):
        if bytes_equal(name, length, plan.lines[index].name):
            return index
    return -1


cdef int plan_next_setting(const plan_line_t *line, const char **at, const char **value) noexcept nogil:
    """Return the row of the next setting of a line, with its value; -1 at the end. `at` begins at line.words."""
    cdef const char *word = at[0]
    cdef const char *sign
    while word < line.end and word[0] == 0:
        word += 1
    if word >= line.end:
        return -1
    sign = cstd.strchr(word, c'=')
    value[0] = sign + 2 if sign[1] == c'"' else sign + 1
    at[0] = value[0] + cstd.strlen(value[0])
    return plan_row(word, <size_t>(sign - word))


cdef int plan_row(const char *word, size_t length) noexcept nogil:
    """Return the row of a setting without its prefix; -1 if the table has none."""
    cdef int row
    for row in range(SETTING_COUNT):
        if bytes_equal(word, length, SETTINGS[row].name + PREFIX_BYTES):
            return row
    return -1


cdef const char *plan_value(const plan_line_t *line, int row) noexcept nogil:
    """Return the value of a row on a line; NULL if the line does not have it. An empty value is unset."""
    cdef const char *at = line.words
    cdef const char *value
    cdef int found = plan_next_setting(line, &at, &value)
    while found >= 0:
        if found == row:
            return value if value[0] != 0 else NULL
        found = plan_next_setting(line, &at, &value)
    return NULL


cdef bint plan_has(const plan_t *plan, const char *at) noexcept nogil:
    """Return whether a text is a part of the plan."""
    return plan != NULL and at >= plan.text and at <= plan.text + plan.length


cdef int plan_refuse(problems_t *problems, const plan_t *plan, const char *at, const char *why) noexcept nogil:
    """Add a line that names the place in the plan, says why it is bad, and shows its line; always EXIT_SETTINGS."""
    cdef const char *place = plan.source + (at - plan.text)
    cdef const char *start = plan.source
    cdef const char *byte = plan.source
    cdef char text[PROBLEM_BYTES]
    cdef int line = 1
    cdef int column = 1
    cdef int length = 0
    while byte < place:
        column += (byte[0] & 0xc0) != 0x80      # characters: a byte inside of one does not count
        if byte[0] == c'\n':
            start = byte + 1
            line += 1
            column = 1
        byte += 1
    while length < PLAN_SHOWN_BYTES and start[length] != 0 and start[length] != c'\n' and start[length] != c'\r':
        length += 1
    cstd.snprintf(text, PROBLEM_BYTES, b"KUBEXIT_PLAN line %d, column %d: %.300s [%.*s]", line, column, why, length,
                  start)
    return problem_add(problems, text)
