"""Conditions: NAME[:CONDITION] as arguments, in the grammar of KUBEXIT_BIRTH_DEPS, and whether they are met."""
from libc.stddef cimport size_t
cimport cstd
cimport kernel

cdef enum:
    CONDITION_TRIES = 10        # looks at a tombstone that is being written
    CONDITION_PAUSE_MS = 20


cdef int conditions_read(const look_t *look, settings_t *settings, log_t *log) noexcept nogil:
    """Read the words as dependencies in settings.deps; 0, or EXIT_SETTINGS after a line."""
    cdef const char *word
    cdef const char *text
    cdef size_t length
    cdef int at = 2
    settings.deps.count = 0
    settings.deps.every_other = False
    settings.name = b""         # the container's own name can be asked for
    settings.birth_source = SOURCE_GRAVEYARD
    settings.is_set[SETTING_BIRTH_DEPS] = True
    word = look_word(look, &at)
    while word != NULL:
        length = list_next_element(&word, &text)
        if length == 0:         # as from a variable that is not set: that must not count as met
            log_error(log, b"%s: an argument names no container; write NAME[:CONDITION]", look.argv[1])
            return EXIT_SETTINGS
        while length > 0:
            dependency_parse(settings, SETTING_BIRTH_DEPS, text, length)
            length = list_next_element(&word, &text)
        word = look_word(look, &at)
    return conditions_refuse(look, &settings.problems, log) if settings.problems.count > 0 else 0


cdef int conditions_refuse(const look_t *look, const problems_t *problems, log_t *log) noexcept nogil:
    """Log what is wrong; always EXIT_SETTINGS. Each problem begins with the name of a variable that is not set here."""
    cdef const char *why
    cdef int index
    for index in range(problems.count):
        why = cstd.strchr(problems.lines[index], c'=')
        log_error(log, b"%s %s", look.argv[1], why + 1 if why != NULL else problems.lines[index])
    return EXIT_SETTINGS


cdef bint conditions_look(settings_t *settings, const graveyard_t *graveyard, log_t *log) noexcept nogil:
    """Look at all of them once; False if a tombstone was being written, or could not be read for a reason that may
    pass."""
    cdef bint sure = True
    cdef int index
    for index in range(settings.deps.count):
        sure = peer_look(&settings.deps.list[index], graveyard, settings, log) and sure
    return sure


cdef int conditions_status(settings_t *settings, const graveyard_t *graveyard, log_t *log) noexcept nogil:
    """Return 0 if all conditions are met, else 1 after a line on stdout: a failed probe shows that to the user."""
    cdef kernel.timespec pause
    cdef output_t output
    cdef text_t missing
    cdef int tries = 1
    pause.tv_sec = 0
    pause.tv_nsec = CONDITION_PAUSE_MS * MILLISECOND_NS
    while not conditions_look(settings, graveyard, log) and tries < CONDITION_TRIES:
        kernel.nanosleep(&pause, NULL)
        tries += 1
    if not dependencies_unmet(&settings.deps, SOURCE_GRAVEYARD):
        return 0
    conditions_missing(settings, &missing)
    output_begin(&output, NULL)
    output_text(&output, b"not met: ")
    output_text(&output, missing.bytes)
    output_text(&output, b"\n")
    return output_end(&output, 1, log)


cdef void conditions_missing(settings_t *settings, text_t *text) noexcept nogil:
    """List the conditions that are not met, and the state of each container."""
    cdef char state[64]
    cdef dependency_t *dep
    cdef int index
    text.length = 0
    for index in range(settings.deps.count):
        dep = &settings.deps.list[index]
        if not dependency_unmet(dep, SOURCE_GRAVEYARD):
            continue
        dependency_describe(dep, state, sizeof(state))
        if text.length > 0:
            text_add(text, b", ")
        text_add(text, dep.name)
        conditions_add(text, dep.starts_us & ~dep.facts)
        text_add(text, b" (")
        if dep.facts == 0 and dep.fifo_fd < 0:
            text_add(text, b"not there")
        else:
            text_add(text, state)
        text_add(text, b")")
    text.bytes[text.length] = 0


cdef void conditions_add(text_t *text, int facts) noexcept nogil:
    """Add the conditions of one container, as they are written."""
    if facts & FACT_READY:
        text_add(text, b":ready")
    if facts & FACT_BORN:
        text_add(text, b":born")
    if facts & FACT_DIED:
        text_add(text, b":died")
    if facts & FACT_SUCCEEDED:
        text_add(text, b":succeeded")
