"""The probe: a child that asks URLs until each has answered 2xx, then exits with 0.

For KUBEXIT_BIRTH_URLS before the command, for KUBEXIT_READY_HTTP beside it. It is a
process, so that a slow answer does not block the event loop and nothing of it is
left at its end. At SIGTERM it logs what was missing.
"""
cimport cstd
cimport kernel

cdef enum:
    PROBE_PERIOD_MS = 100       # between two requests to a URL that a birth depends on
    PROBE_LIMIT_MS = 5000       # for one request,
    PROBE_TURN_MS = 1000        # the same if there are several, since a silent one delays the others
    PROBE_ANSWERED = 200        # in place of a last answer: 2xx
    PROBE_PROXY_ABSENT = 75     # exit code if only the mesh's proxy is missing
    PROBE_PROXY_UNREADY = 76    # the same, but a proxy answers


cdef kernel.pid_t probe_start(supervisor_t *sv, const urls_t *urls, long long period_ns) noexcept nogil:
    """Start the child. Return its pid; -errno on failure."""
    cdef kernel.pid_t pid = child_fork(sv)
    if pid == 0:
        kernel._exit(probe_ask_all(sv, urls, period_ns))
    return pid


cdef int probe_ask_all(supervisor_t *sv, const urls_t *urls, long long period_ns) noexcept nogil:
    """In the child: ask in turn the URLs that have not answered yet. Return the exit code.
    Signals stay blocked here; the child reads its own from the signalfd (signalfd(2))."""
    cdef int last[MAX_URLS]
    cdef long long limit_ns = (PROBE_LIMIT_MS if urls.count == 1 else PROBE_TURN_MS) * MILLISECOND_NS
    cdef int status = 0
    cdef int left
    cdef int index
    for index in range(urls.count):
        last[index] = 0 if urls.list[index].native else PROBE_ANSWERED      # the waiter asks the others
    while True:
        left = 0
        for index in range(urls.count):
            if last[index] == PROBE_ANSWERED:
                continue
            status = http_ask(&urls.list[index], clock_monotonic_ns() + limit_ns, sv.signals.descriptor)
            if status == -cstd.EINTR:
                return probe_leave(sv, urls, last)
            left += not http_is_good(status)
            probe_note(sv, &urls.list[index], &last[index], status)
        if left == 0:
            return 0
        if http_wait(-1, 0, clock_monotonic_ns() + period_ns, sv.signals.descriptor) == -cstd.EINTR:
            return probe_leave(sv, urls, last)


cdef void probe_note(supervisor_t *sv, const url_t *url, int *last, int status) noexcept nogil:
    """In the child: remember an answer, and log a new one at debug."""
    cdef char outcome[64]
    http_describe(status, outcome, sizeof(outcome))
    if not http_is_good(status) and status != last[0]:
        log_debug(&sv.log, b"not ready: %.*s: %s", <int>url.length, url.text, outcome)
        if sv.readiness.status_fd >= 0:
            kernel.write(sv.readiness.status_fd, &status, sizeof(status))
    last[0] = PROBE_ANSWERED if http_is_good(status) else status


cdef int probe_leave(supervisor_t *sv, const urls_t *urls, const int *last) noexcept nogil:
    """In the child, at SIGTERM: log what is missing. Return the exit code."""
    cdef char outcome[64]
    cdef const url_t *url
    cdef int code = 0
    cdef int index
    for index in range(urls.count):
        url = &urls.list[index]
        if last[index] == PROBE_ANSWERED:
            continue
        http_describe(last[index], outcome, sizeof(outcome))
        if not url.of_mesh or sv.settings.is_set[SETTING_BIRTH_ON_TIMEOUT]:
            log_error(&sv.log, b"not ready: %.*s: %s", <int>url.length, url.text,
                      outcome)
        if not url.of_mesh:
            code = EXIT_UNAVAILABLE
        elif code == 0:
            code = PROBE_PROXY_UNREADY if last[index] > 0 else PROBE_PROXY_ABSENT
    return code
