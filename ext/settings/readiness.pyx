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


cdef int settings_check_probe(settings_t *settings) noexcept nogil:
    """Find the one probe that is set; 0 or EXIT_SETTINGS."""
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
    if count > 1:
        cstd.snprintf(settings.problem, PROBLEM_BYTES, b"KUBEXIT_READY_TCP, KUBEXIT_READY_FILE, KUBEXIT_READY_NOTIFY, "
                      b"KUBEXIT_READY_HTTP and KUBEXIT_READY_EXEC: only one of them may be set")
        return EXIT_SETTINGS
    return 0


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
    return 0
