"""Plan words: which settings a line can have."""
from libc.stddef cimport size_t
cimport cstd


cdef bint plan_check_word(const plan_t *plan, problems_t *problems, plan_line_t *line, const char *word) noexcept nogil:
    """Check that a setting exists, can be in a plan, and is not on its line already. Note a readiness probe."""
    cdef size_t length = <size_t>(cstd.strchr(word, c'=') - word)
    cdef int row = plan_row(word, length)
    cdef char why[PROBLEM_BYTES]
    why[0] = 0
    if row < 0:
        plan_describe_unknown(word, length, why)
    elif plan_excludes(row):
        cstd.snprintf(why, PROBLEM_BYTES, b"%.*s cannot be in a plan; set %s in the container", <int>length, word,
                      SETTINGS[row].name)
    elif plan_repeats(line, row, word):
        cstd.snprintf(why, PROBLEM_BYTES, b"%.*s is on this line already; use it once", <int>length, word)
    else:
        line.probed = line.probed or plan_probes(row, word + length + 1)
    if why[0] != 0:
        plan_refuse(problems, plan, word, why)
    return why[0] == 0


cdef bint plan_repeats(const plan_line_t *line, int row, const char *word) noexcept nogil:
    """Return whether a setting is on its line before this word."""
    cdef const char *at = line.words
    cdef const char *value
    cdef plan_line_t before = line[0]
    cdef int found
    before.end = word
    found = plan_next_setting(&before, &at, &value)
    while found >= 0 and found != row:
        found = plan_next_setting(&before, &at, &value)
    return found == row


cdef bint plan_excludes(int row) noexcept nogil:
    """Return whether a setting cannot be in a plan: it is needed to read the plan, or differs in each pod."""
    return row == SETTING_NAME or row == SETTING_GRAVEYARD or row == SETTING_PLAN or row == SETTING_DISABLED or \
        row == SETTING_POD_NAME or row == SETTING_NAMESPACE


cdef bint plan_probes(int row, const char *value) noexcept nogil:
    """Return whether a setting is a readiness probe."""
    if value[0] == c'"':
        value += 1
    if row == SETTING_READY_NOTIFY:
        return word_index(value, b"true 1 t T TRUE True", c' ') >= 0
    return value[0] != 0 and (row == SETTING_READY_TCP or row == SETTING_READY_FILE or
                              row == SETTING_READY_HTTP or row == SETTING_READY_EXEC)


cdef void plan_describe_unknown(const char *word, size_t length, char *why) noexcept nogil:
    """Write that a setting does not exist, and what is nearest."""
    cdef int nearest
    if length == 0:
        cstd.snprintf(why, PROBLEM_BYTES, b"no name before the sign; use SETTING=VALUE")
        return
    if length > PREFIX_BYTES and cstd.strncasecmp(word, b"KUBEXIT_", PREFIX_BYTES) == 0:
        cstd.snprintf(why, PROBLEM_BYTES, b"%.*s: write settings without KUBEXIT_ in a plan", <int>length, word)
        return
    nearest = unknown_nearest(word, length)
    if nearest >= 0:
        cstd.snprintf(why, PROBLEM_BYTES, b"unknown setting %.*s; did you mean %s?", <int>length, word,
                      SETTINGS[nearest].name + PREFIX_BYTES)
    else:
        cstd.snprintf(why, PROBLEM_BYTES, b"unknown setting %.*s; kubexit --help lists the settings", <int>length, word)
