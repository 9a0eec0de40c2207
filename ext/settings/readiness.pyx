"""Readiness settings: KUBEXIT_READY_*, of which at most one probe can be set."""
cimport cstd

cdef enum:
    READY_NONE = 0
    READY_TCP = 1
    READY_FILE = 2
    READY_NOTIFY = 3
    READY_HTTP = 4
    READY_EXEC = 5

cdef enum:
    PERIOD_MIN_MS = 10          # a shorter one would be a busy loop


cdef void settings_check_probe(settings_t *settings) noexcept nogil:
    """Find the one probe that is set."""
    cdef ready_settings_t *ready = &settings.ready
    cdef int count = 0
    if ready.period_ns < PERIOD_MIN_MS * MILLISECOND_NS:
        ready.period_ns = PERIOD_MIN_MS * MILLISECOND_NS
    ready.kind = READY_NONE
    count += ready_choose(ready, READY_NOTIFY, ready.notify)
    count += ready_choose(ready, READY_FILE, settings.is_set[SETTING_READY_FILE])
    count += ready_choose(ready, READY_TCP, settings.is_set[SETTING_READY_TCP])
    count += ready_choose(ready, READY_HTTP, settings.is_set[SETTING_READY_HTTP])
    count += ready_choose(ready, READY_EXEC, settings.is_set[SETTING_READY_EXEC])
    if ready.timeout_ns == 0:
        setting_refuse(settings, SETTING_READY_TIMEOUT, b"would stop the command at once; use a longer time, or "
                                                        b"infinite")
    elif count == 0 and ready.timeout_ns != NEVER_NS:
        setting_refuse(settings, SETTING_READY_TIMEOUT, b"needs a readiness probe; set KUBEXIT_READY_TCP or another "
                                                        b"one")
    if count > 1:
        settings_refuse(settings, b"KUBEXIT_READY_TCP, KUBEXIT_READY_FILE, KUBEXIT_READY_NOTIFY, "
                                  b"KUBEXIT_READY_HTTP and KUBEXIT_READY_EXEC: only one of them may be set")


cdef int ready_choose(ready_settings_t *ready, int kind, bint is_set) noexcept nogil:
    """Choose this kind of probe if it is set; return how many that makes."""
    if is_set:
        ready.kind = kind
    return is_set


cdef int setting_parse_address(settings_t *settings, int row, address_t *address) noexcept nogil:
    """Read [ADDRESS:]PORT."""
    if settings.is_set[row] and address_parse(address, settings.value[row]) < 0:
        return setting_refuse(settings, row, b"not an address; use [ADDRESS:]PORT with an IP literal or localhost, "
                                             b"and a port from 1 to 65535")
    return 0


cdef int setting_parse_probe_url(settings_t *settings, int row, urls_t *urls) noexcept nogil:
    """Read the URL of a probe, which the supervisor itself must be able to ask."""
    cdef const char *text = settings.value[row]
    cdef const char *why
    urls.count = 0
    if not settings.is_set[row]:
        return 0
    why = urls_add(urls, text, cstd.strlen(text), False)
    if why == NULL and not urls.list[0].native:
        why = b"probes another host or needs TLS; use plain http to an IP literal or localhost"
    return setting_refuse(settings, row, why) if why != NULL else 0


cdef int setting_parse_program(settings_t *settings, int row) noexcept nogil:
    """Read an argument list: from a copy, because the command gets the variable as it is."""
    cdef char *at = settings.ready.program
    cdef int count = 0
    if cstd.strlen(settings.value[row]) >= PROGRAM_BYTES:
        return setting_refuse(settings, row, b"too long; use at most 1000 bytes")
    cstd.snprintf(at, PROGRAM_BYTES, b"%s", settings.value[row])
    while at[0] != 0:
        if is_blank(at[0]):
            at[0] = 0
        elif at == settings.ready.program or at[-1] == 0:
            if count == MAX_PROGRAM_WORDS:
                return setting_refuse(settings, row, b"too many words; use at most 60")
            settings.ready.argv[count] = at
            count += 1
        at += 1
    settings.ready.argv[count] = NULL
    if count == 0 and settings.is_set[row]:
        return setting_refuse(settings, row, b"names no command; use COMMAND [ARGUMENTS...]")
    for count in range(count):
        if ready_needs_shell(settings.ready.argv[count]):
            return setting_refuse(settings, row, b"needs a shell, and none is used: quotes and operators such as && "
                                                 b"would be arguments; put the line into a script and name that")
    return 0


cdef bint ready_needs_shell(const char *word) noexcept nogil:
    """Return whether a word is or has an operator of a shell, or begins or ends with a quote."""
    cdef size_t length = cstd.strlen(word)
    return word_index(word, b"| ; & > >> <", c' ') >= 0 or ready_has_operator(word) or \
        word[0] == c'"' or word[0] == c'\'' or word[length - 1] == c'"' or word[length - 1] == c'\'' or \
        (length > 1 and word[length - 1] == c';')


cdef bint ready_has_operator(const char *word) noexcept nogil:
    """Return whether a word has an operator that no argument has: a&&b, a||b, 2>/dev/null.

    A single & or | can be in a file name or a pattern, and anything in the query of a URL.
    """
    cdef const char *rest = word + cstd.strspn(word, b"0123456789&")
    if rest[0] == c'>' and (rest[1] == c'/' or rest[1] == c'&' or (rest[1] == c'>' and rest[2] == c'/')):
        return True
    return cstd.strstr(word, b"://") == NULL and \
        (cstd.strstr(word, b"&&") != NULL or cstd.strstr(word, b"||") != NULL)


cdef void ready_describe(const settings_t *settings, char *target, size_t size) noexcept nogil:
    """Describe the probe for peers: "none", "tcp 8080", "http :8080/healthz", "exec pg_isready".

    Neither a query nor the arguments of a program: they may contain secrets.
    """
    cdef const ready_settings_t *ready = &settings.ready
    if ready.kind == READY_TCP:
        cstd.snprintf(target, size, b"tcp %s", settings.value[SETTING_READY_TCP])
    elif ready.kind == READY_HTTP:
        ready_describe_url(&ready.urls.list[0], target, size)
    elif ready.kind == READY_EXEC:
        cstd.snprintf(target, size, b"exec %s", ready.argv[0])
    elif ready.kind == READY_FILE:
        cstd.snprintf(target, size, b"file %s", ready.file)
    else:
        cstd.snprintf(target, size, b"%s", <const char *>(b"notify" if ready.kind == READY_NOTIFY else b"none"))


cdef void ready_describe_url(const url_t *url, char *target, size_t size) noexcept nogil:
    """Describe the URL of a probe by its port and its path; its host is always this container."""
    cdef const char *query = <const char *>cstd.memchr(url.path, c'?', url.path_length)
    cdef size_t length = url.path_length if query == NULL else <size_t>(query - url.path)
    cstd.snprintf(target, size, b"http :%u%.*s", cstd.htons(url.address.v4.sin_port), <int>length, url.path)
