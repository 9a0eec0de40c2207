"""Values: a setting of a simple kind, read into its field."""
cimport cstd

cdef enum:
    WORDS_BYTES = 128           # of the words of a row, in a message


cdef int setting_parse_bool(settings_t *settings, int row, bint *value) noexcept nogil:
    """Read a boolean in the spellings of Go's strconv.ParseBool."""
    cdef const char *text = settings.value[row]
    # The fork that has this setting reads it in any case.
    if row == SETTING_IGNORE_CODE_ON_DEATH_DEPS and cstd.strcasecmp(text, b"true") == 0:
        text = b"true"
    elif row == SETTING_IGNORE_CODE_ON_DEATH_DEPS and cstd.strcasecmp(text, b"false") == 0:
        text = b"false"
    if word_index(text, b"false 0 f F FALSE False", c' ') >= 0:     # first, as most defaults are
        value[0] = False
    elif word_index(text, b"true 1 t T TRUE True", c' ') >= 0:
        value[0] = True
    else:
        return setting_refuse(settings, row, b"not a boolean; use true or false")
    return 0


cdef int setting_parse_duration(settings_t *settings, int row, long long *ns) noexcept nogil:
    """Read a duration in Go's grammar; a negative one is 0, as in the original."""
    cdef int problem = duration_read(settings.value[row], ns)
    if problem != DURATION_OK:
        return setting_refuse(settings, row, duration_problem(problem))
    if ns[0] < 0:
        ns[0] = 0
    return 0


cdef int setting_parse_timeout(settings_t *settings, int row, long long *ns) noexcept nogil:
    """Read a duration, or "infinite"."""
    if cstd.strcmp(settings.value[row], b"infinite") == 0:
        ns[0] = NEVER_NS
        return 0
    if duration_read(settings.value[row], ns) != DURATION_OK:
        return setting_refuse(settings, row, b"not a duration; use 300ms, 30s, 1m30s or 1.5h, or infinite")
    return setting_parse_duration(settings, row, ns)


cdef int setting_parse_word(settings_t *settings, int row, int *value) noexcept nogil:
    """Read one of the row's words; an empty value is 0."""
    cdef char words[WORDS_BYTES]
    cdef char why[WORDS_BYTES + 32]
    if settings.value[row][0] == 0:
        value[0] = 0
        return 0
    if word_parse(row, settings.value[row], value):
        return 0
    words_list(row, b", ", b"", words, sizeof(words))
    cstd.snprintf(why, sizeof(why), b"unknown word; use one of %s", words)
    return setting_refuse(settings, row, why)


cdef int setting_parse_code(settings_t *settings, int row, int *code) noexcept nogil:
    """Read one of the row's words, or a number that an exit code can be."""
    cdef long long number = number_parse(settings.value[row], 255)
    cdef char words[WORDS_BYTES]
    cdef char why[WORDS_BYTES + 64]
    if settings.value[row][0] == 0:
        code[0] = CODE_UNSET
    elif number >= 0:
        code[0] = <int>number
    elif not word_parse(row, settings.value[row], code):
        words_list(row, b", ", b"", words, sizeof(words))
        cstd.snprintf(why, sizeof(why), b"not an exit code; use %s or a number from 0 to 255", words)
        return setting_refuse(settings, row, why)
    return 0


cdef int setting_parse_signal(settings_t *settings, int row, int *number) noexcept nogil:
    """Read the name or the number of a signal."""
    cdef int parsed = signal_parse(settings.value[row])
    if parsed == 0:
        return setting_refuse(settings, row, b"unknown signal; use for example SIGTERM or RTMIN+3, "
                                             b"or a number from 1 to 64")
    number[0] = parsed
    return 0


cdef int setting_parse_folder(settings_t *settings, int row) noexcept nogil:
    """Make the path of the graveyard absolute, once."""
    if path_normalise(settings.value[row], settings.graveyard, sizeof(settings.graveyard)) < 0:
        return setting_refuse(settings, row, b"path is too long, or relative to a folder that no longer exists; "
                                             b"use an absolute path")
    settings.graveyard_valid = True
    return 0


cdef int setting_parse_processes(settings_t *settings, int row) noexcept nogil:
    """Check a list of the names of processes."""
    if cstd.strchr(settings.value[row], c'/') != NULL:
        return setting_refuse(settings, row, b"contains a path; use names of processes")
    return 0
