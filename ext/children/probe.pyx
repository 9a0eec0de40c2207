"""The probe: a child that asks URLs until each has answered 2xx, then leaves with 0.

For KUBEXIT_BIRTH_URLS before the command, for KUBEXIT_READY_HTTP beside it. A
process of its own, so that no answer, however slow, holds up the event loop, and
so that nothing of it is left when it is over. At TERM it says what was missing.
"""
cimport cstd
cimport kernel

cdef enum:
    PROBE_PERIOD_MS = 100       # between two requests to a URL that a birth depends on
    PROBE_LIMIT_MS = 5000       # for one request,
    PROBE_TURN_MS = 1000        # where there are several URLs, of which a silent one keeps the others waiting
    PROBE_ANSWERED = 200        # in place of a last answer: 2xx
    PROBE_PROXY_ABSENT = 75     # it leaves with that when nothing but the mesh's proxy is missing,
    PROBE_PROXY_UNREADY = 76    # or with that, when there is one


cdef kernel.pid_t probe_start(supervisor_t *kx, const urls_t *urls, long long period_ns) noexcept nogil:
    """Start the child; its pid, or -errno."""
    cdef kernel.pid_t pid = child_fork(kx)
    if pid == 0:
        kernel._exit(probe_ask_all(kx, urls, period_ns))
    return pid


cdef int probe_ask_all(supervisor_t *kx, const urls_t *urls, long long period_ns) noexcept nogil:
    """In the child: ask in turn those that have not answered yet; the code to leave with.
    Signals stay blocked here, and are read from our own view of the signalfd (signalfd(2))."""
    cdef int last[MAX_URLS]
    cdef long long limit_ns = (PROBE_LIMIT_MS if urls.count == 1 else PROBE_TURN_MS) * MILLISECOND_NS
    cdef int status = 0
    cdef int left
    cdef int index
    for index in range(urls.count):
        last[index] = 0 if urls.list[index].native else PROBE_ANSWERED      # the others are the waiter's
    while True:
        left = 0
        for index in range(urls.count):
            if last[index] == PROBE_ANSWERED:
                continue
            status = http_ask(&urls.list[index], clock_monotonic_ns() + limit_ns, kx.signals.descriptor)
            if status == -cstd.EINTR:
                return probe_leave(kx, urls, last)
            left += not http_is_good(status)
            probe_note(kx, &urls.list[index], &last[index], status)
        if left == 0:
            return 0
        if http_wait(-1, 0, clock_monotonic_ns() + period_ns, kx.signals.descriptor) == -cstd.EINTR:
            return probe_leave(kx, urls, last)


cdef void probe_note(supervisor_t *kx, const url_t *url, int *last, int status) noexcept nogil:
    """In the child: remember an answer; a new one is told, at debug."""
    cdef char outcome[64]
    http_describe(status, outcome, sizeof(outcome))
    if not http_is_good(status) and status != last[0]:
        log_debug(&kx.log, b"not ready: %.*s: %s", <int>url.length, url.text, outcome)
    last[0] = PROBE_ANSWERED if http_is_good(status) else status


cdef int probe_leave(supervisor_t *kx, const urls_t *urls, const int *last) noexcept nogil:
    """In the child, at TERM: say what is missing; the code to leave with."""
    cdef char outcome[64]
    cdef const url_t *url
    cdef int code = 0
    cdef int index
    for index in range(urls.count):
        url = &urls.list[index]
        if last[index] == PROBE_ANSWERED:
            continue
        http_describe(last[index], outcome, sizeof(outcome))
        if not url.of_mesh or kx.settings.is_set[SETTING_BIRTH_ON_TIMEOUT]:
            log_error(&kx.log, b"not ready: %.*s: %s", <int>url.length, url.text,
                      outcome)
        if not url.of_mesh:
            code = EXIT_UNAVAILABLE
        elif code == 0:
            code = PROBE_PROXY_UNREADY if last[index] > 0 else PROBE_PROXY_ABSENT
    return code
