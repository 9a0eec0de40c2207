"""Readiness settings: KUBEXIT_READY_*, of which at most one probe may be set."""
cimport cstd

cdef enum:
    READY_NONE = 0
    READY_TCP = 1
    READY_FILE = 2
    READY_NOTIFY = 3
    READY_HTTP = 4
    READY_EXEC = 5
    WORDS_BYTES = 1001
    WORDS_MOST = 60

ctypedef struct ready_settings_t:
    int kind
    address_t address
    const char *file
    urls_t urls                 # the one of KUBEXIT_READY_HTTP
    char words[WORDS_BYTES]     # KUBEXIT_READY_EXEC, cut at its blanks
    char *argv[WORDS_MOST + 1]
    long long period_ns


cdef int settings_read_ready(settings_t *settings) noexcept nogil:
    """KUBEXIT_READY_*."""
    cdef bint notify = False
    cdef int given = 0
    if setting_bool(settings, SETTING_READY_NOTIFY, &notify) != 0 or \
            setting_duration(settings, SETTING_READY_PERIOD, &settings.ready.period_ns) != 0:
        return EXIT_SETTINGS
    if settings.ready.period_ns < 10 * MILLISECOND_NS:
        settings.ready.period_ns = 10 * MILLISECOND_NS  # a probe must not become a busy loop
    settings.ready.kind = READY_NONE
    given += settings_take_probe(settings, READY_NOTIFY, notify)
    given += settings_take_probe(settings, READY_FILE, settings.given[SETTING_READY_FILE])
    given += settings_take_probe(settings, READY_TCP, settings.given[SETTING_READY_TCP])
    given += settings_take_probe(settings, READY_HTTP, settings.given[SETTING_READY_HTTP])
    given += settings_take_probe(settings, READY_EXEC, settings.given[SETTING_READY_EXEC])
    if given > 1:
        cstd.snprintf(settings.problem, PROBLEM_BYTES, b"KUBEXIT_READY_TCP, KUBEXIT_READY_FILE, "
                        b"KUBEXIT_READY_NOTIFY, KUBEXIT_READY_HTTP and KUBEXIT_READY_EXEC: only one of them may be set")
        return EXIT_SETTINGS
    return settings_read_probe(settings)


cdef int settings_take_probe(settings_t *settings, int kind, bint given) noexcept nogil:
    """Take this kind of probe when it is given; how many that makes."""
    if given:
        settings.ready.kind = kind
    return given


cdef int settings_read_probe(settings_t *settings) noexcept nogil:
    """What the one probe looks at."""
    cdef const char *why
    cdef const char *text
    if settings.ready.kind == READY_FILE:
        settings.ready.file = settings.value[SETTING_READY_FILE]
    elif settings.ready.kind == READY_TCP:
        if address_parse(&settings.ready.address, settings.value[SETTING_READY_TCP]) < 0:
            return settings_refuse(settings, SETTING_READY_TCP,
                                   b"must be [ADDRESS:]PORT with an IP literal or localhost and a port from 1 to 65535")
    elif settings.ready.kind == READY_HTTP:
        text = settings.value[SETTING_READY_HTTP]
        settings.ready.urls.count = 0
        why = urls_add(&settings.ready.urls, text, cstd.strlen(text), False)
        if why != NULL:
            return settings_refuse(settings, SETTING_READY_HTTP, why)
        if not settings.ready.urls.list[0].native:
            return settings_refuse(settings, SETTING_READY_HTTP,
                                   b"must be plain http to an IP literal or localhost: it probes this container")
    elif settings.ready.kind == READY_EXEC:
        return settings_read_words(settings)
    return 0


cdef int settings_read_words(settings_t *settings) noexcept nogil:
    """KUBEXIT_READY_EXEC as an argument list: a copy, because the command gets the variable as it is."""
    cdef char *at = settings.ready.words
    cdef int count = 0
    if cstd.strlen(settings.value[SETTING_READY_EXEC]) >= WORDS_BYTES:
        return settings_refuse(settings, SETTING_READY_EXEC, b"is too long; at most 1000 bytes")
    cstd.snprintf(at, WORDS_BYTES, b"%s", settings.value[SETTING_READY_EXEC])
    while at[0] != 0:
        if is_blank(at[0]):
            at[0] = 0
        elif at == settings.ready.words or at[-1] == 0:
            if count == WORDS_MOST:
                return settings_refuse(settings, SETTING_READY_EXEC, b"has too many words; at most 60")
            settings.ready.argv[count] = at
            count += 1
        at += 1
    settings.ready.argv[count] = NULL
    if count == 0:
        return settings_refuse(settings, SETTING_READY_EXEC, b"names no command")
    return 0
